package kubernetes

import (
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/reconciler/target/kubernetes/artefact"
	"github.com/levee-gitops/levee/reconciler/target/kubernetes/kubetest"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

// calls lists what Levee asked of this stage since a mark, without what it asks once of a
// cluster.
func (s *stage) calls(mark kubetest.Mark) (list []string) {
	for _, e := range s.Audit().Since(mark) {
		if strings.HasPrefix(e.UserAgent, "levee") && (strings.HasPrefix(e.Namespace, s.prefix) || strings.HasPrefix(e.Name, s.prefix)) {
			list = append(list, e.String())
		}
	}
	return list
}

// TestCalls: a first apply asks for the inventory and the namespace, and then only writes: the
// inventory twice and each resource once. A namespace that is there has all looked for in it.
func TestCalls(t *testing.T) {
	s := newStage(t)
	o := targettest.Object("board", "1.0.0", 1)
	list, err := artefact.Resources(s.artefact(o).Document)
	if err != nil {
		t.Fatal(err)
	}
	mark := s.Audit().Mark()
	s.mustApply(o)
	if got := s.calls(mark); len(got) != len(list)+4 {
		t.Errorf("a first apply of %d resources has %d calls: %q", len(list), len(got), got)
	}
	mark = s.Audit().Mark()
	s.mustApply(o)
	if got := s.calls(mark); len(got) != len(list)+1 || slices.ContainsFunc(got, func(call string) bool { return !strings.HasPrefix(call, "get ") }) {
		t.Errorf("the same apply again has %d calls: %q", len(got), got)
	}
}
