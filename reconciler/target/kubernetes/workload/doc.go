// Package workload knows which resources run pods, and in which forms they are applied.
//
//	a kind → how it runs nothing; a live resource → whether it runs, and has pods (workload.go)
//	a list of resources → the same with none that runs, or with less of each (forms.go)
//
// It is pure: it looks at resources that were rendered or read.
package workload
