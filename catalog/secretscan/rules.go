package secretscan

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/zricethezav/gitleaks/v8/config"
)

// genericRule is the one rule that knows no kind of secret: a name such as "token", and beside
// it something that looks random.
const genericRule = "generic-api-key"

// ruleFile is what is read of the published rules.
type ruleFile struct {
	Rules []struct {
		ID          string
		Regex, Path string
		SecretGroup int
		Entropy     float64
		Keywords    []string
		Allowlists  []allowlist
	}
	Allowlist allowlist
}

// allowlist says what looks like a secret and is none.
type allowlist struct {
	Condition   string // "AND": all of it has to be so
	Paths       []string
	Regexes     []string
	RegexTarget string // what the patterns are held against: "match", "line", or else the secret
	StopWords   []string
}

// rules are the published rules, ready to be asked.
type rules struct {
	list    []*rule
	words   *finder
	called  [][]call // word → rules that it calls
	allowed []*excuse
}

// call has a rule look at where a word is.
type call struct {
	rule     int  // its place in the list
	assigned bool // only where something is assigned behind the word
	whole    bool // only where no letter, digit or underscore is behind the word
}

// rule is one rule.
type rule struct {
	id      string
	kind    string // of secrets, in words
	certain bool
	group   int // in the pattern; 0 for the first that matches
	entropy float64
	path    *regexp.Regexp        // of the names of files that it is about; nil for all
	pattern func() *regexp.Regexp // nil where the name of the file says all
	ending  func() *regexp.Regexp // of the pattern; nil where it has no assignment
	reach   func() reach
	allowed []*excuse
}

// load reads the published rules. It panics if they cannot be read: they are part of the
// program.
func load() *rules {
	var file ruleFile
	if _, err := toml.Decode(config.DefaultConfig, &file); err != nil {
		panic("secretscan: the embedded rules cannot be read: " + err.Error()) // unreachable
	}
	r := &rules{allowed: excuses([]allowlist{file.Allowlist})}
	var words []string
	known := map[string]int{}
	for i, from := range file.Rules {
		one := &rule{
			id: from.ID, kind: kindOf(from.ID), certain: from.ID != genericRule,
			group: from.SecretGroup, entropy: from.Entropy, allowed: excuses(from.Allowlists),
		}
		if from.Path != "" {
			one.path = regexp.MustCompile(from.Path)
		}
		if from.Regex != "" {
			one.pattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(from.Regex) })
			one.ending = sync.OnceValue(func() *regexp.Regexp { return ending(from.Regex) })
			one.reach = sync.OnceValue(func() reach { return reachOf(from.Regex) })
		}
		r.list = append(r.list, one)
		for _, word := range from.Keywords {
			word = strings.ToLower(word)
			at, ok := known[word]
			if !ok {
				at = len(words)
				known[word] = at
				words, r.called = append(words, word), append(r.called, nil)
			}
			r.called[at] = append(r.called[at], call{i, isAssigned(from.Regex, word), isWhole(from.Regex, word)})
		}
	}
	r.words = newFinder(words)
	return r
}

// reach is how far around a word of its rule a pattern can match.
type reach struct {
	bytes int  // at most, not counting what may be repeated without end within a line
	lines bool // something is repeated without end that goes on over lines
}

// someTimes is how often a part counts that may be repeated without end, if it has to be no
// oftener. The rest is found within the line, which a window has whole.
const someTimes = 16

// reachOf works it out.
func reachOf(pattern string) reach {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		panic(fmt.Sprintf("secretscan: the pattern %s cannot be read: %v", pattern, err)) // unreachable
	}
	return measure(parsed)
}

func measure(re *syntax.Regexp) (r reach) {
	switch re.Op {
	case syntax.OpLiteral:
		r.bytes = len(string(re.Rune))
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		r.bytes = 1
	case syntax.OpStar, syntax.OpPlus:
		r = measure(re.Sub[0])
		r.bytes *= someTimes
		r.lines = r.lines || textOverLines(re.Sub[0])
	case syntax.OpRepeat:
		r = measure(re.Sub[0])
		if re.Max < 0 {
			r.bytes *= max(re.Min, someTimes)
			r.lines = r.lines || textOverLines(re.Sub[0])
		} else {
			r.bytes *= re.Max
		}
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			one := measure(sub)
			r.bytes, r.lines = max(r.bytes, one.bytes), r.lines || one.lines
		}
	default: // groups and sequences; what matches nothing has no parts
		for _, sub := range re.Sub {
			one := measure(sub)
			r.bytes, r.lines = r.bytes+one.bytes, r.lines || one.lines
		}
	}
	return r
}

// textOverLines reports whether a part matches ends of lines and letters alike.
func textOverLines(re *syntax.Regexp) bool {
	if re.Op == syntax.OpAnyChar {
		return true
	}
	newline, letter := false, false
	if re.Op == syntax.OpCharClass {
		for i := 0; i+1 < len(re.Rune); i += 2 {
			newline = newline || re.Rune[i] <= '\n' && '\n' <= re.Rune[i+1]
			letter = letter || re.Rune[i] <= 'a' && 'a' <= re.Rune[i+1]
		}
	}
	return newline && letter
}
