package notifier

import (
	"errors"
	"strings"
)

// Check refuses a notice that says nothing: no channel takes it, and nobody would
// know what to do with it.
func (n Notice) Check() error {
	if strings.TrimSpace(n.Title) == "" && strings.TrimSpace(n.Text) == "" {
		return errors.New("it has neither a title nor a text; give it one")
	}
	return nil
}
