package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"github.com/levee-gitops/levee/reconciler/api/auth"
	"github.com/levee-gitops/levee/reconciler/parallel"
)

const (
	answerTime   = 20 * time.Second // for one request, once it has a slot
	slotTime     = 5 * time.Second  // how long it waits for one
	exchangeTime = 90 * time.Second // until whoever called has read the answer
)

// handler answers a request, or says by an error why not.
type handler func(w http.ResponseWriter, r *http.Request) error

// guarded lets those call a handler who may, as often as they may. What breaks off is logged, and ends
// nothing else.
func (a *API) guarded(may auth.Permission, do handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := parallel.Guard(a.Log, "a request", r.Method+" "+r.URL.Path, func() error {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(exchangeTime)) // else as long as the server lets it
			if err := a.admit(w, r, may); err != nil {
				return err
			}
			return do(w, r)
		})
		if err != nil {
			a.refuse(w, r, err)
		}
	})
}

// admit says whether whoever calls may, and has not called too often.
func (a *API) admit(w http.ResponseWriter, r *http.Request, may auth.Permission) error {
	client, err := a.caller(r)
	if err != nil {
		var p *Problem
		if errors.As(err, &p) && p.Status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", `Bearer realm="levee"`)
		}
		return err
	}
	if wait := tooSoon(a.clients[client.Name], a.Now()); wait > 0 {
		return problem(http.StatusTooManyRequests, "The client %s asks more often than it may. Wait as long as Retry-After says.", client.Name).again(wait)
	}
	if !client.Allows(may) {
		return problem(http.StatusForbidden, "The client %s may not %s. Whoever operates the daemon lets it, by `may` under api.clients in levee.yaml.", client.Name, may)
	}
	return nil
}

// caller is the client that calls. Tokens that are nobody's count together, so that guessing is slow, and
// asking a provider about them as well; whoever has one of a client's own is not held up by that.
func (a *API) caller(r *http.Request) (auth.Client, error) {
	token := auth.Token(r.Header.Get("Authorization"))
	client, err := a.auth.Known(token)
	if errors.Is(err, auth.ErrUnknown) && a.auth.Signed(token) && a.failures.TokensAt(a.Now()) >= 1 {
		client, err = a.auth.Verify(r.Context(), token)
	}
	if err == nil {
		return client, nil
	}
	switch {
	case errors.Is(err, auth.ErrUnavailable):
		a.Log.Warn("a client cannot be told from others", "error", err)
		return client, problem(http.StatusServiceUnavailable, "Who signs tokens cannot be asked now. Try again later.").again(slotTime)
	case errors.Is(err, auth.ErrNotListed):
		return client, problem(http.StatusForbidden, "The token is valid, and its subject is not listed. Whoever operates the daemon lists it, by `subjects` under api.clients in levee.yaml.")
	}
	if wait := tooSoon(a.failures, a.Now()); wait > 0 {
		return client, problem(http.StatusTooManyRequests, "Too many calls came with tokens that are nobody's. Wait as long as Retry-After says.").again(wait)
	}
	if errors.Is(err, auth.ErrNoToken) {
		return client, problem(http.StatusUnauthorized, "Send a token that the daemon knows, as `Authorization: Bearer …`.")
	}
	return client, problem(http.StatusUnauthorized, "The token is nobody's, or its time is over. Send one that the daemon knows, as `Authorization: Bearer …`.")
}

// tooSoon takes one from a limiter, or says how long it is until there is one.
func tooSoon(l *rate.Limiter, now time.Time) time.Duration {
	r := l.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// within does something as soon as there is a slot for it, of which there are few: those who ask must not
// slow down the passes. It ends when whoever asked is gone, and after a while.
func within(ctx context.Context, slots chan struct{}, do func(ctx context.Context) error) error {
	wait := time.NewTimer(slotTime)
	defer wait.Stop()
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	case <-wait.C:
		return problem(http.StatusServiceUnavailable, "As many others are being answered as can be at once. Try again later.").again(slotTime)
	}
	defer func() { <-slots }()
	bounded, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	err := do(bounded)
	if err != nil && bounded.Err() != nil && ctx.Err() == nil {
		return problem(http.StatusServiceUnavailable, "It took longer than %s. Ask for less at once, or try again later.", answerTime).again(slotTime)
	}
	return err
}
