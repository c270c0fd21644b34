package manifests

import (
	"slices"

	"github.com/levee-gitops/levee/catalog/settings"
)

// Kinds are those of what apps are given besides their chart, as Kind.group, as far as
// Kubernetes has them itself.
var Kinds = []string{
	"Namespace", "ResourceQuota", "LimitRange", "ServiceAccount", "NetworkPolicy.networking.k8s.io", "ConfigMap", "Ingress.networking.k8s.io",
}

// AddedKinds are the others, which something has to bring to the cluster, and the setting of the
// catalog by which apps are given them.
var AddedKinds = map[string]string{
	"CiliumNetworkPolicy.cilium.io":       "kubernetes.hostNames: cilium",
	"ExternalSecret.external-secrets.io":  "kubernetes.secretStore",
	"HTTPRoute.gateway.networking.k8s.io": "kubernetes.ingress.gateway",
}

// Added are the kinds that settings have apps be given or allow charts besides, as Kind.group.
func Added(k *settings.Kubernetes) []string {
	all := slices.Clone(k.Kinds)
	if k.HostNames == "cilium" {
		all = append(all, "CiliumNetworkPolicy.cilium.io")
	}
	if k.SecretStore != "" {
		all = append(all, "ExternalSecret.external-secrets.io")
	}
	if k.Ingress != nil && k.Ingress.Gateway != "" {
		all = append(all, "HTTPRoute.gateway.networking.k8s.io")
	}
	return slices.Compact(slices.Sorted(slices.Values(all)))
}
