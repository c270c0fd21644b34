package plaingit_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/forgetest"
)

const hello = "publish/hello"

func (w *world) push(branch string, c gitrepotest.Change) catalog.Commit {
	w.t.Helper()
	if c.From == "" {
		c.From = w.main()
	}
	id := w.remote.Commit(branch, c)
	w.sync()
	return id
}

// hands are the paths of each contributor, by identity or address.
func (w *world) hands(c forge.Change) map[string]string {
	hands := map[string]string{}
	names := map[string]string{"": ""}
	for _, person := range []string{"ada", "bob", "carol", "mallory", "daemon"} {
		names[w.who(person).Key] = person
	}
	for _, by := range c.Contributors {
		hands[names[by.Identity.Key]+by.Email] = strings.Join(by.Paths, " ")
	}
	return hands
}

func TestSignerIsTheAuthor(t *testing.T) {
	w := newWorld(t)
	w.push(hello, gitrepotest.Change{
		Message: "Say hello\n\nReviewed-by: nobody\nco-authored-BY: Dan <dan@example.com>\n\nCo-authored-by: Eve <eve@example.com>",
		Write:   map[string]string{"a": "1"}, Author: "Carol <carol@example.com>", Key: w.key("mallory"),
	})
	c := w.change(hello)
	if c.Author != w.who("mallory") || c.Title != "Say hello" {
		t.Errorf("%+v", c)
	}
	want := map[string]string{"mallory": "a", "carol@example.com": "a", "dan@example.com": "a", "eve@example.com": "a"}
	if got := w.hands(c); !reflect.DeepEqual(got, want) {
		t.Errorf("the contributors are %v, want %v", got, want)
	}
}

func TestCommitsThatAreNobodys(t *testing.T) {
	w := newWorld(t)
	signed := w.remote.Git("cat-file", "commit", string(w.push("elsewhere", gitrepotest.Change{Write: map[string]string{"x": "1"}, Key: w.key("carol")})))
	headers, rest, _ := strings.Cut(signed, "gpgsig ")
	signature, message, _ := strings.Cut(rest, "\n\n")
	tree := strings.TrimPrefix(strings.SplitN(headers, "\n", 2)[0], "tree ")
	write := func(text string) string {
		return strings.TrimSpace(w.remote.GitInput(text, "hash-object", "-t", "commit", "-w", "--literally", "--stdin"))
	}
	for name, head := range map[string]string{
		"unsigned":        string(w.push("unsigned", gitrepotest.Change{Write: map[string]string{"x": "1"}, Author: "Carol <carol@example.com>"})),
		"another message": write(headers + "gpgsig " + signature + "\n\n" + message + "and more\n"),
		"another purpose": write(headers + "gpgsig " + w.signFor("file", "carol", headers+"\n"+message) + "\n\n" + message),
		"not a signature": write(headers + "gpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----\n\n" + message),
		"pgp":             write(headers + "gpgsig -----BEGIN PGP SIGNATURE-----\n \n AAAA\n -----END PGP SIGNATURE-----\n\n" + message),
		"two trees":       write("tree " + tree + "\n" + headers + "gpgsig " + w.signFor("git", "carol", "tree "+tree+"\n"+headers+"\n"+message) + "\n\n" + message),
	} {
		t.Run(name, func(t *testing.T) {
			id := "publish/" + strings.ReplaceAll(name, " ", "-")
			w.remote.SetRef("refs/heads/"+id, head)
			w.sync()
			for _, onTop := range []bool{false, true} {
				if onTop {
					w.push(id, gitrepotest.Change{Write: map[string]string{"y": "1"}, Key: w.key("ada"), Author: "ada <ada@example.com>"})
				}
				c := w.change(id)
				if c.Author != (forge.Identity{}) || c.Bot || !c.Open {
					t.Errorf("its author is %+v", c.Author)
				}
				nobody := slices.ContainsFunc(c.Contributors, func(by forge.Contributor) bool {
					return by.Identity == forge.Identity{} && by.Email == "" && slices.Contains(by.Paths, "x")
				})
				if hands := w.hands(c); !nobody || hands["carol"] != "" {
					t.Errorf("the contributors are %v", hands)
				}
				if p := w.problems(id); lines(p, "the commit is nobody's") != 1 {
					t.Errorf("the problems are %s", p)
				}
				if !onTop {
					continue
				}
				if hands := w.hands(c); hands["ada"] != "y" {
					t.Errorf("the contributors are %v", hands)
				}
			}
		})
	}
	// The proof that the ways above fail for the right reason.
	w.remote.SetRef("refs/heads/publish/right", write(headers+"gpgsig "+w.signFor("git", "carol", headers+"\n"+message)+"\n\n"+message))
	w.sync()
	if c := w.change("publish/right"); c.Author != w.who("carol") {
		t.Errorf("a right signature is not accepted: %+v\n%s", c, w.problems("publish/right"))
	}
}

