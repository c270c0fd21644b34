package convert

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/scalar"
)

// How the words of files are written in a catalog.

func lower(f field) string { return strings.ToLower(f.text()) }

// asText is a word as it stands, and asNumber a number.
func asText(word string) (*yaml.Node, string, string) { return str(word), "", "" }

func asNumber(word string) (*yaml.Node, string, string) {
	if _, err := strconv.ParseFloat(word, 64); err != nil {
		return nil, "", safetext.Code(word) + " is no number; write one."
	}
	return raw(word), "", ""
}

// asName is a name made of any text.
func asName(word string) (*yaml.Node, string, string) {
	name := guess.Name(word, func(string) bool { return true })
	if name == word {
		return str(name), "", ""
	}
	return str(name), fmt.Sprintf("It is written %s, as names are in a catalog.", name), ""
}

// asStore is what a store of secrets is called.
func asStore(word string) (*yaml.Node, string, string) {
	if name := strings.ToLower(word); name != word {
		return str(name), fmt.Sprintf("%s is %s in a catalog.", safetext.Code(word), safetext.Code(name)), ""
	}
	return str(word), "", ""
}

// asDomain is the host name in an address.
func asDomain(word string) (*yaml.Node, string, string) {
	host := strings.TrimPrefix(strings.ToLower(word), "internet:")
	if _, after, found := strings.Cut(host, "://"); found {
		host = after
	}
	host, _, _ = strings.Cut(host, "/")
	host, _, _ = strings.Cut(host, ":")
	if host == word {
		return str(host), "", ""
	}
	return str(host), "Only the host name is kept of it.", ""
}

// asDay is the day of a date that may have a time of day.
func asDay(word string) (*yaml.Node, string, string) {
	day, rest, timed := strings.Cut(strings.Replace(word, " ", "T", 1), "T")
	if timed && rest != "" {
		return raw(day), "The time of day is left out.", ""
	}
	return raw(day), "", ""
}

// asSpan is a reading of a length of time, given in a unit where it is a bare number.
func asSpan(unit string) reading {
	return func(word string) (*yaml.Node, string, string) {
		if _, err := strconv.Atoi(word); err == nil {
			return raw(word + unit), "", ""
		}
		var d scalar.Duration
		for _, try := range append([]string{word}, guess.Scalar(&d, word)...) {
			if d.Parse(try) == nil {
				return raw(try), "", ""
			}
		}
		return nil, "", fmt.Sprintf("%s is no length of time; write one such as 30%s.", safetext.Code(word), unit)
	}
}

var (
	asDays    = asSpan("d")
	asMinutes = asSpan("m")
)

// table is a reading by a list of words; of any other it says what to do.
func table(words map[string]string, otherwise string) reading {
	return func(word string) (*yaml.Node, string, string) {
		meant, ok := words[strings.ToLower(word)]
		switch {
		case !ok || meant == "":
			return nil, "", safetext.Code(word) + " " + otherwise
		case meant == word:
			return str(meant), "", ""
		}
		return str(meant), fmt.Sprintf("%s is %s in a catalog.", safetext.Code(word), safetext.Code(meant)), ""
	}
}

// asStage, asType, asSSO and asAccess are what the stages of an app, what it runs as, how its
// users sign in, and what it does with data are called.
var (
	asStage = table(map[string]string{
		"prototype": "prototype", "experimental": "prototype", "approved": "approved", "production": "production", "prod": "production", "retired": "retired",
	}, "is no stage of an app; write prototype, approved, production or retired under `spec.lifecycle.stage`.")
	asType = table(map[string]string{
		"container": "container", "sandboxed-container": "container", "managed-container": "container", "docker": "container",
		"function": "function", "serverless": "function", "lambda": "function",
		"static": "static", "static-site": "static", "scheduled": "scheduled", "cron": "scheduled", "cronjob": "scheduled",
		"external": "external", "low-code": "external", "lowcode": "external", "no-code": "external",
	}, "is no runtime of a catalog; write container, function, static, scheduled or external under `spec.runtime.type`.")
	asSSO = table(map[string]string{
		"oidc": "oidc", "openid": "oidc", "openid-connect": "oidc", "saml": "saml", "none": "none",
	}, "is no way to sign in that a catalog knows; write oidc, saml or none under `spec.access.sso`.")
	asAccess = table(map[string]string{
		"read": "read", "readonly": "read", "read-only": "read", "write": "write", "readwrite": "write", "read-write": "write",
	}, "is no access to data; write read or write.")
	asCost = table(map[string]string{
		"micro": "micro", "moderate": "moderate", "high": "high",
	}, "is no cost profile; write micro, moderate or high under `spec.cost`.")
)

var lengthIn = regexp.MustCompile(`([0-9]+)\s*(d|days?|h|hours?|m|min|minutes?)\b`)

// spanIn finds a length of time in a sentence, such as "every 30 days"; empty for none.
func spanIn(sentence string) string {
	m := lengthIn.FindStringSubmatch(strings.ToLower(sentence))
	if m == nil {
		return ""
	}
	return m[1] + m[2][:1]
}

// hasWord reports whether a sentence has one of some words.
func hasWord(sentence string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(strings.ToLower(sentence), w) })
}

// asAmount is an amount, which the strict parse reads.
func asAmount(word string) (*yaml.Node, string, string) { return raw(word), "", "" }
