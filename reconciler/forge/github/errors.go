package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// failure is an error as it leaves this package: its text has no secrets, and it wraps a
// sentinel at most.
type failure struct {
	text     string
	sentinel error // a sentinel of package forge or context; nil for "could not tell"
}

func (p *failure) Error() string { return p.text }
func (p *failure) Unwrap() error { return p.sentinel }

// maxError bounds the text of an error, in bytes.
const maxError = 2000

// wrapError turns any error into one that may leave this package, with what was attempted
// before its text. All exported methods return errors through it.
func (f *Forge) wrapError(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	p := &failure{text: forge.Cut(f.redactor.Redact(fmt.Sprintf(format, args...)+": "+err.Error()), maxError)}
	for _, sentinel := range []error{forge.ErrStale, forge.ErrRefused, forge.ErrUnknown, forge.ErrUnable, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, sentinel) {
			p.sentinel = sentinel
			break
		}
	}
	return p
}

// statusCode is the HTTP status that GitHub answered with; zero for any other error.
func statusCode(err error) int {
	if e := (*github.ErrorResponse)(nil); errors.As(err, &e) && e.Response != nil {
		return e.Response.StatusCode
	}
	return 0
}

// errorMessage is the message of GitHub's error response, or else the text of the error.
func errorMessage(err error) string {
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
	return forge.Cut(forge.Plain(text), 500)
}

// writeError turns GitHub's error response to a write into ErrRefused or ErrStale. Any other
// error stays as it is: the write may have happened.
func writeError(err error) error {
	switch statusCode(err) {
	case http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusUnprocessableEntity, http.StatusNotFound, http.StatusUnavailableForLegalReasons:
		return fmt.Errorf("%w: %s", forge.ErrRefused, errorMessage(err))
	case http.StatusConflict:
		return fmt.Errorf("%w: %s", forge.ErrStale, errorMessage(err))
	}
	return err
}
