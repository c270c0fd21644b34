package oldrules

import "strings"

// Shape is what the input of an old rule looks like.
type Shape string

// The shapes. An old rule finds a manifest at `input`, `input.manifest`, `input.app` or
// `input.request`, and an object of Kubernetes at `input`, `input.review.object` or
// `input.request.object`.
const (
	Manifest   Shape = "manifest"   // that of an app, in the dialects microapp and app-manifest
	Kubernetes Shape = "kubernetes" // an object as the cluster is given it
)

// Path is a line of the table: what becomes of a path of the input of old rules.
type Path struct {
	Shape Shape
	From  string // such as data_access[].dataset, where [] stands for any place in a list
	// To is the expression that takes its place; empty where there is none, and Text says
	// what to write instead. Text of others says how the value differs.
	To   string
	Text string
	// Word is the field of an app whose words the value is written in; constants are
	// written likewise. Empty where they stay as they are.
	Word string
	// Is are the values that it has for every app of a catalog, where there is nothing
	// to look at.
	Is []string
	// Never is set where no app has anything there.
	Never bool
}

const (
	life      = "input.app.spec.lifecycle."
	atCluster = "An app does not say it: the target writes how the app runs, within the restricted profile. Leave the rule at the cluster, where it sees what is applied."
	reviewed  = "An approval is no value in a file: it is a review. Define `approval contains {\"role\": …, \"reason\": …}`, and who holds the role is asked."
	inLibrary = "The library has rules on it; `levee explain` lists them. Ask `input.refs.evidence` for more."
)

