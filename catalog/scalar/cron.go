package scalar

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/levee-gitops/levee/catalog/safetext"
)

// cronField is one of the five fields of a cron expression.
type cronField struct {
	name      string
	low, high int
	words     string // names of its values from low on
}

var cronFields = []cronField{
	{"minute", 0, 59, ""},
	{"hour", 0, 23, ""},
	{"day", 1, 31, ""},
	{"month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"},
	{"weekday", 0, 7, "sun mon tue wed thu fri sat"}, // Sunday is 0 and 7
}

var cronWords = []string{"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}

// ReadCron reads a cron expression of five fields, or a word such as @daily, and
// writes it with numbers only and Sunday as 0, as every reader of such expressions
// knows it. The error completes a sentence about the expression: "… has …".
func ReadCron(text string) (plain string, err error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "@") {
		switch word, _, _ := strings.Cut(text, " "); {
		case slices.Contains(cronWords, text):
			return text, nil
		case word == "@every":
			return "", fmt.Errorf("counts from whenever the program was last started, so nobody can say when it runs")
		default:
			return "", fmt.Errorf("is no word that is known; there are %s", strings.Join(cronWords, ", "))
		}
	}
	parts := strings.Fields(text)
	switch {
	case strings.Contains(text, "TZ="):
		return "", fmt.Errorf("names a time zone, which is not read here")
	case len(parts) == len(cronFields)+1:
		return "", fmt.Errorf("has six parts; a schedule has five: minute, hour, day, month and weekday, without seconds or years")
	case len(parts) != len(cronFields):
		return "", fmt.Errorf("has %d parts separated by spaces instead of five: minute, hour, day, month and weekday", len(parts))
	}
	var values [5][]int
	for i, f := range cronFields {
		if values[i], err = f.read(parts[i]); err != nil {
			return "", err
		}
		if f.name == "weekday" {
			parts[i] = f.write(parts[i], values[i])
		}
	}
	if starred(parts[4]) && !slices.ContainsFunc(values[2], func(day int) bool {
		return slices.ContainsFunc(values[3], func(month int) bool { return day <= longest(month) })
	}) {
		return "", fmt.Errorf("names days that never come: day %s of month %s", safetext.Code(parts[2]), safetext.Code(parts[3]))
	}
	for i := range parts {
		if i < 4 && cronFields[i].words != "" {
			parts[i] = cronFields[i].write(parts[i], values[i])
		}
	}
	return strings.Join(parts, " "), nil
}

func starred(part string) bool { return strings.HasPrefix(part, "*") || strings.HasPrefix(part, "?") }

// longest is the most days a month can have.
func longest(month int) int {
	switch month {
	case 2:
		return 29
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// read lists the values of one field, sorted.
func (f cronField) read(part string) ([]int, error) {
	var values []int
	for item := range strings.SplitSeq(part, ",") {
		span, by, stepped := strings.Cut(item, "/")
		from, to, ranged := strings.Cut(span, "-")
		step, low, high := 1, f.low, f.high
		if f.name == "weekday" && (span == "*" || span == "?") {
			high = 6
		}
		if stepped {
			n, err := strconv.Atoi(by)
			if err != nil || n < 1 || n > f.high {
				return nil, fmt.Errorf("has %s as its %s, where %s is no number of steps", safetext.Code(part), f.name, safetext.Code(by))
			}
			step = n
		}
		if span != "*" && span != "?" {
			var ok bool
			if low, ok = f.value(from); !ok {
				return nil, f.wrong(part, from)
			}
			switch {
			case ranged:
				if high, ok = f.value(to); !ok {
					return nil, f.wrong(part, to)
				}
				if f.name == "weekday" && high == 0 && low > 0 {
					high = 7
				}
			case !stepped:
				high = low
			}
		}
		if low > high {
			return nil, fmt.Errorf("has %s as its %s, which begins after it ends", safetext.Code(part), f.name)
		}
		for v := low; v <= high; v += step {
			values = append(values, v)
		}
	}
	if f.name == "weekday" {
		for i := range values {
			values[i] %= 7
		}
	}
	slices.Sort(values)
	return slices.Compact(values), nil
}

func (f cronField) wrong(part, word string) error {
	reach := fmt.Sprintf("%d to %d", f.low, f.high)
	if f.words != "" {
		reach += " or one of " + strings.ReplaceAll(f.words, " ", ", ")
	}
	if part == word {
		return fmt.Errorf("has %s as its %s, which must be %s", safetext.Code(part), f.name, reach)
	}
	return fmt.Errorf("has %s as its %s, where %s must be %s", safetext.Code(part), f.name, safetext.Code(word), reach)
}

// value reads one number or name.
func (f cronField) value(word string) (int, bool) {
	if i := slices.Index(strings.Fields(f.words), strings.ToLower(word)); i >= 0 {
		return f.low + i, true
	}
	n, ok := Decimal(word, 0)
	return int(n), ok && len(word) <= 2 && int(n) >= f.low && int(n) <= f.high
}

// write is the field with numbers only; as it was where it says "any".
func (f cronField) write(part string, values []int) string {
	if starred(part) && !strings.Contains(part, ",") {
		return part
	}
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = strconv.Itoa(v)
	}
	return strings.Join(words, ",")
}
