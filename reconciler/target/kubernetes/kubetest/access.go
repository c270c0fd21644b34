package kubetest

import (
	"fmt"
	"testing"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Config returns how to reach the API server as the user kubetest, who may do
// everything. Its rate is not bounded, as any that ConfigFor returns; a test of
// bounds sets QPS and Burst.
func (c *Cluster) Config() *rest.Config { return rest.CopyConfig(c.admin) }

// ConfigFor returns how to reach the API server as a user in groups, by a client
// certificate, so that the audit log names the user and nobody behind it. Who is
// given no role may do next to nothing: the cluster has RBAC.
func (c *Cluster) ConfigFor(tb testing.TB, user string, groups ...string) *rest.Config {
	tb.Helper()
	config, err := c.config(user, groups...)
	if err != nil {
		tb.Fatalf("kubetest: %v", err)
	}
	return config
}

func (c *Cluster) config(user string, groups ...string) (*rest.Config, error) {
	own, err := c.authority.client(user, groups)
	if err != nil {
		return nil, err
	}
	return &rest.Config{
		Host:            fmt.Sprintf("https://127.0.0.1:%d", c.port.number),
		TLSClientConfig: rest.TLSClientConfig{CAData: c.authority.pem, CertData: own.cert, KeyData: own.key},
		UserAgent:       "kubetest",
		QPS:             -1,
	}, nil
}

// WriteKubeconfig writes a file from which clients read how to reach the API server
// as config says, with certificates or a token in it.
func WriteKubeconfig(path string, config *rest.Config) error {
	const name = "kubetest"
	file := clientcmdapi.NewConfig()
	file.Clusters[name] = &clientcmdapi.Cluster{Server: config.Host, CertificateAuthorityData: config.CAData}
	file.AuthInfos[name] = &clientcmdapi.AuthInfo{ClientCertificateData: config.CertData, ClientKeyData: config.KeyData, Token: config.BearerToken}
	file.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name}
	file.CurrentContext = name
	if err := clientcmd.WriteToFile(*file, path); err != nil {
		return fmt.Errorf("write the kubeconfig %s: %w", path, err)
	}
	return nil
}
