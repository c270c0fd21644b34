package api

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// TestWithin: so many are answered at once as there are slots, others wait a while and no longer; who gave
// up frees the place, and what takes too long is ended.
func TestWithin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slots := make(chan struct{}, 1)
		busy, giveUp := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- within(busy, slots, func(ctx context.Context) error {
				<-ctx.Done()
				return ctx.Err()
			})
		}()
		synctest.Wait()
		began := time.Now()
		var p *Problem
		if err := within(t.Context(), slots, func(context.Context) error { return nil }); !errors.As(err, &p) || p.Status != http.StatusServiceUnavailable || time.Since(began) != slotTime {
			t.Errorf("with no slot it says %v after %v", err, time.Since(began))
		}
		giveUp()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up is told %v", err)
		}
		began = time.Now()
		err := within(t.Context(), slots, func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		})
		if !errors.As(err, &p) || p.Status != http.StatusServiceUnavailable || time.Since(began) != answerTime {
			t.Errorf("what takes too long ends with %v after %v", err, time.Since(began))
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		slots <- struct{}{}
		if err := within(gone, slots, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("who is gone waits for a slot: %v", err)
		}
	})
}
