// Package kubernetes is the kind of target that runs apps in Kubernetes. It is connected here, and
// answers the contract; what its answers are made of has packages of its own, in the order of the data:
//
//	runtime document, settings and chart → resources, or faults (manifests, gate, chart)
//	→ the artefact of an app: its runtime document with its resources (render.go, artefact)
//
//	options → the API server of a cluster, which is asked by one client (open.go, target.go, apiserver)
//	→ what was applied of an app, and how it is marked (inventory)
//	→ what is there of it (live), by the fields that Levee owns (ownership) and what runs (workload)
//
//	observe: all of this of some apps or of all (observe.go)
//	preview: what applying would do, by the API server's dry run (preview.go, relabelling.go)
//	apply: the inventory says what is coming → server-side apply of what differs → what
//	is no longer wanted goes → the inventory says that it is there (apply.go, settle.go)
//	quarantine and release: a mark, then the cut (contain.go, cut); the same with less (throttle.go)
//	remove: all of an app, and its inventory last (remove.go)
//	a share of the replicas first: a Rollout in place of a Deployment, which stays until the other is
//	ready (share.go, share)
//	of one app one of these acts at a time (acting.go)
//
//	what others may write of an app, and where, the API server is told by a guard (admission), and what
//	Levee may do by roles (rbac); whether it is all there is looked into by checkup
//
// A mark in an inventory is obeyed by every apply. Nothing is forced upon others: a resource that the
// inventory does not list, and that is there, is somebody else's; fields of listed ones that somebody
// took over are drift. What could not be told is an error, never something that is not there.
package kubernetes
