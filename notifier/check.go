package notifier

import (
	"errors"
	"strings"
)

// Check returns an error for a notice without title and text. Senders call it before they
// send.
func (n Notice) Check() error {
	if strings.TrimSpace(n.Title) == "" && strings.TrimSpace(n.Text) == "" {
		return errors.New("it has neither a title nor a text; give it one")
	}
	return nil
}
