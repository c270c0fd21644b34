package slack_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/levee-gitops/levee/notifier"
)

func TestAddresses(t *testing.T) {
	for _, c := range []struct {
		name    string
		to      notifier.Recipient
		set     func(*world)
		arrived string // where; empty for ErrAddress
		words   []string
	}{
		{"a person", jane, nil, "DU1", nil},
		{"a channel by name", ops, nil, "C8", nil},
		{"a channel by name without its sign", notifier.Recipient{Channel: "operations"}, nil, "C8", nil},
		{"a channel by name in capitals", notifier.Recipient{Channel: "#Operations"}, nil, "C8", nil},
		{"a channel by id", notifier.Recipient{Channel: "C8XY"}, func(w *world) { w.room("C8XY", "") }, "C8XY", nil},
		{"a private channel", notifier.Recipient{Channel: "#quiet"}, nil, "C9", nil},
		{"a person before a channel", notifier.Recipient{Email: jane.Email, Channel: "#operations"}, nil, "DU1", nil},
		{"a channel for want of a person", notifier.Recipient{Email: "gone@acme.example", Channel: "#operations"}, nil, "C8", nil},
		{"spaces around", notifier.Recipient{Email: " " + jane.Email + "\n"}, nil, "DU1", nil},

		{"no address", notifier.Recipient{Name: "Somebody"}, nil, "", []string{"tell Somebody", "neither an e-mail address nor a channel"}},
		{"nobody of that address", notifier.Recipient{Name: "Gone", Email: "gone@acme.example"}, nil, "", []string{"tell Gone", "gone@acme.example", "invite them", "users_not_found"}},
		{"both unknown", notifier.Recipient{Email: "gone@acme.example", Channel: "#nowhere"}, nil, "", []string{"gone@acme.example", "users_not_found", "#nowhere", "/invite"}},
		{"a person who left", jane, func(w *world) { w.people[jane.Email].Deleted = true }, "", []string{"deactivated"}},
		{"a person who left just now", jane, func(w *world) { w.people[jane.Email].Refusal = "user_disabled" }, "", []string{"deactivated", "name somebody else"}},
		{"a bot", jane, func(w *world) { w.people[jane.Email].Refusal = "cannot_dm_bot" }, "", []string{"bot"}},
		{"a hidden person", jane, func(w *world) { w.people[jane.Email].Refusal = "user_not_visible" }, "", []string{"may not see"}},
		{"a person unknown after all", jane, func(w *world) { w.people[jane.Email].Refusal = "user_not_found" }, "", []string{"invite them"}},
		{"a channel without us", ops, func(w *world) { w.rooms["C8"].Member = false }, "", []string{"#operations", "/invite"}},
		{"an archived channel", ops, func(w *world) { w.rooms["C8"].Archived = true }, "", []string{"#operations", "archived"}},
		{"an unknown id", notifier.Recipient{Channel: "C0FFEE"}, nil, "", []string{"C0FFEE", "no such channel", "/invite"}},
		{"an id without us", notifier.Recipient{Channel: "C8XY"}, func(w *world) { w.room("C8XY", "").Member = false }, "", []string{"not_in_channel", "/invite"}},
		{"an archived id", notifier.Recipient{Channel: "C8XY"}, func(w *world) { w.room("C8XY", "").Archived = true }, "", []string{"is_archived"}},
		{"announcements only", ops, func(w *world) { w.rooms["C8"].Refusal = "restricted_action_read_only_channel" }, "", []string{"posting permissions", "read_only"}},
		{"not for apps", ops, func(w *world) { w.rooms["C8"].Refusal = "restricted_action" }, "", []string{"posting permissions"}},
		{"not the general channel", ops, func(w *world) { w.rooms["C8"].Refusal = "posting_to_general_channel_denied" }, "", []string{"another channel"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if c.set != nil {
				c.set(w)
			}
			n := notice("a", c.to)
			if c.arrived == "" {
				w.fails(n, notifier.ErrAddress, append(c.words, "there is no such recipient")...)
				return
			}
			r := w.send(n)
			if list := w.messages(c.arrived); len(list) != 1 || r.Message != c.arrived+"/"+list[0].TS {
				t.Errorf("it arrived as %+v, at %s are %d messages", r, c.arrived, len(list))
			}
		})
	}
}

func TestUnwritableIsNext(t *testing.T) {
	w := newWorld(t)
	w.send(notice("warm", jane))
	w.rooms["DU1"].Refusal = "restricted_action"
	both := jane
	both.Channel = "#operations"
	if r := w.send(notice("a", both)); r.Message[:3] != "C8/" {
		t.Errorf("%+v", r)
	}
}

func TestAddressesAreRemembered(t *testing.T) {
	w := newWorld(t)
	ask := func(want int) {
		t.Helper()
		for range 3 {
			w.send(notice("a", jane))
			w.send(notice("a", ops))
		}
		for _, method := range []string{"users.lookupByEmail", "conversations.open", "users.conversations"} {
			if n := w.asked(method); n != want {
				t.Errorf("%s was asked %d times, not %d", method, n, want)
			}
		}
	}
	ask(1)
	w.pass(59 * time.Minute)
	ask(1)
	w.pass(2 * time.Minute)
	ask(2)
}

func TestNobodyIsNotRemembered(t *testing.T) {
	w := newWorld(t)
	late := notifier.Recipient{Name: "Late", Email: "late@acme.example"}
	w.fails(notice("a", late), notifier.ErrAddress)
	w.person("U3", late.Email)
	w.send(notice("a", late))
	if n := w.asked("chat.postMessage"); n != 1 {
		t.Errorf("it wrote %d times", n)
	}
}

// TestOldMemoryIsMended: if a channel is replaced by another of the same name, the cached id
// is looked up again.
func TestOldMemoryIsMended(t *testing.T) {
	w := newWorld(t)
	w.send(notice("a", ops))
	w.change(func() { w.rooms["C8"].Archived, w.rooms["C8"].Name = true, "operations-old" })
	w.room("C10", "operations")
	if r := w.send(notice("b", ops)); r.Message[:4] != "C10/" {
		t.Errorf("%+v", r)
	}
	w.change(func() { w.rooms["C10"].Archived = true })
	w.fails(notice("c", ops), notifier.ErrAddress)
	if n := w.asked("chat.postMessage"); n != 4 {
		t.Errorf("it wrote %d times", n)
	}
}

func TestChannelOnAnotherPage(t *testing.T) {
	w := newWorld(t)
	w.page = 2
	for i := range 5 {
		w.room(fmt.Sprintf("C1%d", i), fmt.Sprintf("one-of-many-%d", i))
	}
	w.send(notice("a", notifier.Recipient{Channel: "#quiet"}))
	if n := w.asked("users.conversations"); n != 4 {
		t.Errorf("%d pages were read", n)
	}
}
