package gitrepo_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/gitrepo"
	"github.com/levee-gitops/levee/catalog/gitrepo/gitrepotest"
)

// A forge serves a repository over HTTP to who has the token, as git itself would.
type forge struct {
	*httptest.Server
	mu      sync.Mutex
	token   string
	seen    []string // every Authorization header
	respond func(http.ResponseWriter, *http.Request) bool
}

func newForge(t *testing.T, remote *gitrepotest.Remote, token string) *forge {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	remote.Git("config", "http.receivepack", "true")
	backend := &cgi.Handler{
		Path: git, Args: []string{"http-backend"}, Root: "/",
		Env: []string{
			"GIT_PROJECT_ROOT=" + filepath.Dir(remote.Dir), "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=levee",
			"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		},
		Stderr: t.Output(),
	}
	f := &forge{token: token}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		f.mu.Lock()
		f.seen = append(f.seen, r.Header.Get("Authorization"))
		allowed := f.token == "" || user == "x-access-token" && password == f.token
		respond := f.respond
		f.mu.Unlock()
		if respond != nil && respond(w, r) {
			return
		}
		if !allowed {
			w.Header().Set("WWW-Authenticate", "Basic")
			w.WriteHeader(http.StatusUnauthorized)
			// Some servers repeat what they were sent.
			fmt.Fprintf(w, "no entry for %s, %q\n\x1b[31m", password, r.Header.Get("Authorization"))
			return
		}
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func TestHTTP(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	const secret = "s3cret/token+with=signs"
	f := newForge(t, remote, secret)
	var mu sync.Mutex
	token := secret
	opts := gitrepo.Options{
		Dir: t.TempDir(), Remote: f.URL + "/" + filepath.Base(remote.Dir),
		Token: func() (string, error) {
			mu.Lock()
			defer mu.Unlock()
			return token, nil
		},
	}
	repo := gitrepotest.OpenWith(t, opts)
	checkMirror(t, repo, remote)
	remote.Commit("main", gitrepotest.Change{Write: map[string]string{"b": "1"}})
	if moves := must(repo.Fetch(t.Context())); len(moves) != 1 {
		t.Errorf("%v moved", moves)
	}
	tip := remote.Branch("main")
	b, id := draft(t, repo, tip, "c", "3")
	if err := repo.Push(t.Context(), b, gitrepo.Advance("main", tip, id)); err != nil {
		t.Fatal(err)
	}
	checkMirror(t, repo, remote)
	if err := repo.Push(t.Context(), b, gitrepo.Advance("main", tip, id)); !errors.Is(err, gitrepo.ErrStale) {
		t.Errorf("a push from where main was: %v", err)
	}
	remote.Hook("pre-receive", "echo rule 7 >&2; exit 1")
	b, next := draft(t, repo, id, "d", "4")
	if err := repo.Push(t.Context(), b, gitrepo.Advance("main", id, next)); !errors.Is(err, gitrepo.ErrRejected) || !strings.Contains(err.Error(), "rule 7") {
		t.Errorf("a refused push: %v", err)
	}

	// The token changes on the server, and then here.
	f.mu.Lock()
	f.token = "rotated"
	f.mu.Unlock()
	for name, try := range map[string]func() error{
		"fetch": func() error { _, err := repo.Fetch(t.Context()); return err },
		"list":  func() error { _, err := repo.RemoteTips(t.Context(), ""); return err },
		"push":  func() error { return repo.Push(t.Context(), b, gitrepo.Advance("main", id, next)) },
	} {
		err := try()
		if !errors.Is(err, gitrepo.ErrUnauthorized) {
			t.Errorf("%s with an old token: %v", name, err)
			continue
		}
		checkSecret(t, err, secret)
	}
	mu.Lock()
	token = "rotated"
	mu.Unlock()
	if _, err := repo.Fetch(t.Context()); err != nil {
		t.Error(err)
	}
}

// checkSecret looks for a token in everything that an error can say.
func checkSecret(t *testing.T, err error, secret string) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		for _, form := range []string{"%v", "%+v", "%#v", "%q"} {
			text := fmt.Sprintf(form, e)
			if strings.Contains(text, secret) || strings.Contains(text, "eC1hY2Nlc3M") || strings.ContainsAny(e.Error(), "\n\x1b") {
				t.Errorf("the error tells %s", text)
			}
		}
	}
}

