package levee.lib

# What the catalog says of the data sets that an app uses. It counts beside what the app
# says: leaving a kind of sensitive data out of an app's file hides nothing.

# catalogued maps the app's data sets that the catalog has to what it says of them. What an
# app refers to is all that stands in refs, so rules that ask for no more than this are
# evaluated once for all apps that use no data of the catalog.
catalogued[name] := set if {
	some name, set in input.refs.dataSets
	set != null
}

# holds maps each of the app's data sets to the kinds of sensitive data in it.
holds[name] := declared | known if {
	some use in input.app.spec.data
	name := use.dataset
	declared := {category | some category in use.categories}
	known := {category | some category in catalogued[name].categories}
}

# longest maps them to how long an app may keep them where they are sensitive: as long as
# the settings and the data set's owner allow.
longest[name] := min({limit("retention")} | {kept | kept := catalogued[name].retention}) if some name, _ in holds
