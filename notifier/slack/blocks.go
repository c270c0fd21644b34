package slack

import (
	"net/url"
	"strings"

	"github.com/slack-go/slack"

	"github.com/levee-gitops/levee/notifier"
)

// Limits of a message: Slack allows ten fields in a section, and a fact takes two; all
// blocks together must stay below 13,000 characters.
const (
	maxFacts   = 10
	perSection = 5
	maxActions = 5
)

// blocks is a notice as Slack blocks: the title as header, the text, the facts in two
// columns, and the actions as a list. The only markup is the bold of the names of facts;
// commands and links are rich-text elements, in which Slack looks for no markup.
func blocks(n notifier.Notice) []slack.Block {
	var list []slack.Block
	if title := escapeLine(n.Title, maxHeader); title != "" {
		list = append(list, slack.NewHeaderBlock(plainText(title)))
	}
	if words := escapeText(n.Text, maxText); words != "" {
		list = append(list, slack.NewSectionBlock(plainText(words), nil, nil))
	}
	list = append(list, facts(n.Facts)...)
	return append(list, actions(n.Actions)...)
}

// plainText is a text object in which Slack looks for no markup, not even :names: of emoji.
func plainText(s string) *slack.TextBlockObject {
	emoji := false
	return &slack.TextBlockObject{Type: slack.PlainTextType, Text: s, Emoji: &emoji}
}

func facts(all []notifier.Fact) []slack.Block {
	var list []slack.Block
	for shown := all[:min(len(all), maxFacts)]; len(shown) > 0; {
		n := min(len(shown), perSection)
		var fields []*slack.TextBlockObject
		for _, f := range shown[:n] {
			fields = append(fields, factName(f.Name), plainText(orDash(escapeLine(f.Value, maxValue))))
		}
		list = append(list, slack.NewSectionBlock(nil, fields, nil))
		shown = shown[n:]
	}
	return append(list, moreBlock(len(all)-maxFacts)...)
}

// factName is the name of a fact in bold. Markup characters cannot be escaped within bold
// text, so a name that has any is not bold.
func factName(s string) *slack.TextBlockObject {
	s = orDash(escapeLine(s, maxName))
	if strings.ContainsAny(s, "*_~`:@#[") {
		return plainText(s)
	}
	return &slack.TextBlockObject{Type: slack.MarkdownType, Text: "*" + s + "*", Verbatim: true}
}

// orDash returns a dash for an empty text, since Slack refuses those.
func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// actions is a list with the commands as code and the URLs as links.
func actions(all []notifier.Action) []slack.Block {
	var items []slack.RichTextElement
	for _, a := range all[:min(len(all), maxActions)] {
		items = append(items, slack.NewRichTextSection(action(a)...))
	}
	if len(items) == 0 {
		return nil
	}
	list := []slack.Block{slack.NewRichTextBlock("", slack.NewRichTextList(slack.RTEListBullet, 0, items...))}
	return append(list, moreBlock(len(all)-maxActions)...)
}

func action(a notifier.Action) []slack.RichTextSectionElement {
	label, command := rawLine(a.Label, maxLabel), rawLine(a.Command, maxLink)
	said := func(s string, style *slack.RichTextSectionTextStyle) slack.RichTextSectionElement {
		return slack.NewRichTextSectionTextElement(s, style)
	}
	code := said(command, &slack.RichTextSectionTextStyle{Code: true})
	switch link := safeURL(a.URL); {
	case link != "" && command == "":
		return []slack.RichTextSectionElement{slack.NewRichTextSectionLinkElement(link, orDash(label), nil)}
	case link != "":
		return []slack.RichTextSectionElement{slack.NewRichTextSectionLinkElement(link, orDash(label), nil), said(": ", nil), code}
	case command != "":
		return []slack.RichTextSectionElement{said(orDash(label)+": ", nil), code}
	case a.URL != "": // not a safe link: shown as text
		return []slack.RichTextSectionElement{said(orDash(label)+": "+rawLine(a.URL, maxLink), nil)}
	}
	return []slack.RichTextSectionElement{said(orDash(label), nil)}
}

// safeURL returns a URL that may be made a link, and else an empty text: http or https, with
// a host, without a password, and not too long.
func safeURL(at string) string {
	u, err := url.Parse(at)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil {
		return ""
	}
	if link := u.String(); len(link) <= maxLink && notifier.Line(link) == link {
		return link
	}
	return ""
}

// moreBlock is a block that says how many entries are not shown; none for zero.
func moreBlock(n int) []slack.Block {
	if n <= 0 {
		return nil
	}
	return []slack.Block{slack.NewContextBlock("", *plainText(moreText(n)))}
}
