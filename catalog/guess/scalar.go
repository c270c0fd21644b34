package guess

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/levee-gitops/levee/catalog/safetext"
	"github.com/levee-gitops/levee/catalog/scalar"
)

var (
	amountExpr = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)\s*([A-Za-zµ]*)\.?$`)
	dottedDay  = regexp.MustCompile(`^([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})$`)
	slashedDay = regexp.MustCompile(`^([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})$`)
	bareDay    = regexp.MustCompile(`^([0-9]{4})[-/.]?([0-9]{1,2})[-/.]?([0-9]{1,2})$`)
	rateExpr2  = regexp.MustCompile(`^([0-9]+)\s*(?:per|/|a|times per)?\s*(?:an?\s+)?(sec|min|hour|day|s$|h$|d$)`)
)

// timeWords are units of time by the letters that they begin with: months and years
// are written in days.
var timeWords = []struct {
	begins string
	times  int64
	unit   string
}{{"mo", 30, "d"}, {"y", 365, "d"}, {"w", 1, "w"}, {"d", 1, "d"}, {"h", 1, "h"}, {"m", 1, "m"}, {"s", 1, "s"}}

// Scalar lists what somebody may have meant by a word that a scalar does not take, the
// likeliest first. Not all of it need be something that the scalar takes.
func Scalar(s scalar.Scalar, word string) []string {
	text := plainly(word)
	lower := strings.ToLower(text)
	switch s.(type) {
	case *scalar.Name:
		return []string{slug(text)}
	case *scalar.BlueprintRef:
		name, _, _ := strings.Cut(lower, "@")
		return []string{strings.ReplaceAll(lower, "@v", "@"), slug(name) + "@1"}
	case *scalar.Domain:
		_, host, found := strings.Cut(lower, "://")
		if !found {
			host = lower
		}
		host, _, _ = strings.Cut(host, "/")
		host, _, _ = strings.Cut(host, ":")
		return []string{host}
	case *scalar.Version:
		bare := strings.TrimLeft(lower, "v ")
		return []string{bare, bare + ".0", bare + ".0.0"}
	case *scalar.Variable:
		return []string{strings.ToUpper(strings.ReplaceAll(slug(text), "-", "_"))}
	case *scalar.Instant:
		day := strings.ReplaceAll(text, " ", "T")
		return []string{day + "Z", day + ":00Z", day + "T00:00:00Z"}
	case *scalar.Date:
		return days(text)
	case *scalar.Rate:
		if m := rateExpr2.FindStringSubmatch(lower); m != nil {
			return []string{m[1] + "/" + strings.TrimSuffix(map[byte]string{'s': "s", 'm': "min", 'h': "h", 'd': "d"}[m[2][0]], " ")}
		}
	}
	m := amountExpr.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	unit := strings.ToLower(m[2])
	switch s.(type) {
	case *scalar.Bytes:
		if unit != "" {
			return []string{m[1] + map[byte]string{'k': "Ki", 'm': "Mi", 'g': "Gi", 't': "Ti"}[unit[0]]}
		}
	case *scalar.CPU:
		return []string{m[1] + "m", m[1]}
	case *scalar.Millis:
		return []string{m[1] + unit, m[1] + "ms", m[1] + "s"}
	case *scalar.Duration:
		count, err := strconv.ParseInt(m[1], 10, 64)
		for _, w := range timeWords {
			if err == nil && unit != "" && strings.HasPrefix(unit, w.begins) && count <= scalar.MaxDuration {
				return []string{strconv.FormatInt(count*w.times, 10) + w.unit}
			}
		}
	}
	return nil
}

// days reads days as they are written in other places. Where the month may come
// first or second, both are given; a day past the end of its month is the month's last.
func days(text string) []string {
	day := func(y, m, d string) string {
		year, _ := strconv.Atoi(y)
		month, _ := strconv.Atoi(m)
		days, _ := strconv.Atoi(d)
		if month < 1 || month > 12 || days < 1 || days > 31 {
			return ""
		}
		last := time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
		return fmt.Sprintf("%04d-%02d-%02d", year, month, min(days, last))
	}
	if m := dottedDay.FindStringSubmatch(text); m != nil {
		return []string{day(m[3], m[2], m[1])}
	}
	if m := slashedDay.FindStringSubmatch(text); m != nil {
		return []string{day(m[3], m[1], m[2]), day(m[3], m[2], m[1])}
	}
	if m := bareDay.FindStringSubmatch(text); m != nil {
		return []string{day(m[1], m[2], m[3])}
	}
	return nil
}

// plainly is a word without what cannot be seen in it, and without quotes around it.
func plainly(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case safetext.Hidden(r):
			return -1
		case safetext.BlankName(r) != "":
			return ' '
		}
		return r
	}, text)
	return strings.TrimSpace(strings.Trim(strings.TrimSpace(text), "“”„‟\"'‘’"))
}
