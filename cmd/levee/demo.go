package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/cmd/levee/install"
	"github.com/levee-gitops/levee/cmd/levee/internal/demo"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

func demoCommand(std terminal.IO) *cobra.Command {
	var keep string
	var serve, inCluster bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Play the whole story on a catalog of its own; no account, no network",
		Long: `Demo makes a bare repository, a catalog of a dozen apps, keys and a target in a
temporary folder, and plays what happens to them with the real commands. It ends
with exit code 3 if anything goes another way than it says.

With --kubernetes it plays, in a cluster that you name, what happens to apps there:
publish, drift, promotion, containment, release. What it makes lies in namespaces of
its own, whose names begin with levee-demo, and is deleted at the end.`,
		Example: "  levee demo\n" +
			"  levee demo --kubernetes --kubeconfig ~/.kube/config",
		Args: cobra.NoArgs,
	}
	cmd.Flags().StringVar(&keep, "keep", "", "folder to leave everything in, to play with")
	cmd.Flags().BoolVar(&serve, "serve", false, "go on serving when the story is over")
	cmd.Flags().BoolVar(&inCluster, "kubernetes", false, "play what happens in a Kubernetes cluster")
	var cluster demo.Cluster
	cmd.Flags().StringVar(&cluster.Kubeconfig, "kubeconfig", "", "with --kubernetes: how the cluster is reached (default: the file that kubectl would read)")
	cmd.Flags().StringVar(&cluster.Context, "context", "", "with --kubernetes: the context in that file (default: the current one)")
	cmd.Flags().StringVar(&cluster.Image, "image", demo.Image, "with --kubernetes: what the apps run, pinned by its digest")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		for _, name := range []string{"kubeconfig", "context", "image"} {
			if !inCluster && cmd.Flags().Changed(name) {
				return exit.Usagef("--%s is for a story in a cluster; say --kubernetes too", name)
			}
		}
		dir := keep
		if dir == "" {
			tmp, err := os.MkdirTemp("", "levee-demo-")
			if err != nil {
				return fmt.Errorf("make a folder for the demo: %w", err)
			}
			defer os.RemoveAll(tmp)
			dir = tmp
		} else if err := os.Mkdir(dir, 0o755); err != nil {
			return fmt.Errorf("make the folder for the demo: %w; name one that does not exist", err)
		}
		dir, err := filepath.Abs(dir)
		if err != nil {
			return err
		}
		if inCluster && !install.PinnedImage.MatchString(cluster.Image) {
			return exit.Usagef("--image is %q; pin it by its digest, as registry/name@sha256:…", cluster.Image)
		}
		d := demo.New(cmd.Context(), std.Out, dir, run)
		play := d.PlayInFolder
		if inCluster {
			c, err := d.InCluster(cluster)
			if err != nil {
				return err
			}
			if play = c.Play; keep == "" {
				defer c.Remove()
			} else {
				defer c.Kept()
			}
		}
		if err := play(); err != nil {
			return err
		}
		if keep != "" || serve {
			fmt.Fprintf(std.Out, "\nEverything is in %s: try `levee status --config %s`.\n", dir, filepath.Join(dir, "levee.yaml"))
		}
		if serve {
			return d.Serve(std)
		}
		return nil
	}
	return cmd
}
