// Package newapp begins an app: it makes the file of one from a blueprint and what its author
// says, and brings the blueprint's scaffold. levee new calls it.
package newapp

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/guess"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/catalog/settings"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// Answers are what the author of an app says of it. What is empty is suggested by Complete,
// where the catalog says enough for that.
type Answers struct {
	Name, Blueprint           string
	Title, Description        string
	Owner, Team, Fallback     string
	Classification, Type      string
	Image, CostCenter, Budget string
	Groups                    []string
}

// Complete suggests what was not answered, for an author with an e-mail address, which may be
// empty. What names nothing of the catalog is an error of usage, with what was probably meant.
func (a *Answers) Complete(s *catalog.Snapshot, email string) error {
	if err := checkName(s, a.Name); err != nil {
		return exit.Usagef("the name of the app %w", err)
	}
	if err := a.completeBlueprint(s); err != nil {
		return err
	}
	if err := a.completePeople(s.Roles(), email); err != nil {
		return err
	}
	a.suggestTitle()
	a.suggestAsTeam(s)
	return nil
}

// checkName says what is wrong with the name of a new app.
func checkName(s *catalog.Snapshot, name string) error {
	if err := scalar.Parse(new(catalog.Name), name); err != nil {
		said := ""
		if near := guess.Name(name, func(string) bool { return true }); near != "" && near != name {
			said = "; did you mean " + near + "?"
		}
		return fmt.Errorf("%w%s", err, said)
	}
	if d := s.AppNamed(catalog.Name(name)); d != nil {
		return fmt.Errorf("is taken: the catalog has an app %s already, at %s; names are never used twice", name, d.Path)
	}
	return nil
}

func (a *Answers) suggestTitle() {
	if a.Title == "" {
		a.Title = strings.ToUpper(a.Name[:min(1, len(a.Name))]) + strings.ReplaceAll(a.Name[min(1, len(a.Name)):], "-", " ")
	}
}

// suggestAsTeam suggests what all apps of the team have.
func (a *Answers) suggestAsTeam(s *catalog.Snapshot) {
	if a.CostCenter == "" {
		a.CostCenter = common(s, a.Team, func(app *catalog.App) string { return app.Metadata.Labels["costCenter"] })
	}
	if len(a.Groups) == 0 {
		if groups := common(s, a.Team, func(app *catalog.App) string { return strings.Join(app.Spec.Access.Groups, "\n") }); groups != "" {
			a.Groups = strings.Split(groups, "\n")
		}
	}
}

// Blueprints are those that apps may take newly, valid and not obsolete, by NAME@MAJOR. levee upgrade
// chooses among them too.
func Blueprints(s *catalog.Snapshot) map[string]*catalog.Blueprint {
	known := map[string]*catalog.Blueprint{}
	for d := range s.Documents("blueprints/") {
		if b := catalog.Object[catalog.Blueprint](d); b != nil && !b.Spec.Obsolete {
			known[d.Name] = b
		}
	}
	return known
}

func (a *Answers) completeBlueprint(s *catalog.Snapshot) error {
	known := Blueprints(s)
	names := slices.Sorted(maps.Keys(known))
	if a.Blueprint == "" && len(names) == 1 {
		a.Blueprint = names[0]
	}
	if newest := Newest(a.Blueprint, names); newest != "" {
		a.Blueprint = newest
	}
	b := known[a.Blueprint]
	if b == nil {
		return noneSuch("blueprint", a.Blueprint, names)
	}
	if a.Type == "" {
		a.Type = b.Spec.Types[0]
	}
	if a.Classification == "" {
		a.Classification = "internal"
		if b.Spec.Ceiling == "public" {
			a.Classification = "public"
		}
	}
	return nil
}

// Newest is the highest major version of a blueprint that is named without one, of those given as NAME@MAJOR;
// empty for none.
func Newest(blueprint string, names []string) string {
	newest, highest := "", -1
	for _, name := range names {
		before, major, _ := strings.Cut(name, "@")
		if n, err := strconv.Atoi(major); err == nil && before == blueprint && n > highest {
			newest, highest = name, n
		}
	}
	return newest
}

func (a *Answers) completePeople(roles *catalog.RolesSpec, email string) error {
	if roles == nil {
		return exit.Usagef("there is no valid roles.yaml; `levee check` says what is wrong")
	}
	a.suggestOwner(roles, email)
	if _, ok := roles.People[catalog.Name(a.Owner)]; !ok {
		return noneSuch("owner", a.Owner, words(slices.Sorted(maps.Keys(roles.People))))
	}
	if of := teamsOf(roles, a.Owner); a.Team == "" && len(of) == 1 {
		a.Team = of[0]
	}
	if _, ok := roles.Teams[catalog.Name(a.Team)]; !ok {
		return noneSuch("team", a.Team, words(slices.Sorted(maps.Keys(roles.Teams))))
	}
	if others := a.fallbacks(roles); a.Fallback == "" && len(others) > 0 {
		a.Fallback = others[0]
	}
	if _, ok := roles.People[catalog.Name(a.Fallback)]; a.Fallback != "" && !ok {
		return noneSuch("fallback", a.Fallback, words(slices.Sorted(maps.Keys(roles.People))))
	}
	return nil
}

