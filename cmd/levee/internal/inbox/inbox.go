package inbox

import (
	"log/slog"
	"slices"
	"sync"

	"github.com/levee-gitops/levee/catalog/ledger/spool"
	"github.com/levee-gitops/levee/reconciler"
)

// What is received and not yet recorded is bounded in number and in bytes. What is there
// stays, and the sender of more is told to deliver it again later.
const MaxCount, MaxBytes = 10_000, 64 << 20

// Inbox keeps payloads on disk from the moment they are acknowledged until what they say was
// recorded, or what they are about has ended. No time ends that. It has room for all kinds
// of payloads together, and tells them apart.
type Inbox struct {
	spool     *spool.Spool
	intercept reconciler.Intercept

	mu   sync.Mutex
	kept map[topic]map[string]string // facts in the spool, by what they are about and by part
}

// topic is what payloads of a kind are about, such as the reviews of a change.
type topic struct{ kind, name string }

// Reader says what a payload of one kind is about, and which part of that it tells,
// such as one review. Without a part it says nothing.
type Reader func(payload []byte) (name, part string, err error)

// Open opens the spool in a folder and has each payload in it read again, by its kind. What
// says nothing, or is of no kind there is, is left in the spool for people to look at.
func Open(dir string, kinds map[string]Reader, intercept reconciler.Intercept, log *slog.Logger) (*Inbox, error) {
	spool, torn, err := spool.Open(dir, MaxCount, MaxBytes)
	if err != nil {
		return nil, err
	}
	for _, name := range torn {
		log.Warn("a payload was torn by a crash; its sender was not told it had arrived", "file", name)
	}
	in := &Inbox{spool: spool, intercept: intercept, kept: map[topic]map[string]string{}}
	pending, err := spool.Pending()
	if err != nil {
		log.Warn("a payload cannot be read, and is left for you to look at", "error", err)
	}
	for _, fact := range pending {
		read, known := kinds[fact.Kind]
		if !known {
			log.Warn("a payload of before the start is of no kind that is received here, and is left for you to look at", "fact", fact.ID, "kind", fact.Kind)
			continue
		}
		name, part, err := read(fact.Payload)
		if err != nil || part == "" {
			log.Warn("a payload of before the start says nothing, and is left for you to look at", "fact", fact.ID, "kind", fact.Kind, "error", err)
			continue
		}
		in.add(topic{fact.Kind, name}, part, fact.ID)
	}
	return in, nil
}

// keep puts a payload where a crash cannot take it. The first one about a part stays. It is
// spool.ErrFull where there is no room.
func (in *Inbox) keep(about topic, part string, payload []byte) error {
	add := func() error {
		id, err := in.spool.Add(about.kind, about.name+" "+part, payload)
		if err == nil {
			in.add(about, part, id)
		}
		return err
	}
	if in.intercept != nil {
		return in.intercept("spool a "+about.kind, add)
	}
	return add()
}

func (in *Inbox) add(about topic, part, fact string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.kept[about] == nil {
		in.kept[about] = map[string]string{}
	}
	in.kept[about][part] = fact
}

// Names lists what something of a kind is kept about.
func (in *Inbox) Names(kind string) []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	var list []string
	for about := range in.kept {
		if about.kind == kind {
			list = append(list, about.name)
		}
	}
	return list
}

// reading notes what is kept about something that is about to be read, and returns what lets
// go of it once that was recorded: of the parts that were read, and of all where it has
// ended. What comes during the reading stays for the next.
func (in *Inbox) reading(about topic) (recorded func(parts []string, ended bool)) {
	in.mu.Lock()
	defer in.mu.Unlock()
	before := map[string]string{}
	for part, fact := range in.kept[about] {
		before[part] = fact
	}
	return func(parts []string, ended bool) {
		in.mu.Lock()
		defer in.mu.Unlock()
		for part, fact := range before {
			if !ended && !slices.Contains(parts, part) {
				continue
			}
			if in.spool.Done(fact) != nil {
				continue // it is done again after the next reading
			}
			delete(in.kept[about], part)
		}
		if len(in.kept[about]) == 0 {
			delete(in.kept, about)
		}
	}
}
