package notifiertest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/levee-gitops/levee/notifier"
)

// crowd is how many notices are sent at once to each recipient.
const crowd = 8

func concurrently(s *scene) {
	var group sync.WaitGroup
	recipients := []notifier.Recipient{s.Person, s.Other, s.Room}
	of := func(i int, to notifier.Recipient) notifier.Notice {
		n := s.notice(fmt.Sprintf("%d-%s", i, to.Name), to)
		mark := fmt.Sprintf(" (%d, %s)", i, to.Name)
		n.Title += mark
		n.Facts[0].Value += mark
		n.Actions[0].Command += mark
		return n
	}
	for i := range crowd {
		for _, to := range recipients {
			group.Go(func() {
				if _, err := s.Sender.Send(context.Background(), of(i, to)); err != nil {
					s.Errorf("send: %v", err)
				}
			})
		}
	}
	group.Wait()
	for _, to := range recipients {
		list := s.shown(to, crowd)
		ids := map[string]bool{}
		for _, m := range list {
			ids[m.Message] = true
		}
		if len(ids) != crowd && list[0].Message != "" {
			s.Errorf("%d messages share %d names", crowd, len(ids))
		}
		for i := range crowd {
			n := of(i, to)
			at := slices.IndexFunc(list, func(m Shown) bool { return strings.Contains(m.Text, n.Title) })
			if at < 0 {
				s.Fatalf("notice %d to %s is missing", i, to.Name)
			}
			s.reads(list[at], n)
		}
	}
}
