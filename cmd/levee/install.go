package main

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/chart"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

//go:embed all:install/chart
var installation embed.FS

var pinnedImage = regexp.MustCompile(`^[^\s@]+@sha256:[0-9a-f]{64}$`)

func installCommand(std stdio) *cobra.Command {
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
	rights := rightsFlags(cmd)
	cmd.Flags().StringVar(&image, "image", "", "the image of Levee, pinned by its digest (required)")
	cmd.Flags().IntVar(&replicas, "replicas", 2, "how many daemons share the work")
	cmd.Flags().StringVar(&secretName, "secret", "levee", "the secret with the files that levee.yaml names")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if !pinnedImage.MatchString(image) {
			return usagef("--image is %q; pin the image by its digest, as registry/levee@sha256:…", image)
		}
		c, name, err := rights.target()
		if err != nil {
			return err
		}
		if c.Lease == nil { // in a cluster replicas agree on one that leads
			c.Lease = &leaseConfig{Target: name}
			c.text = fmt.Appendf(bytes.TrimRight(c.text, "\n"), "\nlease: {target: %s}\n", name)
		}
		files, err := podFiles(rights.config(), c)
		if err != nil {
			return err
		}
		namespace := cmp.Or(c.Targets[name].Namespace, kubernetes.DefaultNamespace)
		if rights.user != "" && rights.user != daemonIn(namespace) {
			return usagef("--user is %q; in the cluster the daemon is the service account %s", rights.user, daemonIn(namespace))
		}
		needed, err := rights.of(c, name)
		if err != nil {
			return err
		}
		granted, err := needed.YAML()
		if err != nil {
			return usagef("print the rights of the daemon: %w", err)
		}
		values := map[string]any{"image": image, "replicas": replicas, "secret": secretName, "config": string(c.text)}
		if values["ports"], err = podPorts(rights.config(), c); err != nil {
			return err
		}
		list, err := renderInstallation(cmd, namespace, values)
		if err != nil {
			return err
		}
		text, err := installationYAML(namespace, granted, list)
		if err != nil {
			return err
		}
		from := ""
		for _, file := range files {
			from += " --from-file=" + file
		}
		fmt.Fprintf(std.err, "The pods start once they have their keys: kubectl -n %s create secret generic %s%s\n", namespace, secretName, from)
		_, err = cmd.OutOrStdout().Write(text)
		return err
	}
	return cmd
}

// podPorts are the ports of a configuration as the chart takes them.
func podPorts(name string, c *config) (map[string]any, error) {
	listen, err := podPort(name, "listen", c.Listen)
	if err != nil {
		return nil, err
	}
	ports := map[string]any{"listen": listen, "metrics": 0}
	if c.Metrics != "" {
		if ports["metrics"], err = podPort(name, "metrics", c.Metrics); err != nil {
			return nil, err
		}
	}
	return ports, nil
}

// renderInstallation renders the chart of the daemon, in the order in which it is applied.
func renderInstallation(cmd *cobra.Command, namespace string, values map[string]any) ([]resource.Resource, error) {
	var files []catalog.SubfolderFile
	const root = "install/chart"
	err := fs.WalkDir(installation, root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := installation.ReadFile(p)
		files = append(files, catalog.SubfolderFile{Path: strings.TrimPrefix(p, root+"/"), Content: content})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the chart of the daemon: %w", err)
	}
	raw, err := json.Marshal(values)
	if err != nil {
		return nil, fmt.Errorf("write the values for the chart of the daemon: %w", err)
	}
	var charts chart.Renderer
	list, faults, err := charts.Render(cmd.Context(), files, chart.Release{Name: "levee", Namespace: namespace, Values: raw})
	switch {
	case err != nil:
		return nil, fmt.Errorf("render the chart of the daemon: %w", err)
	case len(faults) > 0:
		return nil, usagef("render the chart of the daemon: %s %s", faults[0].Message, faults[0].Remedy)
	}
	resource.Sort(list)
	return list, nil
}

// installationYAML writes the namespace, the rights and the rest as `kubectl apply` takes them.
func installationYAML(namespace string, granted []byte, list []resource.Resource) ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, `# The daemon of Levee in the namespace %[1]s. Printed by "levee install".
apiVersion: v1
kind: Namespace
metadata:
  name: %[1]s
  labels:
    pod-security.kubernetes.io/enforce: restricted
    pod-security.kubernetes.io/enforce-version: latest
---
`, namespace)
	out.Write(granted)
	for _, r := range list {
		raw, err := r.YAML()
		if err != nil {
			return nil, err
		}
		out.WriteString("---\n")
		out.Write(raw)
	}
	return out.Bytes(), nil
}
