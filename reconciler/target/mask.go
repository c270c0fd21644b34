package target

import (
	"regexp"
	"strings"
	"unicode"
)

// masked stands where something could be a secret.
const masked = "•••"

// What is called so holds a secret, in whichever notation it is written. What follows is
// its value, unless that is the beginning of an object or a list: those are read on.
var (
	secretName  = `[\w.-]*(?i:passw|passphrase|secret|token|credential|api[_.-]?key|access[_.-]?key|private[_.-]?key|signing[_.-]?key|connection[_.-]?string|authorization|cookie|dsn)[\w.-]*`
	secretValue = regexp.MustCompile(`(["']?` + secretName + `["']?\s*(?::|=>?|:=)\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;{}\[\]"'][^\r\n]*)`)
	secretFlag  = regexp.MustCompile(`(--?` + secretName + `[ =])(\S+)`)
	secretBlock = regexp.MustCompile(`^(\s*)(?:- )?["']?` + secretName + `["']?\s*:\s*[|>][0-9+-]*\s*$`)
	userinfo    = regexp.MustCompile(`(://)[^/\s@"']+@`)
	bearer      = regexp.MustCompile(`(?i)\b(bearer|basic) +[\w.~+/=-]{8,}`)
	knownToken  = regexp.MustCompile(`\b(?:gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{8,}|AKIA[0-9A-Z]{12,}|AIza[\w-]{30,}|sk-[\w-]{16,}|hvs\.[\w-]{16,}|eyJ[\w-]{8,}\.[\w-]+\.?[\w-]*)`)
	longWord    = regexp.MustCompile(`[A-Za-z0-9+/_-]{32,}={0,2}`)
)

// Masked is text in which whatever could be a secret is masked: what is called so, keys,
// credentials in addresses, and long words that look drawn by lot. It is for all that is
// shown of documents and files, which should hold none.
func Masked(text string) string {
	lines := strings.SplitAfter(text, "\n")
	return strings.Join(maskLines(lines), "")
}

// maskLines masks each line, and what goes over several: keys in PEM, and blocks of YAML.
// As many come back.
func maskLines(lines []string) []string {
	out := make([]string, len(lines))
	pem, block := false, -1
	for i, line := range lines {
		body := strings.TrimRight(line, "\r\n")
		end := line[len(body):]
		indent := len(body) - len(strings.TrimLeft(body, " \t"))
		if block >= 0 && strings.TrimSpace(body) != "" && indent <= block {
			block = -1
		}
		begins := strings.Contains(body, "-----BEGIN ") && strings.Contains(body, "PRIVATE KEY")
		switch {
		case pem || begins:
			out[i] = masked + end
			pem = !strings.Contains(body, "-----END ")
			continue
		case block >= 0 && strings.TrimSpace(body) != "":
			out[i] = body[:indent] + masked + end
			continue
		}
		if found := secretBlock.FindStringSubmatch(body); found != nil {
			block = len(found[1])
		} else {
			body = maskLine(body)
		}
		out[i] = body + end
	}
	return out
}

func maskLine(line string) string {
	line = secretValue.ReplaceAllStringFunc(line, func(found string) string {
		parts := secretValue.FindStringSubmatch(found)
		switch value := parts[2]; {
		case value[0] == '"' && len(value) > 2:
			return parts[1] + `"` + masked + `"`
		case value[0] == '\'' && len(value) > 2:
			return parts[1] + "'" + masked + "'"
		case value[0] == '"', value[0] == '\'', value == "null", value == "true", value == "false":
			return found
		}
		return parts[1] + masked
	})
	line = secretFlag.ReplaceAllString(line, "${1}"+masked)
	line = userinfo.ReplaceAllString(line, "${1}"+masked+"@")
	line = bearer.ReplaceAllString(line, "${1} "+masked)
	line = knownToken.ReplaceAllString(line, masked)
	return longWord.ReplaceAllStringFunc(line, func(word string) string {
		if drawn(word) {
			return masked
		}
		return word
	})
}

// drawn reports whether a word looks drawn by lot: it has capitals, small letters and
// digits, many times in turn. The digests of images have no capitals.
func drawn(word string) bool {
	kind := func(r rune) int {
		switch {
		case unicode.IsDigit(r):
			return 1
		case unicode.IsUpper(r):
			return 2
		case unicode.IsLower(r):
			return 3
		}
		return 0
	}
	var seen [4]bool
	turns, last := 0, 0
	for _, r := range word {
		k := kind(r)
		if k != last {
			turns++
		}
		seen[k], last = true, k
	}
	return seen[1] && seen[2] && seen[3] && turns*4 >= len(word)
}
