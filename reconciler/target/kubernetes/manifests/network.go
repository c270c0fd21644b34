package manifests

import (
	"maps"
	"slices"
	"strings"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/resource"
)

// private are the addresses that are not public: other clusters, machines and their metadata.
// IANA's registries of special-purpose addresses list them (RFC 1918, 6598, 3927, 4193, 4291).
var private = map[string][]any{
	"0.0.0.0/0": {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"},
	"::/0":      {"fc00::/7", "fe80::/10", "::1/128"},
}

// network is what the app may reach, and from where it is reached: nothing but what is listed.
func (a *app) network() []resource.Resource {
	policy := map[string]any{
		"podSelector": map[string]any{"matchLabels": a.selector()},
		"policyTypes": []any{"Ingress", "Egress"},
		"ingress":     []any{map[string]any{"from": a.callers()}},
		"egress":      a.leads(),
	}
	list := []resource.Resource{made("networking.k8s.io/v1", "NetworkPolicy", a.Name, map[string]any{"spec": policy})}
	if a.settings.HostNames == "cilium" && len(a.Egress) > 0 {
		list = append(list, a.hostNames())
	}
	return append(list, a.ways()...)
}

// callers are from where the app is reached: its own pods, and what lets users in.
func (a *app) callers() []any {
	from := []any{map[string]any{"podSelector": map[string]any{"matchLabels": a.selector()}}}
	if i := a.settings.Ingress; i != nil && i.Namespace != "" && !a.class.NoIngress {
		from = append(from, map[string]any{"namespaceSelector": map[string]any{"matchLabels": map[string]any{"kubernetes.io/metadata.name": i.Namespace}}})
	}
	return from
}

// leads are where the app's pods may reach by a policy of addresses: the names of hosts, its own
// pods, and where something holds it to host names nothing else. A policy of addresses cannot
// tell hosts apart, so that without such a thing an app with egress reaches what is public.
func (a *app) leads() []any {
	port := func(protocol string, n int) any { return map[string]any{"protocol": protocol, "port": n} }
	rules := []any{
		map[string]any{
			"to":    []any{map[string]any{"namespaceSelector": map[string]any{"matchLabels": map[string]any{"kubernetes.io/metadata.name": "kube-system"}}, "podSelector": map[string]any{"matchLabels": map[string]any{"k8s-app": "kube-dns"}}}},
			"ports": []any{port("UDP", 53), port("TCP", 53)},
		},
		map[string]any{"to": []any{map[string]any{"podSelector": map[string]any{"matchLabels": a.selector()}}}},
	}
	if len(a.Egress) == 0 || a.settings.HostNames != "none" {
		return rules
	}
	var to []any
	for _, all := range slices.Sorted(maps.Keys(private)) {
		to = append(to, map[string]any{"ipBlock": map[string]any{"cidr": all, "except": private[all]}})
	}
	return append(rules, map[string]any{"to": to, "ports": []any{port("TCP", 443)}})
}

// hostNames holds the app to the hosts of its egress, by Cilium's DNS proxy.
func (a *app) hostNames() resource.Resource {
	var hosts []any
	for _, host := range slices.Sorted(maps.Keys(a.Egress)) {
		if strings.HasPrefix(host, "*.") {
			hosts = append(hosts, map[string]any{"matchPattern": host})
			continue
		}
		hosts = append(hosts, map[string]any{"matchName": host})
	}
	dns := map[string]any{"matchLabels": map[string]any{"k8s:io.kubernetes.pod.namespace": "kube-system", "k8s:k8s-app": "kube-dns"}}
	return made("cilium.io/v2", "CiliumNetworkPolicy", a.Name, map[string]any{"spec": map[string]any{
		"endpointSelector": map[string]any{"matchLabels": a.selector()},
		"egress": []any{
			map[string]any{"toEndpoints": []any{dns}, "toPorts": []any{map[string]any{
				"ports": []any{map[string]any{"port": "53", "protocol": "ANY"}},
				"rules": map[string]any{"dns": []any{map[string]any{"matchPattern": "*"}}},
			}}},
			map[string]any{"toFQDNs": hosts, "toPorts": []any{map[string]any{"ports": []any{map[string]any{"port": "443", "protocol": "TCP"}}}}},
		},
	}})
}

// PortName is what the port of the service of an app is called that users are led to.
const PortName = "http"

// ways are how users reach the app: an Ingress, or an HTTPRoute where there is a gateway. An app
// that is scheduled has none.
func (a *app) ways() []resource.Resource {
	i := a.settings.Ingress
	if i == nil || a.class.NoIngress || a.Runtime.Type == "scheduled" {
		return nil
	}
	host := a.fill(i.Host)
	annotations := map[string]any{}
	for name, value := range i.Annotations {
		annotations[name] = a.fill(value)
	}
	var way resource.Resource
	if namespace, gateway, ok := strings.Cut(i.Gateway, "/"); ok {
		way = made("gateway.networking.k8s.io/v1", "HTTPRoute", a.Name, map[string]any{"spec": map[string]any{
			"parentRefs": []any{map[string]any{"namespace": namespace, "name": gateway}},
			"hostnames":  []any{host},
			"rules":      []any{map[string]any{"backendRefs": []any{map[string]any{"name": a.Name, "port": servicePort}}}},
		}})
	} else {
		spec := map[string]any{"rules": []any{map[string]any{"host": host, "http": map[string]any{"paths": []any{map[string]any{
			"path": "/", "pathType": "Prefix", "backend": map[string]any{"service": map[string]any{"name": a.Name, "port": map[string]any{"name": PortName}}},
		}}}}}}
		if i.Class != "" {
			spec["ingressClassName"] = i.Class
		}
		if i.TLSSecret != "" {
			spec["tls"] = []any{map[string]any{"hosts": []any{host}, "secretName": a.fill(i.TLSSecret)}}
		}
		way = made("networking.k8s.io/v1", "Ingress", a.Name, map[string]any{"spec": spec})
	}
	if len(annotations) > 0 {
		way.Metadata()["annotations"] = annotations
	}
	return []resource.Resource{way}
}

// servicePort is the port of the service that an HTTPRoute, which knows no names of ports, leads
// to.
const servicePort = 80
