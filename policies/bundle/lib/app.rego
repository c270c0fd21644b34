package levee.lib

# What several rules ask of an app. Values are shared by all rules of one
# evaluation, so each is computed once.

# live tells apps that run or shall run from those their owner winds down. A
# retired app must stay publishable whatever it breaks, or it could not end.
live if input.app.spec.lifecycle.stage != "retired"

# rank orders classifications from open to closed.
rank := {"public": 0, "internal": 1, "confidential": 2, "restricted": 3}

# closed holds for apps whose data must not be seen by all colleagues.
closed if input.app.spec.classification == "confidential"

closed if input.app.spec.classification == "restricted"

# categories are the kinds of sensitive data in all of the app's data sets.
categories contains category if {
	some kinds in holds
	some category in kinds
}

# personal are the categories among them that tell something about people.
personal := categories & {"pii", "health", "employee", "customer"}

personal_data if count(personal) > 0

# writes holds for apps that change data and not only show it.
writes if {
	some data_set in input.app.spec.data
	data_set.access == "write"
}

writes if {
	some scope in input.app.spec.access.scopes
	startswith(scope, "write-")
}

# limit is an amount of settings.limits. Nothing written and an explicit zero
# look alike; both allow nothing.
limit(name) := limited("limits", name)

# limited is the same of another group of settings.
limited(group, name) := object.get(data.settings[group], name, 0)

# active holds for somebody who can answer for an app.
active(person) if {
	person.id
	not person.left
	not person.bot
}

# material is what of an app carries meaning.
material(app) := {"metadata": app.metadata, "spec": object.remove(app.spec, {"title", "description"})}

# changed holds where the content judged is not what was admitted.
changed if input.admitted == null

changed if {
	input.admitted != null
	material(input.app) != material(input.admitted)
}

# renewal_only holds where nothing but the day of renewal differs.
renewal_only if {
	input.admitted != null
	reworked(input.app) == reworked(input.admitted)
	input.app.spec.version == input.admitted.spec.version
	input.app.spec.answers == input.admitted.spec.answers
	renewed(input.app) != renewed(input.admitted)
}

# renewed is the day of renewal, or nothing.
renewed(app) := object.get(app.spec.lifecycle, "renewed", "")

# reworked is what of an app a new version stands for. Answers are about the app, and no
# part of it.
reworked(app) := {
	"metadata": app.metadata,
	"lifecycle": object.remove(app.spec.lifecycle, {"renewed"}),
	"spec": object.remove(app.spec, {"title", "description", "version", "lifecycle", "answers"}),
}
