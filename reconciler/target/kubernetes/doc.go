// Package kubernetes is the kind of target that runs apps in Kubernetes.
//
//	runtime document, settings and chart → resources, or faults (manifests, gate, chart)
//	→ the artefact of an app: its runtime document with its resources (render.go)
//
//	an inventory object an app and environment says what was applied, and what is marked
//	(inventory.go); a look at what is there compares the fields that Levee owns with those
//	it owned when it applied them (owned.go, observe.go), and asks for health (health.go)
//
//	a step: the inventory says what is coming → server-side apply of what differs → what
//	is no longer wanted goes → the inventory says that it is there (apply.go)
//	a mark, then the cut (contain.go); all of an app, and its inventory last (remove.go)
//	what applying would do, by the API server's dry run (preview.go)
//	what changes is told as it happens (watch.go)
//	a share of the replicas first: a Rollout in place of a Deployment, which stays until the other is
//	ready (share.go, package share)
//	what others may write of it, and where, the API server is told by a guard (package admission)
//
//	where a kind is served, or that it is not (mapper.go); what an answer of the API server
//	means (told.go). What could not be told is an error, never something that is not there
//
// Inventories lie in a namespace of Levee's own: what happens to an app's namespace, and
// whether it has one yet, does not matter to them. A mark there is obeyed by every apply.
//
// Nothing is forced upon others. A resource that the inventory does not list, and that is
// there, is somebody else's; fields of listed ones that somebody took over are drift.
package kubernetes
