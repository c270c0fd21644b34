package levee.lib

# How amounts and lists read in a sentence. Values come from files that anybody
# may propose, so they are only ever quoted.

# item is the field of one item of a list, by its value or key.
item(list, key) := concat("", ["spec.", list, "[", key, "]"])

quoted(words) := concat(", ", [concat("", ["`", word, "`"]) | some word in words])

# span writes seconds as people do: 90d, 12h, 15m, 30s.
span(seconds) := amount(seconds, 86400, "d") if whole(seconds, 86400)

else := amount(seconds, 3600, "h") if whole(seconds, 3600)

else := amount(seconds, 60, "m") if whole(seconds, 60)

else := amount(seconds, 1, "s")

# size writes bytes as people do: 256Mi, 1Gi.
size(bytes) := amount(bytes, 1073741824, "Gi") if whole(bytes, 1073741824)

else := amount(bytes, 1048576, "Mi") if whole(bytes, 1048576)

else := amount(bytes, 1024, "Ki") if whole(bytes, 1024)

else := amount(bytes, 1, "")

# cores writes a share of processors in thousandths: 250m.
cores(share) := amount(share * 1000, 1, "m")

whole(n, unit) if floor(n / unit) * unit == n

amount(n, unit, suffix) := concat("", [format_int(round(n / unit), 10), suffix])

# stands_for holds where an entry of a list is a word, or ends in a star and begins like it.
stands_for(entry, word) if entry == word

stands_for(entry, word) if {
	endswith(entry, "*")
	startswith(word, trim_suffix(entry, "*"))
}
