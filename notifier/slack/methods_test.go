package slack_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

func (w *workspace) whoami(form) map[string]any {
	return map[string]any{"url": "https://acme.slack.example/", "team": "Acme", "user": "levee", "user_id": "UB1", "bot_id": w.self}
}

func (w *workspace) lookup(f form) map[string]any {
	p := w.people[f["email"]]
	if p == nil {
		return refuse("users_not_found")
	}
	return map[string]any{"user": map[string]any{"id": p.ID, "deleted": p.Deleted}}
}

func (w *workspace) open(f form) map[string]any {
	for _, p := range w.people {
		if p.ID != f["users"] {
			continue
		}
		if p.Refusal != "" {
			return refuse(p.Refusal)
		}
		id := "D" + p.ID
		if w.rooms[id] == nil {
			w.rooms[id] = &room{ID: id, Member: true}
		}
		return map[string]any{"channel": map[string]any{"id": id}}
	}
	return refuse("user_not_found")
}

// list is users.conversations: the channels that the bot is in.
func (w *workspace) list(f form) map[string]any {
	var names []map[string]any
	for kind, scope := range map[string]string{"public_channel": "channels:read", "private_channel": "groups:read"} {
		if !strings.Contains(f["types"], kind) {
			continue
		}
		if refused := w.allowed(f, scope); refused != nil {
			return refused
		}
		for _, r := range w.rooms {
			if r.Name != "" && r.Member && r.Private == (kind == "private_channel") && (!r.Archived || f["exclude_archived"] != "true") {
				names = append(names, map[string]any{"id": r.ID, "name": r.Name})
			}
		}
	}
	slices.SortFunc(names, func(a, b map[string]any) int { return strings.Compare(a["id"].(string), b["id"].(string)) })
	return paged(w, f, "channels", names)
}

// paged is the page of a list that a cursor names.
func paged[T any](w *workspace, f form, name string, all []T) map[string]any {
	at, _ := strconv.Atoi(f["cursor"])
	limit, _ := strconv.Atoi(f["limit"])
	end := min(at+min(limit, w.page), len(all))
	result := map[string]any{name: all[min(at, end):end]}
	if end < len(all) {
		result["response_metadata"] = map[string]any{"next_cursor": strconv.Itoa(end)}
		result["has_more"] = true
	}
	return result
}

// scope is the permission to read in a conversation.
func (r *room) scope() string {
	switch {
	case strings.HasPrefix(r.ID, "D"):
		return "im:history"
	case r.Private:
		return "groups:history"
	}
	return "channels:history"
}

func (w *workspace) history(f form) map[string]any {
	r := w.rooms[f["channel"]]
	switch {
	case r == nil, r.Private && !r.Member:
		return refuse("channel_not_found")
	case !r.Member:
		return refuse("not_in_channel")
	}
	if refused := w.allowed(f, r.scope()); refused != nil {
		return refused
	}
	var list []map[string]any
	for _, m := range r.Messages {
		if f["oldest"] != "" && m.TS < f["oldest"] {
			continue
		}
		shown := map[string]any{"type": "message", "ts": m.TS, "text": m.Text, "bot_id": m.Bot}
		if f["include_all_metadata"] == "1" && m.Metadata != nil {
			shown["metadata"] = m.Metadata
		}
		list = append(list, shown)
	}
	slices.Reverse(list)
	return paged(w, f, "messages", list)
}

// writable returns the error code for writing to a channel; empty if it is allowed.
func (w *workspace) writable(r *room, f form) string {
	switch {
	case r == nil, r.Private && !r.Member:
		return "channel_not_found"
	case r.Archived:
		return "is_archived"
	case !r.Member:
		return "not_in_channel"
	case r.Refusal != "":
		return r.Refusal
	case f["text"] == "" && f["blocks"] == "":
		return "no_text"
	case f["metadata"] != "" && !validMetadata(f["metadata"]):
		return "invalid_metadata_format"
	}
	// The sender would then send the text alone, so an error here has to fail the test.
	code := invalidBlocks(f["blocks"])
	if code != "" {
		w.t.Errorf("%s: %.2000s", code, f["blocks"])
	}
	return code
}

func (w *workspace) post(f form) map[string]any {
	r := w.rooms[f["channel"]]
	if code := w.writable(r, f); code != "" {
		return refuse(code)
	}
	m := &message{TS: w.ts(), Bot: w.self}
	m.set(f)
	r.Messages = append(r.Messages, m)
	return map[string]any{"channel": r.ID, "ts": m.TS}
}

func (w *workspace) update(f form) map[string]any {
	r := w.rooms[f["channel"]]
	if code := w.writable(r, f); code != "" {
		return refuse(code)
	}
	for _, m := range r.Messages {
		if m.TS != f["ts"] {
			continue
		}
		if m.Bot != w.self {
			return refuse("cant_update_message")
		}
		m.Edits++
		m.set(f)
		return map[string]any{"channel": r.ID, "ts": m.TS, "text": m.Text}
	}
	return refuse("message_not_found")
}

// set sets the content of a message. An edit without metadata leaves it as it is.
func (m *message) set(f form) {
	m.Text, m.Blocks, m.form = f["text"], f["blocks"], f
	if f["metadata"] != "" {
		m.Metadata = json.RawMessage(f["metadata"])
	}
}
