package secretscan

import (
	"regexp"
	"strings"
	"sync"
)

// excuse says that what a pattern found is no secret.
type excuse struct {
	all      bool // its patterns and its words both have to say so
	target   string
	patterns func() []*regexp.Regexp
	words    func() *finder
	none     bool // no words
}

// excuses makes those of lists. One that holds only for some paths is left out: whoever
// writes a file chooses its name.
func excuses(lists []allowlist) []*excuse {
	var list []*excuse
	for _, from := range lists {
		all := strings.EqualFold(from.Condition, "AND")
		if all && len(from.Paths) > 0 || len(from.Regexes)+len(from.StopWords) == 0 {
			continue
		}
		list = append(list, &excuse{
			all: all, target: from.RegexTarget, none: len(from.StopWords) == 0,
			patterns: sync.OnceValue(func() []*regexp.Regexp {
				patterns := make([]*regexp.Regexp, len(from.Regexes))
				for i, p := range from.Regexes {
					patterns[i] = regexp.MustCompile(p)
				}
				return patterns
			}),
			words: sync.OnceValue(func() *finder {
				words := make([]string, len(from.StopWords))
				for i, w := range from.StopWords {
					words[i] = strings.ToLower(w)
				}
				return newFinder(words)
			}),
		})
	}
	return list
}

// holds reports whether a match is excused: by its secret, the whole of it or its line.
func (e *excuse) holds(secret, match, line string) bool {
	text := secret
	switch e.target {
	case "match":
		text = match
	case "line":
		text = line
	}
	fits := false
	for _, p := range e.patterns() {
		if p.MatchString(text) {
			fits = true
			break
		}
	}
	word := !e.none && e.words().any(secret)
	if e.all {
		return (fits || len(e.patterns()) == 0) && (word || e.none)
	}
	return fits || word
}

// placeholder are values that stand for a secret and are none: a blank to be filled in, the
// name of a variable, the place of a secret in a store.
var placeholder = regexp.MustCompile(`^(?:` +
	`(?i:change[-_ ]?(?:me|it|this)\w*)|(?i:replace[-_ ]?(?:me|this|with)[\w-]*)|(?i:your[-_ ][\w -]+)|(?i:(?:todo|dummy|placeholder|redacted|none|null)[\w-]*)|` +
	`<[^<>]*>|\$\{[^{}]*\}|\$\([^()]*\)|\{\{[^{}]*\}\}|%[\w.]+%|\$[A-Za-z_]\w*|[xX*.#-]+|` +
	`(?:vault:|secret:|ref\+vault://)?(?:kv|secrets?|database|transit|pki|ssm|cubbyhole)(?:/[\w.-]+)+(?:#[\w.-]+)?|` +
	`arn:[\w:/.-]+|(?i:projects)/[\w-]+/secrets/[\w/-]+` +
	`)$`)
