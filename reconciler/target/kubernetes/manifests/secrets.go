package manifests

import (
	"fmt"
	"strings"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// configuration are the app's config map and, where the cluster has the operator for it, what
// brings its secrets. No value of a secret is ever here.
func (a *app) configuration() []resource.Resource {
	fields := map[string]any{}
	if a.Runbook != nil && a.Runbook.Flag != "" {
		fields["data"] = map[string]any{a.Runbook.Flag: "true"} // an empty one would be owned as a whole
	}
	list := []resource.Resource{made("v1", "ConfigMap", a.Name, fields)}
	if len(a.Secrets) == 0 || a.settings.SecretStore == "" {
		return list
	}
	var data []any
	refresh := int64(0)
	for _, s := range a.Secrets {
		remote := map[string]any{"key": s.Path}
		if path, property, ok := strings.Cut(s.Path, "#"); ok {
			remote = map[string]any{"key": path, "property": property}
		}
		data = append(data, map[string]any{"secretKey": s.Name, "remoteRef": remote})
		if ttl, err := s.TTL.Int64(); err == nil && ttl > 0 && (refresh == 0 || ttl < refresh) {
			refresh = ttl
		}
	}
	if refresh == 0 {
		refresh = 3600
	}
	return append(list, made("external-secrets.io/v1", "ExternalSecret", a.Name, map[string]any{"spec": map[string]any{
		"refreshInterval": fmt.Sprintf("%ds", refresh),
		"secretStoreRef":  map[string]any{"kind": "ClusterSecretStore", "name": a.settings.SecretStore},
		"target":          map[string]any{"name": a.Name, "creationPolicy": "Owner"},
		"data":            data,
	}}))
}

// agent are the annotations by which the agent of Vault brings the secrets into pods, where no
// operator does.
func (a *app) agent() map[string]any {
	if len(a.Secrets) == 0 || a.settings.SecretStore != "" {
		return nil
	}
	all := map[string]any{"vault.hashicorp.com/agent-inject": "true", "vault.hashicorp.com/role": a.namespace}
	for _, s := range a.Secrets {
		path, _, _ := strings.Cut(s.Path, "#")
		all["vault.hashicorp.com/agent-inject-secret-"+s.Name] = path
	}
	return all
}
