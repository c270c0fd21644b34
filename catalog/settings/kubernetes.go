package settings

import (
	"slices"
	"strings"

	"github.com/levee-gitops/levee/catalog/scalar"
)

// Kubernetes is how apps run in clusters. They are part of governance, since they say
// what apps may do there; how the daemon reaches a cluster is in its own configuration.
type Kubernetes struct {
	Namespace   string            `json:"namespace" levee:"default={environment}-{app},max=120" doc:"The namespace of an app, from {environment}, {app} and {team}. Without {app}, apps share it."`
	Kinds       []string          `json:"kinds" levee:"set,max=64,pattern=^[A-Z][A-Za-z0-9]*(\\.[a-z0-9.-]+)?$" like:"the kind and its group|Rollout.argoproj.io" doc:"Kinds of resources that charts may have besides those of every catalog, such as Rollout.argoproj.io."`
	Images      []string          `json:"images" levee:"set,max=64,pattern=^[^\\s@]+@sha256:[0-9a-f]{64}$" like:"the image and its digest|registry.example.com/proxy@sha256:…" doc:"Images that containers beside an app's own may run, pinned by digest."`
	Ingress     *Ingress          `json:"ingress" doc:"How users reach apps; without it, from inside their namespace only."`
	SecretStore string            `json:"secretStore" levee:"max=120" doc:"The ClusterSecretStore of the External Secrets operator from which apps get their secrets. Where it is left out, pods are annotated for the agent of Vault."`
	HostNames   string            `json:"hostNames" levee:"default=none,enum=none|cilium,weak=none" doc:"What holds apps to the host names of their egress: cilium, or none, which leaves them any public address on port 443."`
	Classes     []KubernetesClass `json:"classes" levee:"key=name,max=16" doc:"How apps of some stages and classifications run otherwise; the first that fits counts."`
}

// Ingress is how users reach apps.
type Ingress struct {
	Host        string            `json:"host" levee:"required,max=200" doc:"The host name of an app, from {environment}, {app} and {team}, such as {app}.{environment}.apps.example.com."`
	Class       string            `json:"class" levee:"max=63" doc:"The ingress class; the cluster's default where it is left out."`
	Gateway     string            `json:"gateway" levee:"max=127" doc:"The Gateway to attach to, as namespace/name; an HTTPRoute takes the place of the Ingress then."`
	Namespace   string            `json:"namespace" levee:"max=63" doc:"The namespace of what lets users in, which apps are reached from."`
	Annotations map[string]string `json:"annotations" levee:"max=32" doc:"Annotations of each Ingress or HTTPRoute, such as those that ask users to sign in; {app}, {environment} and {team} are filled in."`
	TLSSecret   string            `json:"tlsSecret" levee:"max=120" doc:"The secret with the certificate, in the app's namespace; {app} and {environment} are filled in."`
}

// KubernetesClass is how some apps run.
type KubernetesClass struct {
	Name            scalar.Name `json:"name" levee:"required" doc:"What the class is called, such as sandbox."`
	Stages          []string    `json:"stages" levee:"set,max=4,enum=prototype|approved|production|retired" doc:"Stages of the apps in it; all where it is left out."`
	Classifications []string    `json:"classifications" levee:"set,max=4,enum=public|internal|confidential|restricted" doc:"Classifications of the apps in it; all where it is left out."`
	RuntimeClass    string      `json:"runtimeClass" levee:"max=63" doc:"The RuntimeClass of their pods, such as gvisor."`
	NoIngress       bool        `json:"noIngress" doc:"Whether nothing lets users in from outside of their namespace."`
	Containment     []string    `json:"containment" levee:"set,max=4,enum=stop|network|tokens|flag" doc:"What a containment of them does: stop what runs, refuse all network traffic, revoke the tokens of their service account, set their flag to false. All of it where it is left out."`
	Throttle        *Throttle   `json:"throttle" doc:"What a throttle leaves them, which cost too much: one replica where it is left out."`
}

// Throttle is what a throttle leaves the apps of a class. They run on.
type Throttle struct {
	Replicas int  `json:"replicas" levee:"default=1,min=1,max=1000" doc:"How many replicas run at most; autoscalers go no higher."`
	Suspend  bool `json:"suspend" doc:"Whether scheduled apps begin no runs; what is under way ends by itself."`
	Flag     bool `json:"flag" doc:"Whether the flag of their runbook becomes false."`
}

// The measures of a containment.
const (
	MeasureStop    = "stop"    // what runs is scaled to nothing, or suspended
	MeasureNetwork = "network" // all traffic is refused, in both directions
	MeasureTokens  = "tokens"  // the tokens of the app's service account are revoked
	MeasureFlag    = "flag"    // the flag of the app's runbook is set to "false"
)

// Measures are those of a containment, in the order in which they are taken.
var Measures = []string{MeasureStop, MeasureNetwork, MeasureTokens, MeasureFlag}

// DefaultKubernetes are the settings of a catalog that says nothing of Kubernetes.
func DefaultKubernetes() Kubernetes {
	return Kubernetes{Namespace: "{environment}-{app}", HostNames: "none"}
}

// Class is the class of apps of a stage and a classification; the zero value where none fits.
func (k *Kubernetes) Class(stage, classification string) KubernetesClass {
	for _, c := range k.Classes {
		if (len(c.Stages) == 0 || slices.Contains(c.Stages, stage)) && (len(c.Classifications) == 0 || slices.Contains(c.Classifications, classification)) {
			return c
		}
	}
	return KubernetesClass{}
}

// FillIn fills in what an app and an environment are called.
func FillIn(pattern, environment, app, team string) string {
	return strings.NewReplacer("{environment}", environment, "{app}", app, "{team}", team).Replace(pattern)
}
