// Package share has new content come to a share of an app's replicas first, by Argo Rollouts.
//
//	resources and a strategy → the same resources, with a Rollout in place of each Deployment that
//	can be one, and autoscalers that scale it (form.go); or why there is nothing to share (why.go)
//	a live Rollout → how it does, and how much of it has the new content until when (health.go)
//
// A Rollout carries its own template of pods. With workloadRef the Deployment would stay as the
// template, scaled to nothing by the controller of Argo Rollouts: a field that Levee applies would be
// somebody else's, and what runs would be two resources that can contradict each other.
//
// It is pure. Whether a cluster serves Rollouts, and when a Deployment makes way for one, is told
// by the target.
package share
