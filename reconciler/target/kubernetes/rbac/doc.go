// Package rbac says what Levee has to be allowed in a cluster, as roles and their bindings with
// the reason of each rule.
//
//	levee-apps-NAMESPACE         what is done with the resources of apps, in the whole cluster; for the
//	                             daemon, or for the users as whom it applies apps
//	levee-watch-NAMESPACE        how the daemon sees that such resources change, where it applies as others
//	levee-impersonate-NAMESPACE  that the daemon may act as these users, and as nobody else
//	levee-inventories            the inventories, in their namespace
//	levee-lease                  which replica leads, in that namespace, where replicas agree on one
//
// NAMESPACE is that of the inventories. Rights says for whom and for which kinds (rights.go); the
// kinds follow from what package manifests makes and package gate allows charts (kinds.go), and
// the roles from both (roles.go). They are printed with comments for whoever grants them
// (print.go). The package is pure: no cluster is asked.
package rbac
