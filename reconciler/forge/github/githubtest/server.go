package githubtest

import (
	"crypto/rsa"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// Options configure a Server. Dir is required.
type Options struct {
	Dir         string           // the bare repository
	Owner, Repo string           // by default "acme" and "catalog"
	Now         func() time.Time // the server's clock, by default one that goes on by a minute with each act of a person
}

// Server is GitHub with one repository and its forks. It is safe for concurrent use.
type Server struct {
	URL string // the base of the interface, ending in a slash

	t      testing.TB
	spec   *spec
	owner  string
	repo   string
	dir    string
	mu     sync.Mutex
	clock  time.Time
	now    func() time.Time
	nextID int64

	accounts map[string]*account
	tokens   map[string]string // token → login
	app      *app
	scopes   *string // of all tokens; nil for fine-grained ones
	teams    map[string][]string
	pulls    map[int]*pull
	checks   []*checkRun
	statuses []*statusOf
	activity []*activity
	sent     []Delivery

	protect    string
	moveStamps bool
	lag        time.Duration
	faults     []Fault
	observe    func(Request)
	requests   []Request
}

type account struct {
	id           int64
	login, kind  string
	email        string
	collaborator bool
}

type app struct {
	id, installation int64
	slug             string
	key              *rsa.PublicKey
	granted          obj // permissions
}

// Request is a request that reached the server, with the status of its response.
type Request struct {
	Method, Path, Body string
	Status             int
}

// New starts a server that is closed at the end of the test.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{
		t: t, spec: loadSpec(t), owner: orElse(o.Owner, "acme"), repo: orElse(o.Repo, "catalog"), dir: o.Dir, nextID: 1000, now: o.Now,
		clock: time.Date(2026, 4, 2, 9, 0, 0, 0, time.UTC), accounts: map[string]*account{}, tokens: map[string]string{},
		teams: map[string][]string{}, pulls: map[int]*pull{},
	}
	if s.now == nil {
		s.now = func() time.Time { return s.clock }
	}
	s.Account(s.owner, "")
	s.accounts[s.owner].kind = "Organization"
	server := httptest.NewServer(s.routes())
	t.Cleanup(server.Close)
	s.URL = server.URL + "/"
	return s
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// Account adds a person's account, as a collaborator. Commits with the e-mail address
// belong to it.
func (s *Server) Account(login, email string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[login] = &account{id: s.id(), login: login, kind: "User", email: email, collaborator: true}
}

// Stranger makes an account no collaborator.
func (s *Server) Stranger(login string) { s.accounts[login].collaborator = false }

// Token adds a token of an account.
func (s *Server) Token(login, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[token] = login
}

// App adds an app with an installation and its public key.
func (s *Server) App(slug string, id, installation int64, key *rsa.PublicKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app = &app{id: id, installation: installation, slug: slug, key: key, granted: obj{"checks": "write", "contents": "write", "metadata": "read", "pull_requests": "write"}}
	s.accounts[slug+"[bot]"] = &account{id: s.id(), login: slug + "[bot]", kind: "Bot"}
}

// Grant sets a permission of the app; an empty level takes it away.
func (s *Server) Grant(permission, level string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app.granted[permission] = level
	if level == "" {
		delete(s.app.granted, permission)
	}
}

// Scopes makes the tokens of people classic ones, with scopes; others are fine-grained.
func (s *Server) Scopes(scopes string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scopes = &scopes
}

// Team adds a team of the organisation.
func (s *Server) Team(slug string, logins []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.teams[slug] = logins
}

// Protect makes merges fail with a message, until it is called with an empty one.
func (s *Server) Protect(words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.protect = words
}

// MoveStamps lets force-pushes and updates of a branch change the commit of earlier reviews
// to the new head, as GitHub sometimes does.
func (s *Server) MoveStamps() { s.moveStamps = true }

// Lag hides objects that are younger than d from lists.
func (s *Server) Lag(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lag = d
}

// Time is the time of the server's clock.
func (s *Server) Time() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// Pass moves the server's clock on.
func (s *Server) Pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = s.clock.Add(d)
}

// visible reports whether lists show an object that was created at an instant.
func (s *Server) visible(at time.Time) bool { return !at.After(s.now().Add(-s.lag)) }

// tick moves the clock on by a minute, before an act of a person.
func (s *Server) tick() time.Time {
	s.clock = s.clock.Add(time.Minute)
	return s.now()
}

func (s *Server) id() int64 {
	s.nextID++
	return s.nextID
}

// OnRequest calls a function before each request is answered.
func (s *Server) OnRequest(f func(Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.observe = f
}

// Requests lists what reached the server so far, except for installation tokens.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// Writes counts the requests that were not reads.
func (s *Server) Writes() int {
	n := 0
	for _, r := range s.Requests() {
		if r.Method != http.MethodGet {
			n++
		}
	}
	return n
}
