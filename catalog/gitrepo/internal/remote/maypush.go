package remote

import "context"

// MayPush asks for the refs as a push does, and ends before anything is sent. It is nil where the
// server lets these credentials begin a push; what it refuses of single branches it says only to
// a push.
func (r *Remote) MayPush(ctx context.Context) error {
	x, err := r.exchange("ask whether to push to")
	if err != nil {
		return err
	}
	if err := r.writable(); err != nil {
		return x.fail(err)
	}
	session, err := r.client.NewReceivePackSession(x.ep, x.auth)
	if err != nil {
		return x.fail(err)
	}
	defer session.Close()
	_, err = x.advertised(ctx, session)
	return err
}
