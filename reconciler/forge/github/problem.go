package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// A problem is an error without secrets, whatever the text of it quotes.
type problem struct {
	text string
	is   error // a sentinel, or the end of a context; nil for "could not tell"
}

func (p *problem) Error() string { return p.text }
func (p *problem) Unwrap() error { return p.is }

// maxError bounds what is passed on of an error, in bytes.
const maxError = 2000

// problem is an error as it may leave this package.
func (f *Forge) problem(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	p := &problem{text: cut(f.line.keeper.hide(fmt.Sprintf(format, args...)+": "+err.Error()), maxError)}
	for _, is := range []error{forge.ErrStale, forge.ErrRefused, forge.ErrUnknown, forge.ErrUnable, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, is) {
			p.is = is
			break
		}
	}
	return p
}

// status is what GitHub answered with; zero where it did not answer.
func status(err error) int {
	if e := (*github.ErrorResponse)(nil); errors.As(err, &e) && e.Response != nil {
		return e.Response.StatusCode
	}
	return 0
}

// words is what GitHub said of a refusal, in plain text.
func words(err error) string {
	e := (*github.ErrorResponse)(nil)
	if !errors.As(err, &e) {
		return err.Error()
	}
	text := e.Message
	for _, d := range e.Errors {
		if d.Message != "" {
			text += "; " + d.Message
		}
	}
	return cut(plain(text), 500)
}

// refused turns the refusal of a write into what it means for the reconciler. What
// GitHub does not refuse in so many words stays "could not tell".
func refused(err error) error {
	switch status(err) {
	case http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusUnprocessableEntity, http.StatusNotFound, http.StatusUnavailableForLegalReasons:
		return fmt.Errorf("%w: %s", forge.ErrRefused, words(err))
	case http.StatusConflict:
		return fmt.Errorf("%w: %s", forge.ErrStale, words(err))
	}
	return err
}
