// Package upgrade moves an app to another version of its blueprint.
//
// Plan is given the files of a catalog, the app and the version. It reads what the blueprint gave the app in
// the version that it has (scaffold), what it gives in the other one, and what lies beside the app now, and
// says of each file what becomes of it (files.go): what its author left alone becomes what the blueprint has
// now, what the author changed is merged line by line (merge.go), and what is the author's own stays. In the
// app's file the blueprint and the version are changed where they stand, and nothing else (manifest.go).
// levee upgrade writes what the plan says, once the catalog could read it.
package upgrade
