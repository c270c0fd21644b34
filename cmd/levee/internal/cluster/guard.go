package cluster

import (
	"cmp"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/output"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/admission"
)

// The answers to what becomes of a write whose rule cannot be evaluated.
const (
	failClosed = "closed"
	failOpen   = "open"
)

// Guard is what flags say of the guard of a cluster, but for who the daemon is.
type Guard struct {
	allowed, groups       []string
	Owned, Unlisted, Fail *string
}

// GuardFlags adds the flags of the guard to a command.
func GuardFlags(cmd *cobra.Command) *Guard {
	f := &Guard{}
	cmd.Flags().StringArrayVar(&f.allowed, "allow", nil, "a user besides the daemon that may write, such as a controller or who contains apps from elsewhere; may be repeated")
	cmd.Flags().StringArrayVar(&f.groups, "allow-group", nil, "a group whose members may write; may be repeated")
	f.Owned = output.Choice(cmd, "owned", "whether others' writes to what Levee runs are refused or only reported", string(admission.Deny), string(admission.Report))
	f.Unlisted = output.Choice(cmd, "unlisted", "whether what others put into Levee's namespaces is only reported or refused", string(admission.Report), string(admission.Deny))
	f.Fail = output.Choice(cmd, "fail", "whether a write whose rule cannot be evaluated is refused, also an urgent one (closed), or goes through unseen (open)", failClosed, failOpen)
	return f
}

// Of is the guard of a target's cluster, in which some users may write besides those whom the daemon
// impersonates.
func (f *Guard) Of(t config.Target, users []string) (admission.Guard, error) {
	guard := admission.Guard{
		Inventory: cmp.Or(t.Namespace, kubernetes.DefaultNamespace), Users: slices.Concat(users, slices.Collect(maps.Values(t.Impersonate)), f.allowed), Groups: f.groups,
		Owned: admission.Action(*f.Owned), Unlisted: admission.Action(*f.Unlisted), Open: *f.Fail == failOpen,
	}
	if slices.Contains(slices.Concat(guard.Users, guard.Groups), "") {
		return guard, exit.Usagef("one of the users or groups that may write has no name; see --user, --allow, --allow-group, and impersonate in levee.yaml")
	}
	return guard, nil
}
