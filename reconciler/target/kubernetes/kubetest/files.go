package kubetest

import (
	_ "embed" // the files that servers read
	"fmt"
	"os"
)

//go:embed policy.yaml
var auditPolicy []byte

//go:embed stages.yaml
var stages []byte

// writeFiles writes what servers read at their start.
func (c *Cluster) writeFiles() error {
	serving, err := c.authority.server("kube-apiserver")
	if err != nil {
		return err
	}
	public, private, err := newSigner()
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		"ca.crt":        c.authority.pem,
		"apiserver.crt": serving.cert,
		"apiserver.key": serving.key,
		"accounts.pub":  public,
		"accounts.key":  private,
		"policy.yaml":   auditPolicy,
		"stages.yaml":   stages,
	} {
		if err := os.WriteFile(c.path(name), content, 0o600); err != nil {
			return fmt.Errorf("write what the servers read: %w", err)
		}
	}
	// The users are those that Kubernetes' own roles are made for; kwok has none.
	for file, who := range map[string][]string{
		"controllers.kubeconfig": {"system:kube-controller-manager"},
		"scheduler.kubeconfig":   {"system:kube-scheduler"},
		"kwok.kubeconfig":        {"kwok", "system:masters"},
	} {
		config, err := c.config(who[0], who[1:]...)
		if err != nil {
			return err
		}
		if err := WriteKubeconfig(c.path(file), config); err != nil {
			return err
		}
	}
	return nil
}
