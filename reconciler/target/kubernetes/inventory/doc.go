// Package inventory keeps what is known of each app in each environment: what was applied, what may
// be there, and whether it is contained or throttled.
//
//	an inventory, and what its artefact says in the form in which it is applied (inventory.go)
//	while it is marked: what refuses its traffic is one of its resources too (contained.go)
//	inventory ↔ config map (format.go), read and written where nobody else wrote meanwhile (store.go)
//	the newest fence that was seen in an environment outlives the inventories (witness.go)
//
// Inventories lie in a namespace of Levee's own: what happens to an app's namespace, and
// whether it has one yet, does not matter to them.
package inventory
