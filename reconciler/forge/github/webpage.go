package github

import (
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"strings"
)

var titleExpr = regexp.MustCompile(`(?is)<title[^>]*>(.{0,200}?)</title>`)

// webPage tells a page for people from an answer of the interface, which has none. What
// a proxy says is shown by its title only: the rest may be anything.
func webPage(h http.Header, raw []byte) (what string, ok bool) {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	if kind != "text/html" {
		return "", false
	}
	if title := titleExpr.FindSubmatch(raw); title != nil {
		return fmt.Sprintf("a web page called %q", cut(strings.Join(strings.Fields(string(title[1])), " "), maxTitle)), true
	}
	return "a web page", true
}
