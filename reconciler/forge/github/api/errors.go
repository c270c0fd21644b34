package api

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// Status is the HTTP status that GitHub answered with; zero for any other error.
func Status(err error) int {
	if e := (*github.ErrorResponse)(nil); errors.As(err, &e) && e.Response != nil {
		return e.Response.StatusCode
	}
	return 0
}

// Message is the message of GitHub's error response, or else the text of the error.
func Message(err error) string {
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

// WriteError turns GitHub's error response to a write into ErrRefused or ErrStale. Any other
// error stays as it is: the write may have happened.
func WriteError(err error) error {
	switch Status(err) {
	case http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusUnprocessableEntity, http.StatusNotFound, http.StatusUnavailableForLegalReasons:
		return fmt.Errorf("%w: %s", forge.ErrRefused, Message(err))
	case http.StatusConflict:
		return fmt.Errorf("%w: %s", forge.ErrStale, Message(err))
	}
	return err
}
