// Package artefact is what is kept of an app that was rendered for Kubernetes: its runtime document,
// with its resources, what a containment of it does and what a throttle leaves it.
//
//	runtime document and what it becomes → artefact, and each part of it again (artefact.go)
//	resources → as they are applied: disabled, throttled, by Rollouts (form.go)
//	resources → as kubectl takes them (print.go)
package artefact
