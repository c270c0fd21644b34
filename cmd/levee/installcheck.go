package main

import (
	"net"
	"path/filepath"
	"slices"
	"strconv"
)

// Where a pod of the daemon has its files: what lies beside levee.yaml comes with it from a
// config map and a secret, and nothing else can be written than the data folder.
const (
	podConfig = "/etc/levee"
	podData   = "/var/lib/levee"
)

// podFiles lists the files beside the configuration that a pod needs as a secret. An error says
// what of the configuration cannot be in a pod.
func podFiles(name string, c *config) ([]string, error) {
	if !isURL(c.Repository) {
		return nil, usagef("repository in %s is the path %s, which no pod has; give an https URL", name, c.Repository)
	}
	if c.Data != podData {
		return nil, usagef("data in %s is %s; in a pod it is %s: say so", name, c.Data, podData)
	}
	base, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	wanted := []string{c.Key, c.Forge.Webhook}
	if c.Forge.App != nil {
		wanted = append(wanted, c.Forge.App.Key)
	}
	for _, target := range keys(c.Targets) {
		t := c.Targets[target]
		if t.Kind == "directory" {
			return nil, usagef("targets.%s in %s is a directory, which no pod has; install the daemon elsewhere, or leave the target out", target, name)
		}
		wanted = append(wanted, t.Kubeconfig)
	}
	var files []string
	for _, file := range wanted {
		switch {
		case file == "" || slices.Contains(files, filepath.Base(file)):
			continue
		case filepath.Dir(file) != base && filepath.Dir(file) != podConfig:
			return nil, usagef("%s in %s lies elsewhere; in a pod all files lie beside levee.yaml: name it %s", file, name, filepath.Base(file))
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
		return 0, usagef("%s in %s is %q; a pod is reached on all its addresses and a port from 1024 on: say :8080", key, name, address)
	}
	return port, nil
}