// Paths is the table, in the order in which the guide has it.
var Paths = []Path{
	{Shape: Manifest, From: "name", To: "input.app.metadata.name"},
	{Shape: Manifest, From: "title", To: "input.app.spec.title"},
	{Shape: Manifest, From: "description", To: "input.app.spec.description"},
	{Shape: Manifest, From: "version", To: "input.app.spec.version"},
	{Shape: Manifest, From: "owner", To: "input.app.spec.owner.person", Text: "It is the id of a person in roles.yaml."},
	{Shape: Manifest, From: "owner.name", To: "input.app.spec.owner.person", Text: "It is the id of a person in roles.yaml."},
	{Shape: Manifest, From: "owner.team", To: "input.app.spec.owner.team", Text: "It is the id of a team in roles.yaml."},
	{Shape: Manifest, From: "owner.contact", Text: "People are reached by the addresses in roles.yaml; an app names its owner by id."},
	{Shape: Manifest, From: "team", To: "input.app.spec.owner.team", Text: "It is the id of a team in roles.yaml."},
	{Shape: Manifest, From: "classification", To: "input.app.spec.classification", Word: "spec.classification"},
	{Shape: Manifest, From: "classification.data", To: "input.app.spec.classification", Word: "spec.classification"},
	{Shape: Manifest, From: "classification.level", To: "input.app.spec.classification", Word: "spec.classification"},
	{Shape: Manifest, From: "classification.pii", Text: "Look for the category pii: `\"pii\" in input.app.spec.data[_].categories`."},
	{Shape: Manifest, From: "lifecycle.state", To: life + "stage", Word: "spec.lifecycle.stage"},
	{Shape: Manifest, From: "lifecycle.stage", To: life + "stage", Word: "spec.lifecycle.stage"},
	{Shape: Manifest, From: "lifecycle.tier", To: life + "stage", Word: "spec.lifecycle.stage"},
	{Shape: Manifest, From: "lifecycle.created_at", To: life + "created"},
	{Shape: Manifest, From: "lifecycle.created", To: life + "created"},
	{Shape: Manifest, From: "created", To: life + "created"},
	{Shape: Manifest, From: "creation_date", To: life + "created"},
	{Shape: Manifest, From: "lifecycle.ttl_days", To: life + "ttl / 86400", Text: "A length of time is a number of seconds; this makes days of it."},
	{Shape: Manifest, From: "lifecycle.expires", Text: "An app ends `ttl` seconds after the day `created` or `renewed`: ask `input.app.spec.lifecycle` for these."},
	{Shape: Manifest, From: "expiration", Text: "An app ends `ttl` seconds after the day `created` or `renewed`: ask `input.app.spec.lifecycle` for these."},
	{Shape: Manifest, From: "runtime.type", To: "input.app.spec.runtime.type", Word: "spec.runtime.type"},
	{Shape: Manifest, From: "runtime.image", To: "input.app.spec.runtime.image"},
	{Shape: Manifest, From: "image", To: "input.app.spec.runtime.image"},
	{Shape: Manifest, From: "image_reg", To: `split(input.app.spec.runtime.image, "/")[0]`, Text: "It is what stands before the first slash of the image."},
	{Shape: Manifest, From: "runtime.language", To: "input.app.spec.runtime.language"},
	{Shape: Manifest, From: "runtime.allowed_runtimes", Text: "An app is written in one language: ask `input.app.spec.runtime.language`."},
	{Shape: Manifest, From: "runtime.cpu_limit", To: "input.app.spec.runtime.cpu", Word: "spec.runtime.cpu", Text: "It is a number of processors."},
	{Shape: Manifest, From: "runtime.mem_limit", To: "input.app.spec.runtime.memory", Word: "spec.runtime.memory", Text: "It is a number of bytes."},
	{Shape: Manifest, From: "runtime.memory_limit", To: "input.app.spec.runtime.memory", Word: "spec.runtime.memory", Text: "It is a number of bytes."},
	{Shape: Manifest, From: "runtime.max_runtime_minutes", To: "input.app.spec.runtime.timeout / 60", Text: "A length of time is a number of seconds; this makes minutes of it."},
	{Shape: Manifest, From: "runtime.concurrency", To: "input.app.spec.runtime.concurrency"},
	{Shape: Manifest, From: "runtime.regions[]", To: "input.app.spec.runtime.regions[]"},
	{Shape: Manifest, From: "runtime.egress[]", To: "input.app.spec.egress[]", Word: "spec.egress[]", Text: "It is a host name, without `internet:` and port."},
	{Shape: Manifest, From: "egress[]", To: "input.app.spec.egress[]", Word: "spec.egress[]", Text: "It is a host name, without `internet:` and port."},
	{Shape: Manifest, From: "runtime.allowed_third_parties[]", To: "input.app.spec.egress[]", Word: "spec.egress[]", Text: "It is a host name."},
	{Shape: Manifest, From: "allowed_third_parties[]", To: "input.app.spec.egress[]", Word: "spec.egress[]", Text: "It is a host name."},
	{Shape: Manifest, From: "runtime.outbound_network", Is: []string{"restricted", "limited"}, Text: "An app may call the host names of its `spec.egress`, and no others."},
	{Shape: Manifest, From: "scopes[]", To: "input.app.spec.access.scopes[]"},
	{Shape: Manifest, From: "required_scopes[]", To: "input.app.spec.access.scopes[]"},
	{Shape: Manifest, From: "sso", To: "input.app.spec.access.sso", Word: "spec.access.sso"},
	{Shape: Manifest, From: "sso_groups[]", To: "input.app.spec.access.groups[]"},
	{Shape: Manifest, From: "secrets[]", To: "input.app.spec.secrets[]"},
	{Shape: Manifest, From: "secrets[].name", To: "input.app.spec.secrets[].name"},
	{Shape: Manifest, From: "secrets[].provider", To: "input.app.spec.secrets[].store", Word: "spec.secrets[].store"},
	{Shape: Manifest, From: "secrets[].store", To: "input.app.spec.secrets[].store", Word: "spec.secrets[].store"},
	{Shape: Manifest, From: "secrets[].path", To: "input.app.spec.secrets[].path"},
	{Shape: Manifest, From: "secrets[].value", Never: true, Text: "A manifest names secrets and never holds them."},
	{Shape: Manifest, From: "data_access[]", To: "input.app.spec.data[]"},
	{Shape: Manifest, From: "data_access[].dataset", To: "input.app.spec.data[].dataset"},
	{Shape: Manifest, From: "data_access[].name", To: "input.app.spec.data[].dataset"},
	{Shape: Manifest, From: "data_access[].access_level", To: "input.app.spec.data[].access", Word: "spec.data[].access"},
	{Shape: Manifest, From: "data_access[].access", To: "input.app.spec.data[].access", Word: "spec.data[].access"},
	{Shape: Manifest, From: "data_access[].purpose", To: "input.app.spec.data[].purpose"},
	{Shape: Manifest, From: "data_access[].categories[]", To: "input.app.spec.data[].categories[]"},
	{Shape: Manifest, From: "compliance.scopes[]", To: "input.app.spec.compliance[]", Word: "spec.compliance[]"},
	{Shape: Manifest, From: "compliance.approved_by", Text: reviewed},
	{Shape: Manifest, From: "approvals", Text: reviewed},
	{Shape: Manifest, From: "security.secrets_policy", Is: []string{"vault-only", "vault"}, Text: "Every secret of an app is in a store that `limits.stores` of catalog.yaml lists; vault alone where it does not."},
	{Shape: Manifest, From: "security.require_sbom", Is: []string{"true"}, Text: "Every app that goes to production needs a list of its parts beside it, in evidence/."},
	{Shape: Manifest, From: "security.require_tests", Is: []string{"true"}, Text: "Every app that goes to production is asked for tests."},
	{Shape: Manifest, From: "security.min_code_coverage", Text: "The least coverage holds for all apps: `limits.coverage` of catalog.yaml. What an app has is `input.app.spec.quality.coverage`."},
	{Shape: Manifest, From: "cost_center", To: "input.app.metadata.labels.costCenter"},
	{Shape: Manifest, From: "estimated_cost", To: "input.app.spec.budget.monthly", Text: "It is a number, without currency."},
	{Shape: Manifest, From: "estimated_cloud_cost", To: "input.app.spec.budget.monthly", Text: "It is a number, without currency."},
	{Shape: Manifest, From: "sbom", Text: inLibrary},
	{Shape: Manifest, From: "repo", Text: "Rules see no files. Every change is searched for secrets, and one that brings any is denied."},

	{Shape: Kubernetes, From: "kind", Is: []string{"Deployment", "Pod", "StatefulSet", "ReplicaSet", "Job", "CronJob"}, Text: "Every app is something that runs."},
	{Shape: Kubernetes, From: "metadata.name", To: "input.app.metadata.name"},
	{Shape: Kubernetes, From: "metadata.labels[]", To: "input.app.metadata.labels[]"},
	{Shape: Kubernetes, From: "metadata.annotations", Text: "An app has no annotations: ask its labels, `input.app.metadata.labels`."},
	{Shape: Kubernetes, From: "metadata.namespace", Text: "The target chooses the namespace: an app does not say it."},
	{Shape: Kubernetes, From: "spec.containers[].name", To: "input.app.metadata.name", Text: "An app has one container, which bears its name."},
	{Shape: Kubernetes, From: "spec.containers[].image", To: "input.app.spec.runtime.image", Text: "An app has one container."},
	{Shape: Kubernetes, From: "spec.containers[].resources.limits.cpu", To: "input.app.spec.runtime.cpu", Word: "spec.runtime.cpu", Text: "It is a number of processors."},
	{Shape: Kubernetes, From: "spec.containers[].resources.limits.memory", To: "input.app.spec.runtime.memory", Word: "spec.runtime.memory", Text: "It is a number of bytes."},
	{Shape: Kubernetes, From: "spec.initContainers", Never: true, Text: "An app has one container, and none that runs before it."},
	{Shape: Kubernetes, From: "spec.ephemeralContainers", Never: true, Text: "An app has one container, and none beside it."},
	{Shape: Kubernetes, From: "spec", Text: atCluster},
}

// takeOut says what to do about a question whose answer is the same for all apps, where it
// cannot be left out of itself.
func (p *Path) takeOut() string {
	if p.From == "kind" {
		return "Rules are asked of apps, and each is something that runs: leave a rule on other objects at the cluster."
	}
	return p.Text + " Take the question out."
}

// templates are where objects of Kubernetes hold what a Pod holds at spec.
var templates = []string{"spec.template.spec.", "spec.jobTemplate.spec.template.spec."}

// step is one step of a path: a name, or [] for any place in a list or any name in a group.
type step string

const anyPlace step = "[]"

// stepsOf takes a path of the table apart.
func stepsOf(path string) []step {
	var steps []step
	for name := range strings.SplitSeq(path, ".") {
		name, inList := strings.CutSuffix(name, "[]")
		if steps = append(steps, step(name)); inList {
			steps = append(steps, anyPlace)
		}
	}
	return steps
}
