package guess

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Name makes a name of any text. Letters with marks lose the marks, all else
// becomes dashes; where nothing is left it is "app".
func Name(text string, free func(name string) bool) string {
	name := slug(text)
	if name == "" {
		name = "app"
	}
	if name[0] < 'a' || name[0] > 'z' {
		name = "app-" + name
	}
	short := func(most int) string { return strings.Trim(name[:min(len(name), most)], "-") }
	try := short(63)
	for n := 2; !free(try); n++ {
		end := fmt.Sprintf("-%d", n)
		try = short(63-len(end)) + end
	}
	return try
}

// spelt are letters that no mark can be taken off.
var spelt = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ł", "l", "ı", "i", "þ", "th", "ð", "d")

func slug(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(spelt.Replace(strings.ToLower(text))) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r):
		case !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}