// TestRedirects sends the client elsewhere. The other origin must not see the
// token, nor may a push follow.
func TestRedirects(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	path := "/" + filepath.Base(remote.Dir)
	open := newForge(t, remote, "")
	front := newForge(t, remote, "s3cret")
	front.respond = func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, open.URL+r.URL.String(), http.StatusFound)
		return true
	}
	opts := gitrepo.Options{Dir: t.TempDir(), Remote: front.URL + path, Token: func() (string, error) { return "s3cret", nil }}
	repo, err := gitrepo.Open(t.Context(), opts)
	if err == nil {
		// Following is allowed; carrying the token along is not.
		checkMirror(t, repo, remote)
		repo.Close()
	}
	if len(open.seen) == 0 {
		t.Fatal("the redirect was not followed, so nothing was learnt")
	}
	for _, header := range open.seen {
		if header != "" {
			t.Errorf("the other origin was sent %q", header)
		}
	}
	if len(front.seen) == 0 || front.seen[0] == "" {
		t.Error("the right origin was not sent the token")
	}

	// Only the first request of an exchange may be redirected.
	front.respond = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			http.Redirect(w, r, open.URL+r.URL.String(), http.StatusTemporaryRedirect)
			return true
		}
		return false
	}
	opts.Dir = t.TempDir()
	before := len(open.seen)
	if _, err := gitrepo.Open(t.Context(), opts); err == nil || len(open.seen) != before {
		t.Errorf("a later request was redirected: %v", err)
	}
}

func TestCredentialsInTheURL(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	f := newForge(t, remote, "s3cret")
	address := strings.Replace(f.URL, "http://", "http://x-access-token:s3cret@", 1) + "/" + filepath.Base(remote.Dir)
	repo := gitrepotest.OpenWith(t, gitrepo.Options{Dir: t.TempDir(), Remote: address})
	checkMirror(t, repo, remote)
	f.token = "other"
	_, err := repo.Fetch(t.Context())
	if !errors.Is(err, gitrepo.ErrUnauthorized) || !strings.Contains(err.Error(), f.URL) {
		t.Errorf("fetch: %v", err)
	}
	checkSecret(t, err, "s3cret")
	f.token = ""
	_, err = gitrepo.Open(t.Context(), gitrepo.Options{Dir: t.TempDir(), Remote: address + "-none"})
	if !errors.Is(err, gitrepo.ErrNoRepository) {
		t.Errorf("no such repository: %v", err)
	}
	checkSecret(t, err, "s3cret")
	f.Close()
	_, err = repo.Fetch(t.Context())
	checkSecret(t, err, "s3cret")
}

