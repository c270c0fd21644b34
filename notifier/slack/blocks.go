package slack

import (
	"net/url"
	"strings"

	"github.com/slack-go/slack"

	"github.com/levee-gitops/levee/notifier"
)

// Limits of what a message shows: a section has ten fields, two for each fact, and
// all blocks together should stay below 13,000 characters.
const (
	maxFacts   = 10
	perSection = 5
	maxActions = 5
)

// blocks are the notice as Slack shows it: the title large, the text, the facts as a
// table of two columns, and what can be done. Only names of facts are marked up,
// as bold; commands and links are elements of their own, in which nothing is.
func blocks(n notifier.Notice) []slack.Block {
	var list []slack.Block
	if title := lineOf(n.Title, maxHeader); title != "" {
		list = append(list, slack.NewHeaderBlock(plain(title)))
	}
	if words := textOf(n.Text, maxText); words != "" {
		list = append(list, slack.NewSectionBlock(plain(words), nil, nil))
	}
	list = append(list, facts(n.Facts)...)
	return append(list, actions(n.Actions)...)
}

// plain is a text in which nothing is markup, not even :names: of emoji.
func plain(s string) *slack.TextBlockObject {
	emoji := false
	return &slack.TextBlockObject{Type: slack.PlainTextType, Text: s, Emoji: &emoji}
}

func facts(all []notifier.Fact) []slack.Block {
	var list []slack.Block
	for shown := all[:min(len(all), maxFacts)]; len(shown) > 0; {
		n := min(len(shown), perSection)
		var fields []*slack.TextBlockObject
		for _, f := range shown[:n] {
			fields = append(fields, name(f.Name), plain(or(lineOf(f.Value, maxValue))))
		}
		list = append(list, slack.NewSectionBlock(nil, fields, nil))
		shown = shown[n:]
	}
	return append(list, more(len(all)-maxFacts)...)
}

// name is the name of a fact, bold. There is no way to write an asterisk within bold
// text: a name with characters of that sort stays plain.
func name(s string) *slack.TextBlockObject {
	s = or(lineOf(s, maxName))
	if strings.ContainsAny(s, "*_~`:@#[") {
		return plain(s)
	}
	return &slack.TextBlockObject{Type: slack.MarkdownType, Text: "*" + s + "*", Verbatim: true}
}

// or is a text, or a dash: Slack takes no empty ones.
func or(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// actions list what can be done: commands as code, places as links.
func actions(all []notifier.Action) []slack.Block {
	var items []slack.RichTextElement
	for _, a := range all[:min(len(all), maxActions)] {
		items = append(items, slack.NewRichTextSection(action(a)...))
	}
	if len(items) == 0 {
		return nil
	}
	list := []slack.Block{slack.NewRichTextBlock("", slack.NewRichTextList(slack.RTEListBullet, 0, items...))}
	return append(list, more(len(all)-maxActions)...)
}

func action(a notifier.Action) []slack.RichTextSectionElement {
	label, command := raw(a.Label, maxLabel), raw(a.Command, maxWay)
	said := func(s string, style *slack.RichTextSectionTextStyle) slack.RichTextSectionElement {
		return slack.NewRichTextSectionTextElement(s, style)
	}
	code := said(command, &slack.RichTextSectionTextStyle{Code: true})
	switch link := safe(a.URL); {
	case link != "" && command == "":
		return []slack.RichTextSectionElement{slack.NewRichTextSectionLinkElement(link, or(label), nil)}
	case link != "":
		return []slack.RichTextSectionElement{slack.NewRichTextSectionLinkElement(link, or(label), nil), said(": ", nil), code}
	case command != "":
		return []slack.RichTextSectionElement{said(or(label)+": ", nil), code}
	case a.URL != "": // no link to click, but nothing to hide either
		return []slack.RichTextSectionElement{said(or(label)+": "+raw(a.URL, maxWay), nil)}
	}
	return []slack.RichTextSectionElement{said(or(label), nil)}
}

// safe is a link that leads to the web and is not too long to be one, or nothing.
func safe(at string) string {
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil {
		return ""
	}
	if link := u.String(); len(link) <= maxWay && notifier.Line(link) == link {
		return link
	}
	return ""
}

// more says what is not shown.
func more(n int) []slack.Block {
	if n <= 0 {
		return nil
	}
	return []slack.Block{slack.NewContextBlock("", *plain(rest(n)))}
}
