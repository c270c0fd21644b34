// Package admission makes the guard of what Levee runs in a cluster: policies that the API
// server itself holds each write against, so that the guard stands while Levee is down.
//
//	levee-owned-NAMESPACE     what carries the label of the inventory is written by Levee
//	                          alone; bound to all such objects, to the scale of what runs in
//	                          Levee's namespaces, and to the namespace of the inventories
//	levee-unlisted-NAMESPACE  what carries no such label is not put into Levee's namespaces
//
// NAMESPACE is that of the inventories: a cluster may be served by several daemons, and has a
// guard for each of them.
//
// A Guard says who may write and what becomes of other writes (guard.go); the policies and
// their rules in CEL follow from it (policies.go, rules.go), and are printed with comments for
// whoever installs them (print.go). The package is pure: no cluster is asked.
package admission
