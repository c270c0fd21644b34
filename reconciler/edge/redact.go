package edge

import (
	"context"
	"log/slog"
	"slices"

	"github.com/levee-gitops/levee/catalog/secretscan"
	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/reconciler/forge"
)

// Redacted puts a redactor around what tells people something: the forge, the sender of
// notices and the log. What is recorded is redacted where it is decided (judge.Judge).
func (o Plugins) Redacted(r *secretscan.Redactor) Plugins {
	o.Forge = redactedForge{o.Forge, r}
	if o.Sender != nil {
		o.Sender = redactedSender{o.Sender, r}
	}
	o.Log = slog.New(redactedLog{Handler: o.Log.Handler(), redactor: r})
	return o
}

// redactedForge is a forge that is shown no secret that was found.
type redactedForge struct {
	forge.Forge
	redactor *secretscan.Redactor
}

func (f redactedForge) Do(ctx context.Context, a forge.Action) (forge.Receipt, error) {
	if f.redactor.Empty() {
		return f.Forge.Do(ctx, a)
	}
	text := f.redactor.Text
	switch {
	case a.Show != nil:
		v := *a.Show
		v.Title, v.Summary = text(v.Title), text(v.Summary)
		v.Notes = make([]forge.Note, len(a.Show.Notes))
		for i, n := range a.Show.Notes {
			n.Title, n.Message = text(n.Title), text(n.Message)
			if text(n.Suggest) != n.Suggest {
				n.Suggest = "" // it would be taken over word by word
			}
			v.Notes[i] = n
		}
		a.Show = &v
	case a.Mention != nil:
		a.Mention = &forge.Mention{Key: a.Mention.Key, Text: text(a.Mention.Text)}
	case a.Land != nil:
		a.Land = &forge.Landing{Message: text(a.Land.Message)}
	case a.Propose != nil:
		p := *a.Propose
		p.Title, p.Text = text(p.Title), text(p.Text)
		a.Propose = &p
	case a.Status != nil:
		s := *a.Status
		s.Title, s.Summary = text(s.Title), text(s.Summary)
		a.Status = &s
	}
	return f.Forge.Do(ctx, a)
}

// redactedSender is a sender of notices without the secrets that were found.
type redactedSender struct {
	sender   notifier.Sender
	redactor *secretscan.Redactor
}

func (s redactedSender) Send(ctx context.Context, n notifier.Notice) (notifier.Receipt, error) {
	text := s.redactor.Text
	n.Title, n.Text = text(n.Title), text(n.Text)
	facts := make([]notifier.Fact, len(n.Facts))
	for i, f := range n.Facts {
		facts[i] = notifier.Fact{Name: f.Name, Value: text(f.Value)}
	}
	n.Facts = facts
	return s.sender.Send(ctx, n)
}

// redactedLog is a log without them. What is added to every line is kept until a line is
// written: a secret may be found after it was added.
type redactedLog struct {
	slog.Handler // without what was added
	redactor     *secretscan.Redactor
	added        []addition // in the order in which it was
}

// addition is what every line has besides: attributes, or the group of all that follows.
type addition struct {
	attrs []slog.Attr
	group string // empty for attributes
}

func (l redactedLog) Handle(ctx context.Context, r slog.Record) error {
	to := l.Handler
	for _, a := range l.added {
		if a.group != "" {
			to = to.WithGroup(a.group)
			continue
		}
		attrs := make([]slog.Attr, len(a.attrs))
		for i, attr := range a.attrs {
			attrs[i] = l.clean(attr)
		}
		to = to.WithAttrs(attrs)
	}
	if l.redactor.Empty() {
		return to.Handle(ctx, r)
	}
	out := slog.NewRecord(r.Time, r.Level, l.redactor.Text(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(l.clean(a))
		return true
	})
	return to.Handle(ctx, out)
}

func (l redactedLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return l.with(addition{attrs: attrs})
}

func (l redactedLog) WithGroup(name string) slog.Handler {
	if name == "" {
		return l // as slog has it
	}
	return l.with(addition{group: name})
}

func (l redactedLog) with(a addition) slog.Handler {
	l.added = append(slices.Clip(l.added), a)
	return l
}

// clean is an attribute as text where its value has something to take out.
func (l redactedLog) clean(a slog.Attr) slog.Attr {
	text := a.Value.Resolve().String()
	if clean := l.redactor.Text(text); clean != text {
		a.Value = slog.StringValue(clean)
	}
	return a
}