// signFor signs like ssh-keygen -Y sign, as the value of a header.
func (w *world) signFor(namespace, person, text string) string {
	w.t.Helper()
	file := filepath.Join(w.t.TempDir(), "text")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	if out, err := exec.Command("ssh-keygen", "-Y", "sign", "-n", namespace, "-f", w.key(person).File, file).CombinedOutput(); err != nil {
		w.t.Fatalf("%v\n%s", err, out)
	}
	sig, err := os.ReadFile(file + ".sig")
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.ReplaceAll(strings.TrimSpace(string(sig)), "\n", "\n ")
}

func TestOneCommitThatIsNobodysIsEnough(t *testing.T) {
	w := newWorld(t)
	w.open(hello, "a")
	w.push(hello, gitrepotest.Change{Write: map[string]string{"b": "1"}, Author: "bob <bob@example.com>"})
	w.push(hello, gitrepotest.Change{Write: map[string]string{"c": "1"}, Author: "ada <ada@example.com>", Key: w.key("ada")})
	c := w.change(hello)
	want := map[string]string{"ada": "a c", "ada@example.com": "a c", "": "b", "bob@example.com": "b"}
	if got := w.hands(c); c.Author != (forge.Identity{}) || !reflect.DeepEqual(got, want) {
		t.Errorf("by %+v; the contributors are %v, want %v", c.Author, got, want)
	}
}

func TestStrangersAreToldByKey(t *testing.T) {
	w := newWorld(t)
	w.open(hello, "a")
	w.push(hello, gitrepotest.Change{Write: map[string]string{"b": "1"}, Author: "ada <ada@example.com>", Key: w.key("mallory")})
	c := w.change(hello)
	if hands := w.hands(c); c.Author != w.who("ada") || hands["mallory"] != "b" || hands["ada"] != "a" {
		t.Errorf("%+v", c)
	}
	if p := w.problems(hello); p != "" {
		t.Errorf("the problems are %s", p)
	}
}

