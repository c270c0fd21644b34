package slack_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf16"
)

// block is the part of a block that invalidBlocks and see need.
type block struct {
	Type     string     `json:"type"`
	Text     *textual   `json:"text"`
	Fields   []*textual `json:"fields"`
	Elements []element  `json:"elements"`
}

type textual struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Emoji    *bool  `json:"emoji"`
	Verbatim *bool  `json:"verbatim"`
}

// element is a part of a rich text, or of a context.
type element struct {
	Type     string          `json:"type"`
	Text     string          `json:"text"`
	URL      string          `json:"url"`
	Style    json.RawMessage `json:"style"`
	Emoji    *bool           `json:"emoji"`
	Elements []element       `json:"elements"`
}

func size(s string) int { return len(utf16.Encode([]rune(s))) }

// invalidBlocks returns Slack's error code for blocks that exceed the limits it documents,
// or the undocumented one of 13,000 characters in all; empty for valid ones.
func invalidBlocks(raw string) string {
	if raw == "" {
		return ""
	}
	var list []block
	if err := json.Unmarshal([]byte(raw), &list); err != nil || len(list) == 0 {
		return "invalid_blocks_format"
	}
	total, ok := 0, len(list) <= 50
	check := func(t *textual, limit int, kinds string) {
		total += size(t.Text)
		ok = ok && t.Text != "" && size(t.Text) <= limit && strings.Contains(kinds, t.Type) &&
			(t.Emoji == nil || t.Type == "plain_text") && (t.Verbatim == nil || t.Type == "mrkdwn")
	}
	for _, b := range list {
		switch b.Type {
		case "header":
			check(b.Text, 150, "plain_text")
		case "section":
			ok = ok && (b.Text != nil || len(b.Fields) > 0) && len(b.Fields) <= 10
			if b.Text != nil {
				check(b.Text, 3000, "plain_text mrkdwn")
			}
			for _, f := range b.Fields {
				check(f, 2000, "plain_text mrkdwn")
			}
		case "context":
			ok = ok && len(b.Elements) > 0 && len(b.Elements) <= 10
			for _, e := range b.Elements {
				check(&textual{Type: e.Type, Text: e.Text, Emoji: e.Emoji}, 2000, "plain_text mrkdwn")
			}
		case "rich_text":
			n, fine := rich(b.Elements)
			total, ok = total+n, ok && fine
		default:
			ok = false
		}
	}
	switch {
	case !ok:
		return "invalid_blocks"
	case total > 13_000:
		return "msg_blocks_too_long"
	}
	return ""
}

func rich(list []element) (total int, ok bool) {
	ok = len(list) > 0
	for _, e := range list {
		switch e.Type {
		case "rich_text_list", "rich_text_section":
			n, fine := rich(e.Elements)
			total, ok = total+n, ok && fine
		case "text":
			ok = ok && e.Text != ""
		case "link":
			ok = ok && e.URL != "" && len(e.URL) <= 3000
		default:
			ok = false
		}
		total += size(e.Text) + size(e.URL)
	}
	return total, ok
}

// validMetadata checks that metadata has a name and a flat object of bounded size.
func validMetadata(raw string) bool {
	var m struct {
		Type    string         `json:"event_type"`
		Payload map[string]any `json:"event_payload"`
	}
	if json.Unmarshal([]byte(raw), &m) != nil || !regexp.MustCompile(`^\w+$`).MatchString(m.Type) || len(raw) > 8000 {
		return false
	}
	for _, v := range m.Payload {
		if s, ok := v.(string); !ok || strings.ContainsAny(s, "\x00\n") {
			return false
		}
	}
	return len(m.Payload) > 0
}
