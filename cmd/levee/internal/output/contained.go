package output

import (
	"fmt"
	"io"

	"github.com/levee-gitops/levee/reconciler/contain"
)

// Contained says where an app was contained, throttled or released, as a word says, and what remains.
func Contained(w io.Writer, c contain.Contained, word string) {
	if c.Unthrottled {
		word = "is no longer throttled, and the daemon brings back the rest"
	}
	for _, env := range c.Marked {
		fmt.Fprintf(w, "%s: %s %s%s\n", env, c.App, word, backWords(c.Back, env))
	}
	switch {
	case len(c.Marked) > 0 || !c.Recorded:
	case word == "contained" || word == "throttled":
		fmt.Fprintf(w, "%s is NOT %s anywhere yet; that it shall be is recorded, and the daemon tries again\n", c.App, word)
	default:
		fmt.Fprintf(w, "%s %s; the daemon brings it up with its next pass\n", c.App, word)
	}
	for _, trouble := range c.Trouble {
		fmt.Fprintln(w, trouble)
	}
	if c.Throttled != "" {
		fmt.Fprintf(w, "%s comes back throttled (by %s); `levee release %s` once more ends that\n", c.App, c.Throttled, c.App)
	}
	for _, one := range c.Back {
		if newest := c.Back[0].Digest; one.Contained && one.Digest != newest {
			fmt.Fprintf(w, "%s runs what was contained until %s comes there; `levee status %s` says when. Contain it again if that cannot wait.\n", one.Environment, newest.Short(), c.App)
		}
	}
}

// backWords say with what content an app comes back in an environment; empty where it is
// contained.
func backWords(list []contain.Back, environment string) string {
	for _, one := range list {
		switch {
		case one.Environment != environment:
		case one.Contained:
			return "; it comes back as it was contained, " + one.Digest.Short()
		default:
			return "; it comes back as " + one.Digest.Short()
		}
	}
	return ""
}
