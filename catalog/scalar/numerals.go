package scalar

import (
	"fmt"
	"strings"
)

// The patterns that a JSON Schema gives an editor for amounts say the same as their
// parse does, bounds included: what one takes the other takes. They use what every
// dialect of regular expressions has.

// upTo is the pattern of the decimal numbers from 0 to n, without zeros in front.
func upTo(n int64) string {
	most := fmt.Sprint(n)
	var forms []string
	if len(most) > 1 {
		forms = append(forms, "[0-9]")
	}
	for length := 2; length < len(most); length++ {
		forms = append(forms, fmt.Sprintf("[1-9][0-9]{%d}", length-1))
	}
	for i, digit := range most {
		low := '0'
		if i == 0 && len(most) > 1 {
			low = '1'
		}
		if digit > low {
			forms = append(forms, fmt.Sprintf("%s[%c-%c][0-9]{%d}", most[:i], low, digit-1, len(most)-i-1))
		}
	}
	return "(" + strings.Join(append(forms, most), "|") + ")"
}

// fraction is the pattern of up to three digits that are not all zero.
const fraction = `([1-9][0-9]{0,2}|0[1-9][0-9]?|00[1-9])`

// someOf is the pattern of a number above zero with at most digits before the point,
// whatever zeros stand in front. The patterns are of what may stand behind the point,
// and of what may where all before it is zero; empty for nothing.
func someOf(digits int, any, notZero string) string {
	whole := fmt.Sprintf("[1-9][0-9]{0,%d}", digits-1)
	if any != "" {
		whole += `(\.` + any + ")?"
	}
	if notZero == "" {
		return "0*" + whole
	}
	return fmt.Sprintf(`0*(%s|0\.%s)`, whole, notZero)
}
