package install

import (
	"net"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// Where a pod of the daemon has its files: what lies beside levee.yaml comes with it from a
// config map and a secret, and nothing else can be written than the data folder.
const (
	podConfig = "/etc/levee"
	podData   = "/var/lib/levee"
)

// PodFiles lists the files beside the configuration that a pod needs as a secret. An error says
// what of the configuration cannot be in a pod.
func PodFiles(name string, c *config.Config) ([]string, error) {
	if !config.IsURL(c.Repository) {
		return nil, exit.Usagef("repository in %s is the path %s, which no pod has; give an https URL", name, c.Repository)
	}
	if c.Data != podData {
		return nil, exit.Usagef("data in %s is %s; in a pod it is %s: say so", name, c.Data, podData)
	}
	base, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	wanted := []string{c.Key, c.Forge.Webhook}
	if c.Forge.App != nil {
		wanted = append(wanted, c.Forge.App.Key)
	}
	for _, target := range config.Names(c.Targets) {
		t := c.Targets[target]
		if t.Kind == "directory" {
			return nil, exit.Usagef("targets.%s in %s is a directory, which no pod has; install the daemon elsewhere, or leave the target out", target, name)
		}
		wanted = append(wanted, t.Kubeconfig)
	}
	var files []string
	for _, file := range wanted {
		switch {
		case file == "" || slices.Contains(files, filepath.Base(file)):
			continue
		case filepath.Dir(file) != base && filepath.Dir(file) != podConfig:
			return nil, exit.Usagef("%s in %s lies elsewhere; in a pod all files lie beside levee.yaml: name it %s", file, name, filepath.Base(file))
		}
		files = append(files, filepath.Base(file))
	}
	return files, nil
}

// podPort is the port of an address on which a pod can be reached.
func podPort(name, key, address string) (int, error) {
	host, text, err := net.SplitHostPort(address)
	port, wrong := strconv.Atoi(text)
	if ip := net.ParseIP(host); err != nil || wrong != nil || port < 1024 || host != "" && (ip == nil || !ip.IsUnspecified()) {
		return 0, exit.Usagef("%s in %s is %q; a pod is reached on all its addresses and a port from 1024 on: say :8080", key, name, address)
	}
	return port, nil
}

// PodPorts are the ports of a configuration as the chart takes them.
func PodPorts(name string, c *config.Config) (map[string]any, error) {
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

// PinnedImage is what an image looks like that is pinned by its digest.
var PinnedImage = regexp.MustCompile(`^[^\s@]+@sha256:[0-9a-f]{64}$`)
