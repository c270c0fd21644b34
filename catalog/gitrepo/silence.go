package gitrepo

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// A listener gives up on a server that says nothing. A transfer may take as long as it
// needs, so it has no end of its own; and a connection can be gone without anybody
// being told.
type listener struct {
	next    http.RoundTripper
	silence time.Duration
}

var errSilent = errors.New("it says nothing any more")

func (l listener) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	h := &heard{ctx: ctx, cancel: cancel, silence: l.silence, timer: time.AfterFunc(l.silence, func() { cancel(errSilent) })}
	out := req.Clone(ctx)
	if req.Body != nil {
		out.Body = heardBody{h, req.Body, false} // what is sent takes its time too
	}
	res, err := l.next.RoundTrip(out)
	if err != nil {
		return nil, h.end(err)
	}
	h.timer.Reset(l.silence)
	res.Body = heardBody{h, res.Body, true}
	return res, nil
}

// heard is one exchange, and how long nothing was heard in it.
type heard struct {
	ctx     context.Context
	cancel  context.CancelCauseFunc
	silence time.Duration
	timer   *time.Timer
}

// end stops listening, and says why it failed.
func (h *heard) end(err error) error {
	h.timer.Stop()
	if err != nil && errors.Is(context.Cause(h.ctx), errSilent) {
		err = errSilent
	}
	h.cancel(nil)
	return err
}

type heardBody struct {
	*heard
	io.ReadCloser
	last bool // nothing comes after it
}

func (b heardBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.timer.Reset(b.silence)
	}
	if err != nil && err != io.EOF && errors.Is(context.Cause(b.ctx), errSilent) {
		err = errSilent
	}
	return n, err
}

func (b heardBody) Close() error {
	err := b.ReadCloser.Close()
	if b.last {
		_ = b.end(nil)
	}
	return err
}