func TestMerges(t *testing.T) {
	w := newWorld(t)
	w.push("main", gitrepotest.Change{Write: map[string]string{"both": "0\n", "main": "0\n", "apps/x": "0\n"}})
	first := string(w.open(hello, "a", "both"))
	second := string(w.push("main", gitrepotest.Change{Write: map[string]string{"main": "1\n", "apps/x": "1\n"}, Key: w.key("bob")}))
	clean := w.treeOf(w.update(hello, "carol"))
	before := w.change(hello)
	third := string(w.push("main", gitrepotest.Change{Write: map[string]string{"both": "main's\n"}, Key: w.key("bob")}))
	changed := func(tree string, files map[string]string) string {
		head := w.remote.Commit("scratch", gitrepotest.Change{Write: files, From: catalog.Commit(w.commitOf(tree))})
		w.remote.SetRef("refs/heads/scratch", "")
		return w.treeOf(head)
	}
	for name, tt := range map[string]struct {
		tree, other, want string
	}{
		"clean":             {clean, second, ""},
		"smuggled":          {changed(clean, map[string]string{"apps/x": "smuggled\n"}), second, "apps/x"},
		"smuggled anew":     {changed(clean, map[string]string{"apps/y": "smuggled\n"}), second, "apps/y"},
		"ours":              {w.treeOf(catalog.Commit(first)), second, "apps/x main"},
		"theirs":            {w.treeOf(catalog.Commit(second)), second, "a both"},
		"resolved":          {changed(clean, map[string]string{"both": "of both\n"}), third, "both"},
		"resolved to mine":  {clean, third, "both"},
		"resolved to yours": {changed(clean, map[string]string{"both": "main's\n"}), third, "both"},
	} {
		t.Run(name, func(t *testing.T) {
			w.merge(hello, "mallory", tt.tree, first, tt.other)
			c := w.change(hello)
			if got := w.hands(c)["mallory"]; got != tt.want || c.Author != w.who("ada") {
				t.Errorf("a merge contributes %q, want %q; by %+v", got, tt.want, c.Author)
			}
			if tt.want == "" && !reflect.DeepEqual(c.Contributors, before.Contributors) {
				t.Errorf("a clean merge contributes: %v", w.hands(c))
			}
		})
	}
	t.Run("unsigned and clean", func(t *testing.T) {
		w.remote.SetRef("refs/heads/"+hello, strings.TrimSpace(w.remote.Git("commit-tree", "-m", "Merge", clean, "-p", first, "-p", second)))
		w.sync()
		if c := w.change(hello); c.Author != w.who("ada") || !reflect.DeepEqual(c.Contributors, before.Contributors) {
			t.Errorf("%+v", c)
		}
	})
	t.Run("unsigned and smuggling", func(t *testing.T) {
		tree := changed(clean, map[string]string{"apps/x": "smuggled\n"})
		w.remote.SetRef("refs/heads/"+hello, strings.TrimSpace(w.remote.Git("commit-tree", "-m", "Merge", tree, "-p", first, "-p", second)))
		w.sync()
		if c := w.change(hello); c.Author != (forge.Identity{}) {
			t.Errorf("%+v", c)
		}
	})
	t.Run("of another branch", func(t *testing.T) {
		side := string(w.push("side", gitrepotest.Change{From: catalog.Commit(second), Write: map[string]string{"side": "1"}, Key: w.key("bob")}))
		w.merge(hello, "carol", changed(clean, map[string]string{"side": "1"}), first, side)
		if hands := w.hands(w.change(hello)); hands["bob"] != "side" || hands["carol"] != "" {
			t.Errorf("%v", hands)
		}
	})
	t.Run("of three", func(t *testing.T) {
		side := string(w.remote.Branch("side"))
		w.merge(hello, "mallory", clean, first, second, side)
		if hands := w.hands(w.change(hello)); !strings.Contains(hands["mallory"], "side") {
			t.Errorf("what an octopus drops is nobody's: %v", hands)
		}
	})
}

func (w *world) treeOf(c catalog.Commit) string {
	w.t.Helper()
	return strings.TrimSpace(w.remote.Git("rev-parse", string(c)+"^{tree}"))
}

// commitOf is a commit without parents that holds a tree.
func (w *world) commitOf(tree string) string {
	w.t.Helper()
	return strings.TrimSpace(w.remote.Git("commit-tree", "-m", "tree", tree))
}

