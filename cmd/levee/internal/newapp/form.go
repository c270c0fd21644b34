package newapp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"charm.land/huh/v2"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// Form asks somebody at a terminal.
type Form struct {
	In  io.Reader
	Out io.Writer // the terminal itself: the form moves its cursor
	// Plain has one question asked after the other, a line each, as screen readers need it.
	Plain bool
}

// mostListed is how many things are listed to choose from; of more than that, one is typed.
const mostListed = 40

// Ask fills in the answers, each page from what was said on those before it and from what the catalog
// suggests. Nothing is written. Whoever ends the form is told that; it fails if there is no terminal.
func (f Form) Ask(ctx context.Context, a *Answers, s *catalog.Snapshot, email string) error {
	roles, known := s.Roles(), Blueprints(s)
	if roles == nil {
		return exit.Usagef("there is no valid roles.yaml; `levee check` says what is wrong")
	}
	if len(known) == 0 {
		return exit.Usagef("the catalog has no blueprint that is valid and not obsolete; an app is built from one")
	}
	if err := f.page(ctx, f.input("What is the app called in the catalog?", "Lower-case letters, digits and dashes. It is never changed.", &a.Name,
		func(name string) error { return about("it", checkName(s, name)) })); err != nil {
		return err
	}
	a.suggestTitle()
	if a.Blueprint == "" {
		a.Blueprint = Newest(slices.Sorted(maps.Keys(known))[0], slices.Sorted(maps.Keys(known)))
	}
	titled := map[string]string{}
	for id, b := range known {
		titled[id] = b.Spec.Title
	}
	if err := f.page(ctx,
		f.input("What do people call it?", "", &a.Title, needed),
		f.input("What is it for?", "One sentence.", &a.Description, needed),
		f.choice("Which blueprint is it built from?", &a.Blueprint, slices.Sorted(maps.Keys(known)), titled),
	); err != nil {
		return err
	}
	b := known[a.Blueprint]
	a.suggestOwner(roles, email)
	people, named := []string{}, map[string]string{}
	for _, id := range words(slices.Sorted(maps.Keys(roles.People))) {
		if p := roles.People[catalog.Name(id)]; !p.Left && !p.Bot {
			people, named[id] = append(people, id), p.Name
		}
	}
	a.Type, a.Classification = b.Spec.Types[0], "internal"
	classes := upTo(b.Spec.Ceiling)
	if !slices.Contains(classes, a.Classification) {
		a.Classification = classes[len(classes)-1]
	}
	if err := f.page(ctx,
		f.choice("Who answers for it?", &a.Owner, people, named),
		f.choice("How does it run?", &a.Type, b.Spec.Types, nil),
		f.choice("How sensitive is the most sensitive data that it shows or touches?", &a.Classification, classes, nil),
	); err != nil {
		return err
	}
	teams := words(slices.Sorted(maps.Keys(roles.Teams)))
	if of := teamsOf(roles, a.Owner); len(of) > 0 {
		a.Team = of[0]
	}
	if err := f.page(ctx, f.choice("Which team does it belong to?", &a.Team, teams, nil)); err != nil {
		return err
	}
	a.suggestAsTeam(s)
	return f.last(ctx, a, roles, named)
}

// last asks what depends on the team.
func (f Form) last(ctx context.Context, a *Answers, roles *catalog.RolesSpec, named map[string]string) error {
	groups := strings.Join(a.Groups, ", ")
	fields := []huh.Field{
		f.input("Who may use it?", "Groups, with commas between them.", &groups, nil),
		f.input("Who pays?", "The cost centre; empty for nobody yet.", &a.CostCenter, nil),
		f.input("What may it cost in a month?", "A number; empty for as much as the catalog allows.", &a.Budget, isAmount),
	}
	if others := a.fallbacks(roles); len(others) > 0 {
		a.Fallback = others[0]
		fields = append([]huh.Field{f.choice("Who takes over when the owner is gone?", &a.Fallback, others, named)}, fields...)
	}
	if a.Type == "container" {
		fields = append(fields, f.input("Which image does it run?", "With its digest, such as registry.example.com/app@sha256:…; empty if there is none yet.", &a.Image, nil))
	}
	if err := f.page(ctx, fields...); err != nil {
		return err
	}
	a.Groups = nil
	for group := range strings.SplitSeq(groups, ",") {
		if group = strings.TrimSpace(group); group != "" {
			a.Groups = append(a.Groups, group)
		}
	}
	return nil
}

