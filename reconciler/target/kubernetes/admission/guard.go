package admission

import "slices"

// Action is what becomes of a write that the guard does not allow.
type Action string

// What becomes of such a write: it is refused; or it goes through, with a warning to who sent it
// and a line in the API server's audit log.
const (
	Deny   Action = "deny"
	Report Action = "report"
)

// Guard says what is guarded, from whom, and how. Its fields are all needed but Groups.
type Guard struct {
	Inventory string   // the namespace in which the daemon's inventories lie
	Users     []string // who may write besides the cluster's own controllers: first of all the daemon
	Groups    []string // the same, by group
	Owned     Action   // of a write to what an inventory lists
	Unlisted  Action   // of a write of what no inventory lists, in a namespace that one lists
	Open      bool     // a write whose rule cannot be evaluated goes through; else it is refused
}

// clusterUsers are the parts of a control plane that write in every namespace: the API server
// counts what a quota allows, controllers make pods of workloads and remove what is deleted.
var clusterUsers = []string{
	"system:apiserver", "system:cloud-controller-manager", "system:kube-controller-manager", "system:kube-scheduler",
}

// clusterGroups are the same by group: kubelets, and controllers with a service account each.
var clusterGroups = []string{"system:nodes", "system:serviceaccounts:kube-system"}

func (g Guard) users() []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(g.Users, clusterUsers))))
}

func (g Guard) groups() []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(g.Groups, clusterGroups))))
}

// LabelGuard is on the policies and their bindings, with the namespace of the inventories as
// its value, so that all of them can be listed and deleted at once.
const LabelGuard = "levee.dev/guard"
