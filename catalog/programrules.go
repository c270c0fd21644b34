package catalog

// ProgramRule is a rule of the program itself: no setting changes it and no waiver
// lifts it. `levee explain` tells of it as of the rules that are Rego.
type ProgramRule struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	About       string `json:"about"` // the files or fields that it is about
	Description string `json:"description"`
}

// ProgramAreas are the prefixes of rule ids that are reserved for the program.
var ProgramAreas = []string{"schema.", "change.", "governance.", "catalog."}

// ProgramRules lists the rules that files are read by, by id.
var ProgramRules = []ProgramRule{
	{"schema.duplicate", "A list says each thing once", "every list", "An item that stands twice in a list is a slip: with two descriptions of one thing, nobody could tell which one counts."},
	{"schema.duplicate-key", "A name stands once in a group", "every group", "Where a name stands twice, one program reads the first value and another the last. So neither counts."},
	{ruleFolder, "Folders are read by all programs alike", "every folder", "Some entries that Git can hold are read in different ways by different programs, or by none. Such a folder is not looked into."},
	{"schema.forbidden-yaml", "Files say what they say in plain", "every file", "Anchors, aliases, merge keys and type tags make two readers see two things, so none of them is taken."},
	{"schema.kind", "A file is of the kind that its place says", "apiVersion, kind", "What a file is follows from where it lies; its first lines say the same, so that a file in the wrong folder is noticed."},
	{"schema.limit", "Files and folders stay within limits", "every file and folder", "Limits far above what people write keep one file from slowing down everything else."},
	{ruleName, "An app has a name that targets can use", "metadata.name", "The name of an app becomes part of addresses and accounts: lower-case letters, digits and dashes, at most 63 of them."},
	{"schema.path", "Files lie where they are looked for", "every file", "A file that nearly is something, or says another name than its place, would not be governed as what it is. So it is a problem and not overlooked."},
	{"schema.required", "What has to be said is said", "every file", "Some fields have no sensible default: without them nobody could tell whose the app is or what it may do."},
	{"schema.syntax", "Files can be read", "every file", "Each line is `name: value`, indented with spaces under what it belongs to. A file that cannot be read is judged no further, and others are not touched by it."},
	{"schema.type", "Values are of the right kind", "every field", "Text, numbers, yes or no, lists and groups are told apart, so that a version 1.10 is not read as 1.1."},
	{"schema.unknown-field", "Only known fields are written", "every field", "A field that is misspelt or stands in a wrong place would do nothing, silently. So it is a problem."},
	{"schema.unread", "A file can be read by the program", "every file", "Something broke off while the file was read: a mistake of the program, which is told to whoever runs it, and touches no other file."},
	{"schema.value", "Values are ones that a field takes", "every field", "Words from a list, amounts with their unit, days of the calendar: each field says what it takes, and an editor knows it from `levee schema`."},
}
