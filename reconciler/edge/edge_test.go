package edge

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// planted is a secret as somebody would leave it in an app.
const planted = "q8fJ2ldk39fjKD82jsk1"

// outside writes down what reaches the world.
type outside struct {
	forge.Forge
	said strings.Builder
}

func (o *outside) Do(_ context.Context, a forge.Action) (forge.Receipt, error) {
	switch {
	case a.Show != nil:
		fmt.Fprintf(&o.said, "show %+v\n", *a.Show)
	case a.Mention != nil:
		fmt.Fprintf(&o.said, "mention %+v\n", *a.Mention)
	case a.Land != nil:
		fmt.Fprintf(&o.said, "land %+v\n", *a.Land)
	case a.Propose != nil:
		fmt.Fprintf(&o.said, "propose %+v\n", *a.Propose)
	case a.Status != nil:
		fmt.Fprintf(&o.said, "status %+v\n", *a.Status)
	}
	return forge.Receipt{}, nil
}

func (o *outside) Send(_ context.Context, n notifier.Notice) (notifier.Receipt, error) {
	fmt.Fprintf(&o.said, "send %+v\n", n)
	return notifier.Receipt{}, nil
}

// TestRedacted: a secret that was found is in nothing that leaves the process, whatever else is.
func TestRedacted(t *testing.T) {
	var world outside
	var log bytes.Buffer
	redactor := new(secretscan.Redactor)
	p := Plugins{Forge: &world, Sender: &world, Log: slog.New(slog.NewTextHandler(&log, nil))}.Redacted(redactor)
	text := "before " + planted + " after"
	early := p.Log.With("early", text).WithGroup("group").With("inner", text) // before it is known for a secret
	redactor.Learn(secretscan.New().Text(`password: "` + planted + `"`)...)
	for _, a := range []forge.Action{
		{Show: &forge.Verdict{Title: text, Summary: text, Notes: []forge.Note{{Title: text, Message: text, Suggest: text}}}},
		{Mention: &forge.Mention{Key: "key", Text: text}},
		{Land: &forge.Landing{Message: text}},
		{Propose: &forge.Proposal{Title: text, Text: text}},
		{Status: &forge.CommitStatus{Title: text, Summary: text}},
	} {
		if _, err := p.Forge.Do(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.Sender.Send(t.Context(), notifier.Notice{Title: text, Text: text, Facts: []notifier.Fact{{Name: "name", Value: text}}}); err != nil {
		t.Fatal(err)
	}
	early.Error(text, "value", text, "error", errors.New(text))
	if line := log.String(); !strings.Contains(line, ` early="before [`) || !strings.Contains(line, ` group.inner="before [`) || !strings.Contains(line, ` group.value="before [`) {
		t.Errorf("the line is %s", line)
	}
	for _, said := range []string{world.said.String(), log.String()} {
		if strings.Contains(said, planted) || !strings.Contains(said, "before [") {
			t.Errorf("it says\n%s", said)
		}
	}
	if n := strings.Count(world.said.String(), "\n"); n != 6 {
		t.Errorf("%d things were said, want 6:\n%s", n, &world.said)
	}
}

// TestIntercepted: an effect happens only where the intercept lets it, and is named to it.
func TestIntercepted(t *testing.T) {
	var world outside
	var seen []string
	stop := errors.New("stopped")
	p := Plugins{Forge: &world, Sender: &world, Log: slog.New(slog.DiscardHandler)}.Intercepted(func(what string, _ func() error) error {
		seen = append(seen, what)
		return stop
	})
	_, done := p.Forge.Do(t.Context(), forge.Action{Change: "42", Land: &forge.Landing{}})
	_, sent := p.Sender.Send(t.Context(), notifier.Notice{Key: "key"})
	if !errors.Is(done, stop) || !errors.Is(sent, stop) || world.said.Len() > 0 || strings.Join(seen, ", ") != "forge 42, send key" {
		t.Errorf("%v, %v; %q; it saw %q", done, sent, &world.said, seen)
	}
}