// Agree shows what would be written, and reports whether it is to be.
func (f Form) Agree(ctx context.Context, manifest, content string) (bool, error) {
	fmt.Fprintf(f.Out, "\n# %s\n%s\n", safetext.Shown(manifest, false), safetext.Shown(content, true))
	yes := true
	err := f.page(ctx, huh.NewConfirm().Title("Is this to be written?").Affirmative("Yes").Negative("No").Value(&yes))
	return yes, err
}

// page shows fields and waits until they are filled in. Fields that are nil ask nothing.
func (f Form) page(ctx context.Context, fields ...huh.Field) error {
	fields = slices.DeleteFunc(fields, func(field huh.Field) bool { return field == nil })
	if len(fields) == 0 {
		return nil
	}
	form, lines := huh.NewForm(huh.NewGroup(fields...)).WithInput(f.In).WithOutput(f.Out), &ending{Reader: f.In}
	if f.Plain {
		form = form.WithAccessible(true).WithInput(lines)
	}
	switch err := form.RunWithContext(ctx); {
	case ctx.Err() != nil, lines.ended, errors.Is(err, huh.ErrUserAborted):
		return exit.No("nothing was written")
	case err != nil:
		return fmt.Errorf("ask in a form: %w; say it with flags, see `levee new --help`", err)
	}
	return nil
}

// ending notes that there is nothing more to read: what is not answered is agreed to by nobody.
type ending struct {
	io.Reader
	ended bool
}

func (e *ending) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	e.ended = e.ended || err != nil
	return n, err
}

// input asks for a line of text; check may be nil. What it has already holds where nothing is said.
func (f Form) input(title, description string, value *string, check func(string) error) *huh.Input {
	*value = safetext.Shown(*value, false) // a suggestion may come from what others wrote
	suggested := *value
	if f.Plain && suggested != "" {
		title += " [" + suggested + "]" // else it would not be seen
	}
	return huh.NewInput().Title(title).Description(description).Value(value).Validate(func(text string) error {
		if check == nil || f.Plain && text == "" && suggested != "" {
			return nil
		}
		return check(text)
	})
}

// choice asks for one of some words, which are shown with what people call them. Where there is only one, it
// is taken, and nothing asked.
func (f Form) choice(title string, value *string, of []string, called map[string]string) huh.Field {
	if len(of) > mostListed {
		field := f.input(title, "Tab completes.", value, func(word string) error {
			if slices.Contains(of, word) {
				return nil
			}
			return errors.New("the catalog has none of that name" + meant(word, of))
		})
		return field.Suggestions(of)
	}
	if len(of) == 1 {
		*value = of[0]
		return nil
	}
	options := make([]huh.Option[string], len(of))
	for i, word := range of {
		shown := safetext.Shown(word, false)
		if name := called[word]; name != "" {
			shown += " (" + safetext.Shown(name, false) + ")"
		}
		if f.Plain && word == *value {
			shown += ", if you say nothing"
		}
		options[i] = huh.NewOption(shown, word)
	}
	return huh.NewSelect[string]().Title(title).Options(options...).Value(value)
}

// needed is what is wrong with a field that is left empty.
func needed(text string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("say a few words")
	}
	return nil
}

func isAmount(text string) error {
	if text != "" && amount(text) != text {
		return errors.New("write a number, such as 20")
	}
	return nil
}

// about says of what an error is.
func about(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %w", what, err)
}

// upTo are the classifications up to one.
func upTo(ceiling string) []string {
	return catalog.Classifications[:max(1, slices.Index(catalog.Classifications, ceiling)+1)]
}
