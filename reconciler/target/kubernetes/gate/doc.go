// Package gate says what of the resources of an app's chart may not be applied. Whoever writes
// a chart decides how apps run, and not what they may do: an app has its own namespace, names
// and identity, runs no image but its own, and none of its pods has more than the restricted
// Pod Security profile leaves to it.
//
//	each resource: its kind, names and place (names.go) → what its kind must not do (kinds.go)
//	each pod in it: the restricted profile, by the code that the API server itself uses;
//	images, limits, identity, volumes (pods.go)
//	what is refused, with the line of the template that most likely says it (place.go)
//
// It is pure. The same is refused whichever cluster the app goes to.
package gate