func TestEmptyAndUnrelatedCommits(t *testing.T) {
	w := newWorld(t)
	w.open(hello, "a")
	w.push(hello, gitrepotest.Change{Key: w.key("bob")})
	if hands := w.hands(w.change(hello)); hands["ada"] != "a" || len(hands) != 2 {
		t.Errorf("who touches no path has a hand in all of them: %v", hands)
	}
	root := w.commitOf(w.treeOf(w.main()))
	w.remote.SetRef("refs/heads/publish/root", root)
	head := w.push("publish/root", gitrepotest.Change{Write: map[string]string{"b": "1"}, Key: w.key("ada")})
	if c := w.change("publish/root"); c.Author != (forge.Identity{}) || w.hands(c)["ada"] != "b" || w.hands(c)[""] != "README" {
		t.Errorf("%+v", c)
	}
	w.refuses(land("publish/root", head), forge.ErrRefused, "no commit in common")
}

func TestNamesOfChanges(t *testing.T) {
	w := newWorld(t)
	head := string(w.open("publish/team/übersicht-1.0_b", "a"))
	for _, name := range []string{"publish/a\u00a0", "publish/a\u200bb", "publish/a\u202eb", "publish/" + strings.Repeat("x", 220), "publish/a\xffb", "publisher", "levee/publish/a"} {
		w.remote.SetRef("refs/heads/"+name, head)
		w.sync()
		if _, err := w.forge.Change(t.Context(), name); err == nil {
			t.Errorf("%q is taken for a change", name)
		}
	}
	w.remote.SetRef("refs/heads/publish/nothing", string(w.main()))
	w.sync()
	for range 2 {
		if ids, err := w.forge.Changes(t.Context(), "main"); err != nil || !slices.Equal(forgetest.IDs(ids), []string{"publish/team/übersicht-1.0_b"}) {
			t.Errorf("%q, %v", ids, err)
		}
	}
	if got := lines(w.log.String(), "plain text of at most 200 bytes"); got != 5 {
		t.Errorf("the operator was told %d times of 5 names:\n%s", got, w.log)
	}
	if id, err := w.forge.Changes(t.Context(), "publish/team/übersicht-1.0_b"); err != nil || len(id) != 0 {
		t.Errorf("%q, %v", id, err)
	}
}

func TestTooManyCommits(t *testing.T) {
	w := newWorld(t)
	w.open(hello, "a")
	w.remote.Linear("publish/long", 1001)
	w.push("publish/wordy", gitrepotest.Change{Message: "x" + strings.Repeat("\nx", 40_000), Write: map[string]string{"a": "1"}})
	if c, err := w.forge.Change(t.Context(), "publish/long"); !errors.Is(err, forge.ErrUnusable) || !strings.Contains(err.Error(), "1001 commits") || c.Head == "" || !c.Open {
		t.Errorf("%+v, %v", c, err)
	}
	// What nobody would write is nobody's, as without a signature.
	if c := w.change("publish/wordy"); c.Author != (forge.Identity{}) || !strings.Contains(w.problems("publish/wordy"), "80002 bytes") {
		t.Errorf("%+v, %s", c, w.problems("publish/wordy"))
	}
	if ids, err := w.forge.Changes(t.Context(), "main"); err != nil || len(ids) != 3 {
		t.Errorf("%q, %v", ids, err)
	}
	w.change(hello)
}

func TestTooManyPathsAreAll(t *testing.T) {
	w := newWorld(t)
	var in strings.Builder
	fmt.Fprintf(&in, "commit refs/heads/%s\ncommitter Ada <ada@example.com> 1775034000 +0000\ndata 1\nx\nfrom refs/heads/main\n", hello)
	for i := range 10_001 {
		fmt.Fprintf(&in, "M 100644 inline d%d/f%d\ndata 1\nx\n", i%100, i)
	}
	w.remote.GitInput(in.String(), "fast-import", "--quiet")
	w.sync()
	if len(w.change(hello).Contributors) != 2 {
		t.Errorf("%+v", w.hands(w.change(hello)))
	}
	for _, by := range w.change(hello).Contributors {
		if len(by.Paths) != 0 {
			t.Errorf("%q touched %d paths", by.Email, len(by.Paths))
		}
	}
}