// TestServerFails answers with everything but what was asked for.
func TestServerFails(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	f := newForge(t, remote, "")
	repo := gitrepotest.OpenWith(t, gitrepo.Options{Dir: t.TempDir(), Remote: f.URL + "/" + filepath.Base(remote.Dir)})
	remote.Commit("main", gitrepotest.Change{Write: map[string]string{"b": "1"}})
	tip := remote.Branch("main")
	for name, respond := range map[string]func(w http.ResponseWriter, r *http.Request) bool{
		"an error with a long body": func(w http.ResponseWriter, r *http.Request) bool {
			w.WriteHeader(http.StatusBadGateway)
			for range 1000 {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return true
				}
			}
			t.Error("the client read all of a long refusal")
			return true
		},
		"a page":  func(w http.ResponseWriter, r *http.Request) bool { fmt.Fprint(w, "<html>"); return true },
		"nothing": func(w http.ResponseWriter, r *http.Request) bool { return true },
		"refs without end": func(w http.ResponseWriter, r *http.Request) bool {
			fmt.Fprint(w, "001e# service=git-upload-pack\n0000003f"+string(tip)+" refs/heads/main\x00agent=x\n")
			return true
		},
		"a cut-off session": func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPost {
				fmt.Fprint(w, "0008NAK\n0010\x01PACK\x00\x00\x00\x02")
				return true
			}
			return false
		},
		"a pack that is none": func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPost {
				fmt.Fprint(w, "0008NAK\n0028\x01"+strings.Repeat("x", 35)+"0000")
				return true
			}
			return false
		},
	} {
		f.mu.Lock()
		f.respond = respond
		f.mu.Unlock()
		before := repo.Tips("")
		if _, err := repo.Fetch(t.Context()); err == nil || len(err.Error()) > 2000 {
			t.Errorf("%s: %v", name, err)
		}
		if len(repo.Tips("")) != len(before) {
			t.Errorf("%s: the refs are %v", name, repo.Tips(""))
		}
		b, id := draft(t, repo, catalog.Commit(before[0].ID), "c", "3")
		err := repo.Push(t.Context(), b, gitrepo.Advance("side", "", id))
		if err == nil || errors.Is(err, gitrepo.ErrStale) || errors.Is(err, gitrepo.ErrRejected) {
			t.Errorf("push, %s: %v", name, err)
		}
	}
	f.mu.Lock()
	f.respond = nil
	f.mu.Unlock()
	must(repo.Fetch(t.Context()))
	checkMirror(t, repo, remote)
}