// suggestOwner suggests the person with an e-mail address.
func (a *Answers) suggestOwner(roles *catalog.RolesSpec, email string) {
	if a.Owner != "" || email == "" {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(roles.People)) {
		if p := roles.People[id]; strings.EqualFold(p.Email, email) && !p.Left && !p.Bot {
			a.Owner = string(id)
			return
		}
	}
}

// teamsOf are the teams that a person belongs to.
func teamsOf(roles *catalog.RolesSpec, person string) []string {
	var of []string
	for _, team := range slices.Sorted(maps.Keys(roles.Teams)) {
		if slices.Contains(roles.Teams[team].Members, catalog.Name(person)) {
			of = append(of, string(team))
		}
	}
	return of
}

// fallbacks are the people of the team who can take over from the owner.
func (a *Answers) fallbacks(roles *catalog.RolesSpec) []string {
	var others []string
	for _, m := range roles.Teams[catalog.Name(a.Team)].Members {
		if p := roles.People[m]; string(m) != a.Owner && !p.Left && !p.Bot {
			others = append(others, string(m))
		}
	}
	return others
}

// noneSuch is the error that nothing of the catalog is called so.
func noneSuch(flag, word string, known []string) error {
	list := strings.Join(known[:min(len(known), 20)], ", ")
	switch near := meant(word, known); {
	case len(known) == 0:
		return exit.Usagef("the catalog has nothing that --%s could name", flag)
	case word == "":
		return exit.Usagef("say --%s, one of %s", flag, list)
	case near != "":
		return exit.Usagef("--%s %s is not in the catalog%s", flag, word, near)
	default:
		return exit.Usagef("--%s %s is not in the catalog; it has %s", flag, word, list)
	}
}

// meant asks whether another word was meant; empty where none is near.
func meant(word string, known []string) string {
	if near := guess.Closest(word, known); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

func words(names []catalog.Name) []string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = string(n)
	}
	return list
}

// common is what all apps of a team say of something; empty where they differ.
func common(s *catalog.Snapshot, team string, said func(*catalog.App) string) string {
	found := ""
	for d := range s.Documents("apps/") {
		app := d.App()
		if app == nil || string(app.Spec.Owner.Team) != team {
			continue
		}
		if found != "" && said(app) != found {
			return ""
		}
		found = said(app)
	}
	return found
}

// Manifest is the path of the app's file.
func (a *Answers) Manifest() string { return "apps/" + a.Team + "/" + a.Name + "/app.yaml" }

// File is the file of the app, as a prototype of today.
func (a *Answers) File(settings *settings.Settings, now time.Time) string {
	var b strings.Builder
	line := func(indent int, name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s%s: %s\n", strings.Repeat("  ", indent), name, value)
		}
	}
	line(0, "apiVersion", "levee.dev/v1")
	line(0, "kind", "App")
	b.WriteString("metadata:\n")
	line(1, "name", quoted(a.Name))
	if a.CostCenter != "" {
		line(1, "labels", "{costCenter: "+quoted(a.CostCenter)+"}")
	}
	b.WriteString("spec:\n")
	line(1, "title", quoted(a.Title))
	line(1, "description", quoted(a.Description))
	line(1, "version", "0.1.0")
	b.WriteString("  owner:\n")
	line(2, "person", quoted(a.Owner))
	line(2, "team", quoted(a.Team))
	line(2, "fallback", quoted(a.Fallback))
	line(1, "blueprint", quoted(a.Blueprint))
	line(1, "classification", quoted(a.Classification))
	b.WriteString("  runtime:\n")
	line(2, "type", quoted(a.Type))
	line(2, "image", quoted(a.Image))
	if len(a.Groups) > 0 {
		b.WriteString("  access:\n    groups:\n")
		for _, g := range a.Groups {
			fmt.Fprintf(&b, "      - %s\n", quoted(g))
		}
	}
	if a.Budget != "" {
		line(1, "budget", "{monthly: "+amount(a.Budget)+"}")
	}
	b.WriteString("  lifecycle:\n")
	line(2, "stage", "prototype")
	line(2, "created", string(scalar.DateOf(now, settings.Location())))
	line(2, "ttl", settings.Lifecycle.PrototypeTTL.String())
	return b.String()
}

// plain are the letters that a word without quotes may begin with; digits, dashes and at signs may follow.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// quoted is a text as YAML reads it: in quotes, where it could be taken for something else.
func quoted(text string) string {
	word := strings.Trim(text, plain+"0123456789-_@") == "" && strings.Trim(text[:min(1, len(text))], plain) == ""
	if word && !slices.Contains([]string{"true", "false", "yes", "no", "on", "off", "null", "y", "n"}, strings.ToLower(text)) {
		return text
	}
	src, err := json.Marshal(text)
	if err != nil {
		return text
	}
	return string(src)
}

// amount is a number as YAML reads it; what is none stays a text, of which the parse says so.
func amount(text string) string {
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return quoted(text)
	}
	return text
}
