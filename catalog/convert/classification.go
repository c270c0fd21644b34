package convert

import "strings"

// Classified is a line of the table of classifications: a word of another scheme, and what
// it is in a catalog. None is classified lower than its word asks for.
type Classified struct {
	Word  string
	As    string // public, internal, confidential or restricted
	Holds string // the category of data that the word speaks of too; empty for none
}

// Classifications is how the schemes of classification map. A word that is not listed is
// not guessed at: the classification is to be filled in then.
var Classifications = []Classified{
	{"public", "public", ""},
	{"internal", "internal", ""},
	{"internal_personal", "confidential", "pii"},
	{"confidential", "confidential", ""},
	{"restricted", "restricted", ""},
	{"regulated", "restricted", ""},
	{"phi", "restricted", "health"},
}

// classify finds the line of a word, whatever its capitals and hyphens.
func classify(word string) (Classified, bool) {
	word = strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(word))
	for _, line := range Classifications {
		if line.Word == word {
			return line, true
		}
	}
	return Classified{}, false
}
