package transport

import (
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"strings"

	"github.com/levee-gitops/levee/reconciler/forge"
)

const maxTitle = 200 // bytes of a page's title that are shown

var titlePattern = regexp.MustCompile(`(?is)<title[^>]*>(.{0,200}?)</title>`)

// webPage reports whether a response is an HTML page, as of a proxy or a sign-in page; the
// REST API has none. Only the title is returned, because the page may contain anything.
func webPage(h http.Header, raw []byte) (what string, ok bool) {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	if kind != "text/html" {
		return "", false
	}
	if title := titlePattern.FindSubmatch(raw); title != nil {
		return fmt.Sprintf("a web page called %q", forge.Cut(strings.Join(strings.Fields(string(title[1])), " "), maxTitle)), true
	}
	return "a web page", true
}
