package convert

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/dialect"
	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/settings"
)

// gates is the table of sheets that say what each level of risk asks for.
var gates = []entry{
	{"version", implying("It is the version of the sheet, and says nothing of apps.")},
	{"risk_levels.low", takeGate("low")},
	{"risk_levels.medium", takeGate("medium")},
	{"risk_levels.high", takeGate("high")},
	{"approvals_required", takeRoles},
}

// checklist is the table of sheets that say what a review looks at, and of the filled-in
// sheet of an app.
var checklist = []entry{
	{"metadata.app_name", beginReviewed},
	{"metadata.owner", ofReviewed(takeOwner)},
	{"metadata.business_unit", ofReviewed(func(c *conversion, f field) { takeTeam(c, f, c.app.in("spec", "owner"), "team") })},
	{"metadata.sensitivity", ofReviewed(takeClass)},
	{"automated_checks.repo_scan", implying(scanImplied)},
	{"automated_checks.dependency_scan", implying("What scans in evidence/ beside an app find is judged, by how long it is open: `evidence.open` of catalog.yaml.")},
	{"automated_checks.license_check", leaving("List the licences under `evidence.licences.allowed` of catalog.yaml, by their SPDX identifiers.")},
	{"automated_checks.saas_posture", leaving("An app may call the hosts of its `spec.egress`, each of which a vendor of the catalog has; how many they may be goes under `limits.hosts` of catalog.yaml.")},
	{"manual_checks", takeQuestions},
	{"release_decision.low_risk", takeGate("low")},
	{"release_decision.medium_risk", takeGate("medium")},
	{"release_decision.high_risk", takeGate("high")},
}

// beginReviewed begins the app that a sheet was filled in for.
func beginReviewed(c *conversion, f field) {
	if f.text() == "" {
		c.imply(f, "The sheet is not filled in here.")
		return
	}
	c.begin(catalog.KindApp, f, appPlace(c, f.up.child("business_unit").text()))
}

// ofReviewed is the taker of what a sheet says of the app that it was filled in for.
func ofReviewed(take func(*conversion, field)) func(*conversion, field) {
	return func(c *conversion, f field) {
		switch {
		case f.empty() || strings.Contains(f.text(), "|"):
			c.imply(f, "The sheet is not filled in here.")
		case c.app == nil:
			c.leave(f, "The sheet does not say which app it is about: fill in `app_name`.")
		default:
			take(c, f)
		}
	}
}

// takeQuestions takes the questions that reviewers are asked into the settings. Who agrees to
// the answers stands in free words, which are left.
func takeQuestions(c *conversion, f field) {
	for _, item := range f.children() {
		name, of := item, item
		if entries := item.children(); len(entries) > 0 {
			if name = entries[0]; len(name.children()) > 0 {
				of = name
			}
		}
		ask := of.child("description", "question", "ask")
		if name.key == nil || ask.text() == "" || len(ask.text()) > mostQuestion {
			c.leave(item, fmt.Sprintf("Put the question into `questions` of catalog.yaml, under a name of its own: `ask` has its words, %d letters at most.", mostQuestion))
			continue
		}
		question := mapping()
		question.Content = append(question.Content, str("ask"), str(ask.text()))
		id := guess.Name(dialect.Key(name.key.Value), func(string) bool { return true })
		c.put(ask, c.settings("questions"), id, question, "It is asked of apps of medium risk and more, and answered under `answers` of the app.")
		for _, other := range of.children() {
			if other.node != ask.node && other.node != name.node {
				c.leave(other, fmt.Sprintf("Say under `questions.%s` of catalog.yaml of which apps it is asked (`risk`, `classifications`, `categories`, `about`), whether the answer names a document (`document`), and who agrees to it (`approvers`).", id))
			}
		}
		if of.node == item.node {
			c.imply(name, "It is the name of the question.")
		}
	}
}

// mostQuestion is how many letters a question has at most.
const mostQuestion = 300

// takeGate is the taker of what one level of risk asks for, written as checks and approvals
// on the left of an arrow and what follows on its right.
func takeGate(level string) func(*conversion, field) {
	return func(c *conversion, f field) {
		asks, follows, arrow := strings.Cut(f.text(), "->")
		if !arrow {
			asks, follows, arrow = strings.Cut(f.text(), "→")
		}
		publish := publishing(follows)
		if !arrow || publish == "" {
			c.leave(f, fmt.Sprintf("Nobody can tell what follows: write `%s: {publish: staged, approvals: […]}` under `gates` of catalog.yaml.", level))
			return
		}
		gate := mapping()
		gate.Content = append(gate.Content, str("publish"), str(publish))
		roles := &yaml.Node{Kind: yaml.SequenceNode}
		for _, word := range strings.FieldsFunc(asks, func(r rune) bool { return r == '+' || r == ',' || r == '&' }) {
			if role := roleIn(word); role != "" {
				roles.Content = append(roles.Content, str(role))
			}
		}
		if len(roles.Content) > 0 {
			gate.Content = append(gate.Content, str("approvals"), roles)
		}
		remark := "Checks that fail deny a change at any risk."
		if hasWord(follows, "blocked") {
			remark = "Nothing is published before its approvals are given."
		}
		c.put(f, c.settings("gates"), level, gate, remark)
	}
}

// publishing is the publish mode of a gate that words speak of; empty where they do not.
func publishing(words string) string {
	switch {
	case hasWord(words, "auto", "can_publish", "can publish"):
		return settings.Automatic
	case hasWord(words, "staged", "blocked"):
		return settings.Staged
	}
	return ""
}

// roleIn is the role whose approval a word asks for; empty for checks that programs make.
func roleIn(word string) string {
	key := dialect.Key(word)
	if strings.HasPrefix(key, "automated") {
		return ""
	}
	key = strings.TrimPrefix(key, "manual_")
	for _, ending := range []string{"_approval", "_signoff", "_sign_off", "_team"} {
		key = strings.TrimSuffix(key, ending)
	}
	if strings.Trim(key, "_") == "" {
		return ""
	}
	return guess.Name(key, func(string) bool { return true })
}

// takeRoles takes the roles that approve. Who holds them the sheet does not say; what they
// look at stands beside them as a comment.
func takeRoles(c *conversion, f field) {
	for _, role := range f.children() {
		pairs := []field{role}
		if role.key == nil {
			pairs = role.children()
		}
		for _, pair := range pairs {
			name := pair.text()
			if pair.key != nil {
				name = pair.key.Value
			}
			id := roleIn(name)
			if id == "" || len(pair.node.Content) > 0 {
				c.leave(pair, "List who holds the role under `roles` of roles.yaml.")
				continue
			}
			takeRole(c, pair, id)
		}
	}
}

func takeRole(c *conversion, f field, id string) {
	holders := &yaml.Node{Kind: yaml.SequenceNode}
	roles := c.roles("roles")
	if pick(roles.at, id) != nil {
		c.leave(f, "The role "+safetext.Code(id)+" is there already; what it looks at can stand beside it as a comment.")
		return
	}
	c.put(f, roles, id, holders, "Who holds the role is to be listed; what it looks at stands as a comment.")
	key := roles.at.Content[len(roles.at.Content)-2]
	text := "Who holds the role, each with person."
	if f.key != nil && f.text() != "" {
		key.HeadComment = join(key.HeadComment, "# "+safetext.Shown(f.text(), false))
	}
	c.blank(f, roles, id, text)
}
