package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/admission"
)

// The answers to what becomes of a write whose rule cannot be evaluated.
const (
	failClosed = "closed"
	failOpen   = "open"
)

func admissionCommand(std stdio) *cobra.Command {
	var target string
	var users []string
	cmd := &cobra.Command{
		Use:   "admission",
		Short: "Print the guard of what runs in a Kubernetes cluster",
		Long: `Admission prints policies for a cluster's API server, by which nobody but Levee writes what
Levee runs there. It asks no cluster: whoever may write admission policies installs what it
prints, and a warning says of each choice what it risks. The users as whom the daemon applies
apps (impersonate in levee.yaml) may write too, and so may the cluster's own controllers.`,
		Example: "  levee admission --owned report | kubectl apply -f -\n" +
			"  levee admission --unlisted deny --allow system:serviceaccount:external-secrets:external-secrets",
		Args: cobra.NoArgs,
	}
	name := configFlag(cmd)
	cmd.Flags().StringVar(&target, "target", "", "a target of levee.yaml; by default the only one of kind kubernetes")
	cmd.Flags().StringArrayVar(&users, "user", nil, "who the daemon is in the cluster; may be repeated (default system:serviceaccount:NAMESPACE:levee, in the namespace of the inventories)")
	flags := guardFlags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := readConfig(*name)
		if err != nil {
			return err
		}
		_, of, err := clusterOf(c, target)
		if err != nil {
			return err
		}
		namespace := cmp.Or(of.Namespace, kubernetes.DefaultNamespace)
		if len(users) == 0 {
			users = []string{daemonIn(namespace)}
		}
		guard, err := flags.of(of, users)
		if err != nil {
			return err
		}
		text, err := guard.YAML()
		if err != nil {
			return err
		}
		for i, choice := range []string{"--owned " + *flags.owned, "--unlisted " + *flags.unlisted, "--fail " + *flags.fail} {
			fmt.Fprintf(std.err, "%s: %s\n", choice, guard.Risks()[i])
		}
		_, err = cmd.OutOrStdout().Write(text)
		return err
	}
	return cmd
}

// guardFlag is what flags say of the guard of a cluster, but for who the daemon is.
type guardFlag struct {
	allowed, groups       []string
	owned, unlisted, fail *string
}

func guardFlags(cmd *cobra.Command) *guardFlag {
	f := &guardFlag{}
	cmd.Flags().StringArrayVar(&f.allowed, "allow", nil, "a user besides the daemon that may write, such as a controller or who contains apps from elsewhere; may be repeated")
	cmd.Flags().StringArrayVar(&f.groups, "allow-group", nil, "a group whose members may write; may be repeated")
	f.owned = choiceFlag(cmd, "owned", "whether others' writes to what Levee runs are refused or only reported", string(admission.Deny), string(admission.Report))
	f.unlisted = choiceFlag(cmd, "unlisted", "whether what others put into Levee's namespaces is only reported or refused", string(admission.Report), string(admission.Deny))
	f.fail = choiceFlag(cmd, "fail", "whether a write whose rule cannot be evaluated is refused, also an urgent one (closed), or goes through unseen (open)", failClosed, failOpen)
	return f
}

// of is the guard of a target's cluster, in which some users may write besides those whom the daemon
// impersonates.
func (f *guardFlag) of(t targetConfig, users []string) (admission.Guard, error) {
	guard := admission.Guard{
		Inventory: cmp.Or(t.Namespace, kubernetes.DefaultNamespace), Users: slices.Concat(users, slices.Collect(maps.Values(t.Impersonate)), f.allowed), Groups: f.groups,
		Owned: admission.Action(*f.owned), Unlisted: admission.Action(*f.unlisted), Open: *f.fail == failOpen,
	}
	if slices.Contains(slices.Concat(guard.Users, guard.Groups), "") {
		return guard, usagef("one of the users or groups that may write has no name; see --user, --allow, --allow-group, and impersonate in levee.yaml")
	}
	return guard, nil
}

// choiceFlag adds a flag that takes one of some words, the first being the default.
func choiceFlag(cmd *cobra.Command, name, usage string, words ...string) *string {
	word := cmd.Flags().String(name, words[0], usage+": "+strings.Join(words, "|"))
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	check := cmd.PreRunE
	cmd.PreRunE = func(c *cobra.Command, args []string) error {
		if !slices.Contains(words, *word) {
			return usagef("--%s is %q; choose one of %s", name, *word, strings.Join(words, ", "))
		}
		if check != nil {
			return check(c, args)
		}
		return nil
	}
	return word
}

// daemonIn is who the daemon is in a cluster unless a flag says another: a service account beside
// its inventories.
func daemonIn(namespace string) string { return "system:serviceaccount:" + namespace + ":levee" }

// clusterOf is the target of kind kubernetes with a name, or the only one where none is given.
func clusterOf(c *config, name string) (string, targetConfig, error) {
	clusters := maps.Clone(c.Targets)
	maps.DeleteFunc(clusters, func(_ string, t targetConfig) bool { return t.Kind != "kubernetes" })
	switch {
	case len(clusters) == 0:
		return "", targetConfig{}, usagef("levee.yaml has no target of kind kubernetes, which is what this is about; add one under targets")
	case name == "" && len(clusters) == 1:
		name = keys(clusters)[0]
	case name == "":
		return "", targetConfig{}, usagef("levee.yaml has several targets of kind kubernetes; name one of %s", kinds(clusters))
	}
	t, ok := clusters[name]
	if !ok {
		return "", targetConfig{}, usagef("levee.yaml has no target %q of kind kubernetes; choose one of %s", name, kinds(clusters))
	}
	return name, t, nil
}
