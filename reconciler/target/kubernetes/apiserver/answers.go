package apiserver

import (
	"context"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/levee-gitops/levee/reconciler/target"
)

// Told is an error of the API server with what people need of it: the error of ctx stays
// recognisable, and what another try cannot mend is marked. Only the API server itself refuses
// for good: what a proxy before it makes of a request may be otherwise the next time, unless it
// is too large for it.
func Told(err error) error {
	answered := errors.As(err, new(apierrors.APIStatus))
	switch {
	case err == nil:
		return nil
	case apierrors.IsRequestEntityTooLargeError(err):
		return fmt.Errorf("%w: %w", target.ErrPermanent, err)
	case (apierrors.IsInvalid(err) || apierrors.IsBadRequest(err)) && !apierrors.IsUnexpectedServerError(err):
		return fmt.Errorf("%w: %w", target.ErrPermanent, err)
	case answered: // by a server, whose own time may have been over
		return err
	case strings.Contains(err.Error(), context.DeadlineExceeded.Error()) && !errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", context.DeadlineExceeded, err)
	case strings.Contains(err.Error(), context.Canceled.Error()) && !errors.Is(err, context.Canceled):
		return fmt.Errorf("%w: %w", context.Canceled, err)
	}
	return err
}

// Missing reports whether the API server said that something is not there. An answer 404 which
// is not in its words says nothing of the thing: it is of a proxy, or of a path that is served
// no longer or not yet.
func Missing(err error) bool {
	return apierrors.IsNotFound(err) && !apierrors.IsUnexpectedServerError(err)
}
