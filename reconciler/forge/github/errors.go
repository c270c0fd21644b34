package github

import (
	"context"
	"errors"
	"fmt"

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
