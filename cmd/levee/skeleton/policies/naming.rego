# METADATA
# scope: package
# title: Labels say which cost centre pays
# description: Every app carries the label costCenter, so that its cost can be attributed.
# custom:
#   id: own.cost-center
#   enforcement: warn
#   remedy: Add the label costCenter below metadata.
package own.cost_center

problem contains {"field": "metadata.labels", "message": "The app has no label `costCenter`."} if {
	not input.app.metadata.labels.costCenter
}