// TestPagesForPeople: where a sign-in page or a proxy answers in Git's place, that is said,
// with no more of the page than what it is called.
func TestPagesForPeople(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	f := newForge(t, remote, "")
	repo := gitrepotest.OpenWith(t, gitrepo.Options{Dir: t.TempDir(), Remote: f.URL + "/" + filepath.Base(remote.Dir)})
	for status, title := range map[int]string{200: "Sign in \u00b7 Example", 502: "Bad\n gateway", 503: ""} {
		f.mu.Lock()
		f.respond = func(w http.ResponseWriter, r *http.Request) bool {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(status)
			fmt.Fprintf(w, "<!doctype html><html><head><title>%s</title></head><body>pageText</body>", title)
			return true
		}
		f.mu.Unlock()
		_, err := repo.Fetch(t.Context())
		if err == nil || !strings.Contains(err.Error(), "web page") || !strings.Contains(err.Error(), strings.Join(strings.Fields(title), " ")) ||
			!strings.Contains(err.Error(), fmt.Sprint(status)) || strings.Contains(err.Error(), "pageText") {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// TestTokenWithALineBreak: what a file of a secret ends in is no part of it.
func TestTokenWithALineBreak(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	f := newForge(t, remote, "s3cret")
	repo := gitrepotest.OpenWith(t, gitrepo.Options{
		Dir: t.TempDir(), Remote: f.URL + "/" + filepath.Base(remote.Dir), Token: func() (string, error) { return " s3cret\r\n", nil },
	})
	checkMirror(t, repo, remote)
}

// TestLongerIDs: a repository whose ids are longer is named as that.
func TestLongerIDs(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{{"init", "--quiet", "--object-format=sha256", dir}, {"-C", dir, "commit", "--quiet", "--allow-empty", "-m", "x"}} {
		cmd := exec.Command("git", args...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@x", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@x")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	if _, err := gitrepo.Open(t.Context(), gitrepo.Options{Dir: t.TempDir(), Remote: dir}); err == nil || !strings.Contains(err.Error(), "SHA-256 repository") {
		t.Errorf("%v", err)
	}
}

func TestRemotesThatAreNone(t *testing.T) {
	for _, remote := range []string{
		"", "ssh://git@example.com/x", "git://example.com/x", "file://elsewhere/x", "file://", "/does/not/exist",
		"ext::sh -c true", "-upload-pack=x", "http://[::1", t.TempDir(),
	} {
		_, err := gitrepo.Open(t.Context(), gitrepo.Options{Dir: t.TempDir(), Remote: remote})
		if err == nil {
			t.Errorf("%q was opened", remote)
		}
	}
	for _, pattern := range []string{"*", "refs/*/*", "heads/x", "refs/heads/../x"} {
		_, err := gitrepo.Open(t.Context(), gitrepo.Options{Dir: t.TempDir(), Remote: "/x", Refs: []string{pattern}})
		if err == nil || !strings.Contains(err.Error(), "pattern") {
			t.Errorf("%q: %v", pattern, err)
		}
	}
}

// TestPushDuringFetch pushes after the remote told a fetch where its refs are. The
// fetch must not take the mirror back.
func TestPushDuringFetch(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	f := newForge(t, remote, "")
	repo := gitrepotest.OpenWith(t, gitrepo.Options{Dir: t.TempDir(), Remote: f.URL + "/" + filepath.Base(remote.Dir)})
	tip := remote.Branch("main")
	side := remote.Commit("side", gitrepotest.Change{From: tip, Write: map[string]string{"s": "1"}})
	b, id := draft(t, repo, tip, "c", "3")
	var once sync.Once
	f.mu.Lock()
	f.respond = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/git-upload-pack") {
			once.Do(func() {
				if err := repo.Push(t.Context(), b, gitrepo.Advance("main", tip, id)); err != nil {
					t.Error(err)
				}
			})
		}
		return false
	}
	f.mu.Unlock()
	moves := must(repo.Fetch(t.Context()))
	if diff := cmp.Diff([]gitrepo.Move{{Ref: "refs/heads/side", New: gitrepo.ID(side)}}, moves); diff != "" {
		t.Error(diff)
	}
	if got := must(repo.Tip("refs/heads/main")); got != gitrepo.ID(id) {
		t.Errorf("main is at %s", got)
	}
	checkMirror(t, repo, remote)
}

// TestRefsThatAreNone has a server that advertises names which are no refs.
func TestRefsThatAreNone(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	f := newForge(t, remote, "")
	repo := gitrepotest.OpenWith(t, gitrepo.Options{Dir: t.TempDir(), Remote: f.URL + "/" + filepath.Base(remote.Dir)})
	f.mu.Lock()
	f.respond = func(w http.ResponseWriter, r *http.Request) bool {
		line := func(s string) { fmt.Fprintf(w, "%04x%s", len(s)+4, s) }
		line("# service=git-upload-pack\n")
		fmt.Fprint(w, "0000")
		line(string(remote.Branch("main")) + " refs/heads/main\x00agent=x symref=HEAD:../x\n")
		for _, name := range []string{"refs/heads/../../../x", "refs/heads/a..b", "refs/heads/.x", "/etc/passwd", "refs/heads/x\x1b[31m", "refs/heads/good"} {
			line(string(remote.Branch("main")) + " " + name + "\n")
		}
		fmt.Fprint(w, "0000")
		return true
	}
	f.mu.Unlock()
	if moves := must(repo.Fetch(t.Context())); len(moves) != 1 || moves[0].Ref != "refs/heads/good" {
		t.Errorf("%q moved", moves)
	}
	if repo.Head() != "" {
		t.Errorf("the default branch is %q", repo.Head())
	}
}

// TestNoToken: a token that is empty is none. A public repository refuses wrong
// credentials and asks for none, and those in a URL are not to be passed over.
func TestNoToken(t *testing.T) {
	remote := gitrepotest.New(t, "-- a --\n1\n")
	none := func() (string, error) { return "", nil }
	open := newForge(t, remote, "")
	path := "/" + filepath.Base(remote.Dir)
	checkMirror(t, gitrepotest.OpenWith(t, gitrepo.Options{Dir: t.TempDir(), Remote: open.URL + path, Token: none}), remote)
	for _, header := range open.seen {
		if header != "" {
			t.Errorf("without a token it was sent %q", header)
		}
	}
	closed := newForge(t, remote, "s3cret")
	address := strings.Replace(closed.URL, "http://", "http://x-access-token:s3cret@", 1) + path
	repo, err := gitrepo.Open(t.Context(), gitrepo.Options{Dir: t.TempDir(), Remote: address, Token: none})
	if err != nil {
		t.Fatalf("the credentials of the URL: %v", err)
	}
	defer repo.Close()
	checkMirror(t, repo, remote)
}
