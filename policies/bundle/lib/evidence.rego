package levee.lib

# What the files in the folder evidence/ beside an app are worth.

# evidence_path is where a file of evidence lies, for people.
evidence_path(file) := concat("", ["evidence/", file.name])

# stale is why the age of a file counts as too much, as the end of a sentence that
# begins with the file; it is undefined for one that is no older than some seconds.
stale(file, most) := "does not say on which day it was made" if {
	file.made == ""
} else := sprintf("is of `%s`, a day that has not come", [file.made]) if {
	file.made > input.today
} else := sprintf("is of `%s`, more than `%s` ago", [file.made, span(most)]) if {
	seconds_since(file.made) > most
}

seconds_since(day) := (midnight(input.today) - midnight(day)) / 1000000000

midnight(day) := time.parse_ns("2006-01-02", day)
