package slack_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/notifier/notifiertest"
)

// see is a message as Slack shows it to a person: entities are characters, <…> is a mention
// or a link, *…* is bold, and :name: is a picture.
func see(channel string, m *message) notifiertest.Shown {
	s := notifiertest.Shown{Message: channel + "/" + m.TS}
	if m.Blocks == "" {
		s.Text = marked(&s, m.Text, m.form["parse"] != "none")
		return s
	}
	marked(&s, m.Text, m.form["parse"] != "none") // in the notification
	s.Links = nil
	var list []block
	_ = json.Unmarshal([]byte(m.Blocks), &list) // the server checked it
	for _, b := range list {
		for _, t := range append([]*textual{b.Text}, b.Fields...) {
			switch {
			case t == nil:
			case t.Type == "mrkdwn":
				s.Text += marked(&s, bold.ReplaceAllString(t.Text, "$1"), t.Verbatim == nil || !*t.Verbatim) + "\n"
			default:
				s.Text += pictures(decoded(t.Text), t.Emoji) + "\n"
			}
		}
		seeRich(&s, b.Elements)
	}
	return s
}

var (
	angled = regexp.MustCompile(`<([^<>]*)>`)
	bold   = regexp.MustCompile(`[*_~` + "`" + `]([^*_~` + "`" + `]*)[*_~` + "`" + `]`)
	emoji  = regexp.MustCompile(`:[a-z0-9_+-]+:`)
	loud   = regexp.MustCompile(`@(channel|here|everyone)|#\w+`)
)

func decoded(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

func pictures(s string, on *bool) string {
	if on == nil || *on {
		return emoji.ReplaceAllString(s, "(picture)")
	}
	return s
}

// marked reads marked-up text.
func marked(s *notifiertest.Shown, text string, automatic bool) string {
	if automatic {
		s.Calls = append(s.Calls, loud.FindAllString(text, -1)...)
	}
	return decoded(angled.ReplaceAllStringFunc(text, func(tag string) string {
		inside := tag[1 : len(tag)-1]
		if strings.HasPrefix(inside, "!") || strings.HasPrefix(inside, "@") || strings.HasPrefix(inside, "#") {
			s.Calls = append(s.Calls, inside)
			return ""
		}
		url, label, _ := strings.Cut(inside, "|")
		s.Links = append(s.Links, decoded(url))
		return label
	}))
}

// seeRich reads elements in which text is only text.
func seeRich(s *notifiertest.Shown, list []element) {
	for _, e := range list {
		switch e.Type {
		case "text", "link":
			if s.Text += e.Text; e.URL != "" {
				s.Links = append(s.Links, e.URL)
			}
		case "plain_text":
			s.Text += pictures(decoded(e.Text), e.Emoji) + "\n"
		case "rich_text_list", "rich_text_section":
			seeRich(s, e.Elements)
			s.Text += "\n"
		default:
			s.Calls = append(s.Calls, e.Type)
		}
	}
}

func parsed(t *testing.T, raw string) []block {
	t.Helper()
	var list []block
	if err := json.Unmarshal([]byte(raw), &list); err != nil {
		t.Fatal(err)
	}
	return list
}
