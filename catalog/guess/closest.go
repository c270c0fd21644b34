package guess

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Closest names the candidate that somebody who wrote a word probably meant; empty
// where none is near.
func Closest(word string, candidates []string) string {
	word = strings.ToLower(word)
	best, distance := "", 1+len(word)/3
	for _, c := range candidates {
		d := levenshtein.ComputeDistance(word, strings.ToLower(c))
		if len(word) >= 3 && strings.HasPrefix(strings.ToLower(c), word) {
			d = 0
		}
		if d <= distance && (best == "" || d < distance) {
			best, distance = c, d
		}
	}
	return best
}
