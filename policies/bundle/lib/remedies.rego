package levee.lib

# Remedies are written in few forms, so that whoever follows them need not know more
# than they say. What stands in the place of a name that does not do is worked out
# beforehand (input.refs.instead): what exists in this catalog, and passes.

# What could stand in the place of names, by kind. Each is read at its own place, so
# that a rule is asked again only where what it looks at has changed; and each is there,
# so that no rule fails to fire for want of a remedy.
default in_people := {}

in_people := input.refs.instead.person

default in_teams := {}

in_teams := input.refs.instead.team

default in_members := {}

in_members := input.refs.instead.member

default in_trained := {}

in_trained := input.refs.instead.trained

default in_fallbacks := {}

in_fallbacks := input.refs.instead.fallback

default in_blueprints := {}

in_blueprints := input.refs.instead.blueprint

default in_other_vendors := {}

in_other_vendors := input.refs.instead.vendor

default in_vendor_scopes := {}

in_vendor_scopes := input.refs.instead.vendorScope

default in_domains := {}

in_domains := input.refs.instead.domain

default in_data_sets := {}

in_data_sets := input.refs.instead.dataset

default in_apps := {}

in_apps := input.refs.instead.app

default in_paths := {}

in_paths := input.refs.instead.path

default in_groups := {}

in_groups := input.refs.instead.group

default in_cost_centers := {}

in_cost_centers := input.refs.instead.costCenter

default in_regions := {}

in_regions := input.refs.instead.region

default in_models := {}

in_models := input.refs.instead.model

default in_stores := {}

in_stores := input.refs.instead.store

default in_languages := {}

in_languages := input.refs.instead.language

# instead says what to write in the place of a name, or of one that is not there ("").
# It is undefined where nobody knows any.
instead(kind, name) := sprintf("Mend the file `%s` first: it cannot be read.", [file]) if {
	file := kind[name].unread
	file != ""
} else := sprintf("Did you mean `%s`?", [near]) if {
	near := kind[name].near
	near != ""
} else := sprintf("Write %s.", [either(others)]) if {
	others := kind[name].others
	count(others) > 0
}

# better is instead, or else what is said there.
better(kind, name, _) := instead(kind, name)

better(kind, name, otherwise) := otherwise if not instead(kind, name)

# sole is the first of what could stand in the place of a name.
sole(kind, name) := kind[name].others[0]

# either names one or more to choose from: the first is as good as any.
either(words) := quoted(words) if count(words) == 1

else := sprintf("one of %s", [quoted(words)]) if count(words) > 1

else := "one that is allowed"

# head is the first of a list of words, or nothing.
head(words) := concat("", array.slice(words, 0, 1))

# like is what another app of the team has there, or else a word in its place.
like(kind, _) := sole(kind, "")

like(kind, otherwise) := otherwise if not sole(kind, "")

# misplaced is the field to mend where an owner is not of the app's team: the owner
# where they are of no team at all.
misplaced(person) := "spec.owner.person" if sole(in_members, person)

else := "spec.owner.team"

team_or_owner(team, person) := sprintf("Write `%s`, or have `%s` added to the team `%s`.", [sole(in_members, person), person, team]) if {
	sole(in_members, person)
} else := sprintf("Write %s, or name an owner from the team `%s`.", [either(in_teams[team].others), team]) if {
	sole(in_teams, team)
} else := sprintf("Name an owner from the team `%s`, or have `%s` added to the team.", [team, person])

# stand_in is what to do where nobody stands in for the owner.
stand_in(before) := sprintf("Mend the file `%s` first: it cannot be read.", [file]) if {
	file := in_fallbacks[before].unread
	file != ""
} else := sprintf("Did you mean `%s`?", [near]) if {
	near := in_fallbacks[before].near
	near != ""
} else := sprintf("Write `fallback: %s`, or another colleague of the owner.", [other]) if {
	other := sole(in_fallbacks, before)
} else := "Name a colleague of the owner as fallback."

# course is what to do where an owner has not passed a course.
course(name) := sprintf("Write `%s`, who passed all that owners need, as owner; or take the course `%s` and have its date added to the list of people.", [other, name]) if {
	other := sole(in_trained, input.app.spec.owner.person)
} else := sprintf("Take the course `%s` and have its date added to the list of people.", [name])

# place is where a secret of the app may lie.
place(secret) := sprintf("Write `%s`, or the exact place where the secret lies.", [path]) if {
	path := sole(in_paths, secret)
} else := "Write the exact place of the secret, without stars, blanks or dots."

# somewhere names a region where none is written.
somewhere(allowed) := sprintf("Write `regions: [%s]`; allowed are %s.", [region, quoted(allowed)]) if {
	region := sole(in_regions, "")
} else := sprintf("Write down the region, one of %s.", [quoted(allowed)]) if {
	count(allowed) > 0
} else := "Ask the platform team to allow a region for such data; so far there is none."

# lower is what to do about a budget that is too much by some amount.
lower(asked, over) := sprintf("Write `%v`, lower another budget of the team, retire an app, or ask for a higher team budget.", [asked - over]) if {
	asked >= over
} else := sprintf("Lower budgets of the team by `%v` together, retire an app, or ask for a higher team budget.", [over])

last_step(path) := steps[count(steps) - 1] if steps := split(path, "/")
