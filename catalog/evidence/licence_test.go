package evidence

import (
	"reflect"
	"strings"
	"testing"
)

func TestChoices(t *testing.T) {
	for expression, want := range map[string][][]string{
		"MIT":                                    {{"MIT"}},
		"MIT OR GPL-3.0-only":                    {{"MIT"}, {"GPL-3.0-only"}},
		"MIT or GPL-3.0-only":                    {{"MIT"}, {"GPL-3.0-only"}},
		"MIT AND Zlib":                           {{"MIT", "Zlib"}},
		"MIT AND (Zlib OR ISC)":                  {{"MIT", "Zlib"}, {"MIT", "ISC"}},
		"MIT OR Zlib AND ISC":                    {{"MIT"}, {"Zlib", "ISC"}},
		"((MIT))":                                {{"MIT"}},
		"GPL-2.0-only WITH Classpath-x":          {{"GPL-2.0-only WITH Classpath-x"}},
		"A WITH x OR B":                          {{"A WITH x"}, {"B"}},
		"Apache License, Version 2.0":            {{"Apache License, Version 2.0"}},
		"MIT OR":                                 {{"MIT OR"}},
		"MIT WITH":                               {{"MIT WITH"}},
		"(MIT":                                   {{"(MIT"}},
		"MIT) OR (ISC":                           {{"MIT) OR (ISC"}},
		"":                                       {{""}},
		strings.Repeat("(A OR B) AND ", 7) + "A": {{strings.Repeat("(A OR B) AND ", 7) + "A"}},
		strings.Repeat("A OR ", maxChoices) + "A":                               {{strings.Repeat("A OR ", maxChoices) + "A"}},
		strings.Repeat("(", maxDepth+1) + "A" + strings.Repeat(")", maxDepth+1): {{strings.Repeat("(", maxDepth+1) + "A" + strings.Repeat(")", maxDepth+1)}},
	} {
		if got := Choices(expression); !reflect.DeepEqual(got, want) {
			t.Errorf("Choices(%q) = %q, want %q", expression, got, want)
		}
	}
}
