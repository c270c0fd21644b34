package main

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/cmd/levee/install"
	"github.com/levee-gitops/levee/cmd/levee/internal/cluster"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes"
)

func installCommand(std terminal.IO) *cobra.Command {
	var image, secretName string
	var replicas int
	cmd := &cobra.Command{
		Use:   "install",
		Short: "Print what runs the daemon in a Kubernetes cluster",
		Long: `Install prints what the daemon consists of in the cluster of a target: its namespace, its rights
as rbac prints them, a deployment with levee.yaml as it is, and what belongs to it. Where levee.yaml
names no lease, one in that cluster is added, by which replicas agree on one that leads. It asks no
cluster. Keys are not printed: they come from a secret that is made beforehand, and it says how.`,
		Example: "  levee install --image registry.example.com/levee@sha256:… | kubectl apply -f -",
		Args:    cobra.NoArgs,
	}
	rights := cluster.RightsFlags(cmd)
	cmd.Flags().StringVar(&image, "image", "", "the image of Levee, pinned by its digest (required)")
	cmd.Flags().IntVar(&replicas, "replicas", 2, "how many daemons share the work")
	cmd.Flags().StringVar(&secretName, "secret", "levee", "the secret with the files that levee.yaml names")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if !install.PinnedImage.MatchString(image) {
			return exit.Usagef("--image is %q; pin the image by its digest, as registry/levee@sha256:…", image)
		}
		c, name, err := rights.Target()
		if err != nil {
			return err
		}
		if c.Lease == nil { // in a cluster replicas agree on one that leads
			c = c.WithLease(name)
		}
		files, err := install.PodFiles(rights.Config(), c)
		if err != nil {
			return err
		}
		namespace := cmp.Or(c.Targets[name].Namespace, kubernetes.DefaultNamespace)
		if rights.User != "" && rights.User != cluster.DaemonIn(namespace) {
			return exit.Usagef("--user is %q; in the cluster the daemon is the service account %s", rights.User, cluster.DaemonIn(namespace))
		}
		needed, err := rights.Of(c, name)
		if err != nil {
			return err
		}
		granted, err := needed.YAML()
		if err != nil {
			return exit.Usagef("print the rights of the daemon: %w", err)
		}
		values := map[string]any{"image": image, "replicas": replicas, "secret": secretName, "config": c.Text()}
		if values["ports"], err = install.PodPorts(rights.Config(), c); err != nil {
			return err
		}
		list, err := install.Render(cmd.Context(), namespace, values)
		if err != nil {
			return err
		}
		text, err := install.YAML(namespace, granted, list)
		if err != nil {
			return err
		}
		from := ""
		for _, file := range files {
			from += " --from-file=" + file
		}
		fmt.Fprintf(std.Err, "The pods start once they have their keys: kubectl -n %s create secret generic %s%s\n", namespace, secretName, from)
		_, err = cmd.OutOrStdout().Write(text)
		return err
	}
	return cmd
}
