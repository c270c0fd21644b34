package remote

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// idleTimeout gives up on a server that sends and takes nothing for some time. A whole
// transfer may take as long as it needs, so it has no deadline; but a connection can be
// gone without either side being told.
type idleTimeout struct {
	next    http.RoundTripper
	timeout time.Duration
}

var errIdle = errors.New("it says nothing any more")

func (t idleTimeout) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	w := &idleTimer{ctx: ctx, cancel: cancel, timeout: t.timeout, timer: time.AfterFunc(t.timeout, func() { cancel(errIdle) })}
	out := req.Clone(ctx)
	if req.Body != nil {
		out.Body = timedBody{w, req.Body, false} // what is sent takes its time too
	}
	res, err := t.next.RoundTrip(out)
	if err != nil {
		return nil, w.end(err)
	}
	w.timer.Reset(t.timeout)
	res.Body = timedBody{w, res.Body, true}
	return res, nil
}

// An idleTimer ends one exchange when nothing was transferred for too long.
type idleTimer struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	timeout time.Duration
	timer   *time.Timer
}

// end stops the timer, and says errIdle where that is why the exchange failed.
func (w *idleTimer) end(err error) error {
	w.timer.Stop()
	if err != nil && errors.Is(context.Cause(w.ctx), errIdle) {
		err = errIdle
	}
	w.cancel(nil)
	return err
}

// A timedBody starts the timer again with every read that brings something.
type timedBody struct {
	*idleTimer
	io.ReadCloser
	last bool // nothing comes after it
}

func (b timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.timer.Reset(b.timeout)
	}
	if err != nil && err != io.EOF && errors.Is(context.Cause(b.ctx), errIdle) {
		err = errIdle
	}
	return n, err
}

func (b timedBody) Close() error {
	err := b.ReadCloser.Close()
	if b.last {
		_ = b.end(nil)
	}
	return err
}
