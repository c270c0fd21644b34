# METADATA
# scope: package
# title: Apps say what they are for
# description: Whoever finds an app in the catalog can read what it does.
# custom:
#   id: own.described
#   enforcement: warn
#   remedy: Add a description of a sentence or two below title.
package own.described

problem contains {"field": "spec.title", "message": "The app has no description."} if {
	not input.app.spec.description
}
