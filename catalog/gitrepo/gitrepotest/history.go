package gitrepotest

import (
	"fmt"
	"strings"

	"github.com/levee-gitops/levee/catalog"
)

// A Node is one commit of a history that is only there to be walked: it has a
// file, changed in each commit, and a time that need not be later than that of
// its parents.
type Node struct {
	Parents []int // indexes of earlier nodes
	Offset  int   // seconds after Start
}

// History makes the commits of nodes at once and returns their ids. The last one
// becomes the tip of the branch, and all are packed.
func (r *Remote) History(branch string, nodes []Node) []catalog.Commit {
	r.t.Helper()
	var in strings.Builder
	for i, n := range nodes {
		fmt.Fprintf(&in, "commit refs/history/%s\nmark :%d\n", branch, i+1)
		fmt.Fprintf(&in, "committer Ada <ada@example.com> %d +0000\n", Start.Unix()+int64(n.Offset))
		message := fmt.Sprintf("commit %d\n", i)
		fmt.Fprintf(&in, "data %d\n%s", len(message), message)
		for j, p := range n.Parents {
			verb := "merge"
			if j == 0 {
				verb = "from"
			}
			fmt.Fprintf(&in, "%s :%d\n", verb, p+1)
		}
		if len(n.Parents) == 0 {
			fmt.Fprintf(&in, "deleteall\n")
		}
		content := fmt.Sprintf("%d\n", i)
		fmt.Fprintf(&in, "M 100644 inline dir-%d/file-%d\ndata %d\n%s\n", i%7, i%50, len(content), content)
		// A root in the middle of a stream needs the branch to be let go.
		if i+1 < len(nodes) && len(nodes[i+1].Parents) == 0 {
			fmt.Fprintf(&in, "reset refs/history/%s\n\n", branch)
		}
	}
	marks := r.home + "/marks"
	r.GitInput(in.String(), "fast-import", "--quiet", "--force", "--export-marks="+marks)
	ids := make([]catalog.Commit, len(nodes))
	for line := range strings.Lines(r.readFile(marks)) {
		var mark int
		var id string
		if _, err := fmt.Sscanf(line, ":%d %s", &mark, &id); err != nil {
			r.t.Fatal(err)
		}
		ids[mark-1] = catalog.Commit(id)
	}
	r.SetRef("refs/heads/"+branch, string(ids[len(ids)-1]))
	return ids
}

// Linear makes a history of n commits in a row, a minute apart.
func (r *Remote) Linear(branch string, n int) []catalog.Commit {
	r.t.Helper()
	nodes := make([]Node, n)
	for i := range nodes {
		nodes[i].Offset = 60 * i
		if i > 0 {
			nodes[i].Parents = []int{i - 1}
		}
	}
	return r.History(branch, nodes)
}
