package auth_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/levee-gitops/levee/reconciler/api/auth"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func at(now time.Time) func() time.Time { return func() time.Time { return now } }

const secret = "0123456789abcdef01234567"

// TestTokens: a client is known by any line of its file, and by no part of one; a file that cannot be used
// locks out its client, is told once, and locks out nobody else.
func TestTokens(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	var log strings.Builder
	a, err := auth.New(auth.Options{
		Clients: []auth.Client{
			{Name: "gone", TokenFile: filepath.Join(dir, "gone")},
			{Name: "short", TokenFile: write("short", "tooshort\n"+secret+"-short\n")},
			{Name: "empty", TokenFile: write("empty", "\n \n")},
			{Name: "large", TokenFile: write("large", strings.Repeat(secret+"-large\n", 400))},
			{Name: "two", TokenFile: write("two", secret+"-1\r\n\n  "+secret+"-2  \n")},
		},
		Now: at(noon), Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]string{
		secret + "-1": "two", secret + "-2": "two", secret: "", secret + "-12": "", "tooshort": "", secret + "-short": "", secret + "-large": "", "": "",
	} {
		client, err := a.Known(token)
		if client.Name != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q's: %v", token, client.Name, err)
		}
	}
	if n := strings.Count(log.String(), "cannot be read"); n != 4 {
		t.Errorf("of four files that cannot be used it is told %d times:\n%s", n, &log)
	}
	if strings.Contains(log.String(), "tooshort") {
		t.Errorf("the log tells a token:\n%s", &log)
	}
	for header, want := range map[string]string{"Bearer x": "x", "bearer  x ": "x", "Basic x": "", "Bearer": "", "": "", "x": ""} {
		if got := auth.Token(header); got != want {
			t.Errorf("the token of %q is %q", header, got)
		}
	}
}

// TestConfiguration: what makes no sense, or would let in everybody, is refused.
func TestConfiguration(t *testing.T) {
	provider := &auth.Provider{Issuer: "https://login.example.com", Audience: "levee"}
	for _, c := range []struct {
		client   auth.Client
		provider *auth.Provider
		says     string
	}{
		{auth.Client{Name: "x"}, nil, "neither token nor subjects"},
		{auth.Client{Name: "x", Subjects: []string{"a"}}, nil, "no oidc"},
		{auth.Client{Name: "x", Subjects: []string{"*"}}, provider, "everybody"},
		{auth.Client{Name: "x", Subjects: []string{""}}, provider, "everybody"},
		{auth.Client{Name: "x", Subjects: []string{"a"}, May: []auth.Permission{"write"}}, provider, "read and decide"},
		{auth.Client{Name: "x", Subjects: []string{"a"}}, &auth.Provider{Issuer: "http://login.example.com", Audience: "levee"}, "https"},
		{auth.Client{Name: "x", Subjects: []string{"a"}}, &auth.Provider{Issuer: "login", Audience: "levee"}, "no address"},
		{auth.Client{Name: "x", Subjects: []string{"a"}}, &auth.Provider{Issuer: "https://login.example.com"}, "no audience"},
	} {
		_, err := auth.New(auth.Options{Clients: []auth.Client{c.client}, Provider: c.provider, Now: at(noon), Log: slog.New(slog.DiscardHandler)})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v, %+v: %v; want %q", c.client, c.provider, err, c.says)
		}
	}
}

// issuer is an OpenID provider.
type issuer struct {
	*httptest.Server
	keys   []jose.JSONWebKey
	away   atomic.Bool  // it answers nothing
	asked  atomic.Int64 // for its keys
	locked atomic.Bool  // it does not give its keys
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{}
	i.rotate(t, "first")
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"issuer": %q, "jwks_uri": %q, "id_token_signing_alg_values_supported": ["RS256"]}`, i.URL, i.URL+"/keys")
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		i.asked.Add(1)
		if i.locked.Load() {
			http.Error(w, "closed", http.StatusInternalServerError)
			return
		}
		var public []jose.JSONWebKey
		for _, k := range i.keys {
			public = append(public, k.Public())
		}
		if err := json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: public}); err != nil {
			t.Error(err)
		}
	})
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if i.away.Load() {
			http.Error(w, "away", http.StatusBadGateway)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(i.Close)
	return i
}

// rotate signs with another key from now on.
func (i *issuer) rotate(t *testing.T, id string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i.keys = []jose.JSONWebKey{{Key: key, KeyID: id, Algorithm: "RS256", Use: "sig"}}
}

// sign makes a token that is good but for what edit does to it.
func (i *issuer) sign(t *testing.T, edit func(*jwt.Claims)) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: i.keys[0]}, nil)
	if err != nil {
		t.Fatal(err)
	}
	claims := jwt.Claims{Issuer: i.URL, Subject: "repo:acme/catalog:main", Audience: jwt.Audience{"levee"}, Expiry: jwt.NewNumericDate(noon.Add(time.Hour)), IssuedAt: jwt.NewNumericDate(noon)}
	edit(&claims)
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (i *issuer) authenticator(t *testing.T, now func() time.Time) *auth.Authenticator {
	t.Helper()
	a, err := auth.New(auth.Options{
		Clients:  []auth.Client{{Name: "one", Subjects: []string{"someone"}}, {Name: "ci", Subjects: []string{"repo:acme/catalog:*"}}},
		Provider: &auth.Provider{Issuer: i.URL, Audience: "levee"}, Now: now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestSignedTokens: a token counts that the provider signed, for us, for now, and for a subject that a client
// lists; any other does not.
func TestSignedTokens(t *testing.T) {
	i, stranger := newIssuer(t), newIssuer(t)
	a := i.authenticator(t, at(noon))
	nothing := func(*jwt.Claims) {}
	unsigned := "eyJhbGciOiJub25lIn0." + strings.Split(i.sign(t, nothing), ".")[1] + "."
	symmetric, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(strings.Repeat("k", 64))}, nil)
	if err != nil {
		t.Fatal(err)
	}
	bySecret, err := jwt.Signed(symmetric).Claims(jwt.Claims{Issuer: i.URL, Subject: "someone", Audience: jwt.Audience{"levee"}, Expiry: jwt.NewNumericDate(noon.Add(time.Hour))}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, token, client string
		err                 error
	}{
		{"good", i.sign(t, nothing), "ci", nil},
		{"one subject", i.sign(t, func(c *jwt.Claims) { c.Subject = "someone" }), "one", nil},
		{"more than one subject", i.sign(t, func(c *jwt.Claims) { c.Subject = "someone-else" }), "", auth.ErrNotListed},
		{"no subject", i.sign(t, func(c *jwt.Claims) { c.Subject = "" }), "", auth.ErrNotListed},
		{"for others", i.sign(t, func(c *jwt.Claims) { c.Audience = jwt.Audience{"other"} }), "", auth.ErrUnknown},
		{"over", i.sign(t, func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(noon.Add(-time.Minute)) }), "", auth.ErrUnknown},
		{"not yet", i.sign(t, func(c *jwt.Claims) { c.NotBefore = jwt.NewNumericDate(noon.Add(time.Hour)) }), "", auth.ErrUnknown},
		{"by another provider", stranger.sign(t, nothing), "", auth.ErrUnknown},
		{"by another key, in its name", stranger.sign(t, func(c *jwt.Claims) { c.Issuer = i.URL }), "", auth.ErrUnknown},
		{"not signed", unsigned, "", auth.ErrUnknown},
		{"signed with a secret", bySecret, "", auth.ErrUnknown},
		{"no token", "a.b.c", "", auth.ErrUnknown},
	} {
		if !a.Signed(c.token) {
			t.Errorf("%s: it is not even looked at", c.what)
		}
		client, err := a.Verify(t.Context(), c.token)
		if client.Name != c.client || !errors.Is(err, c.err) || c.err == nil && err != nil {
			t.Errorf("%s: %q, %v; want %q, %v", c.what, client.Name, err, c.client, c.err)
		}
	}
	if a.Signed(secret) {
		t.Error("a token of a file is sent to be verified")
	}
}

// TestKeysOfTheProvider: its keys are asked for once and again where it has others; where it cannot be
// asked that is said, and asked again after a while.
func TestKeysOfTheProvider(t *testing.T) {
	i := newIssuer(t)
	var now atomic.Pointer[time.Time]
	set := func(at time.Time) { now.Store(&at) }
	set(noon)
	a := i.authenticator(t, func() time.Time { return *now.Load() })
	nothing := func(*jwt.Claims) {}
	verify := func() error {
		_, err := a.Verify(context.Background(), i.sign(t, nothing))
		return err
	}
	i.away.Store(true)
	if err := verify(); !errors.Is(err, auth.ErrUnavailable) {
		t.Errorf("the provider is away, and it says %v", err)
	}
	i.away.Store(false)
	if err := verify(); !errors.Is(err, auth.ErrUnavailable) {
		t.Errorf("it is asked again at once: %v", err)
	}
	set(noon.Add(11 * time.Second))
	if err, again := verify(), verify(); err != nil || again != nil || i.asked.Load() != 1 {
		t.Errorf("it is back: %v, %v; asked for keys %d times", err, again, i.asked.Load())
	}
	i.rotate(t, "second")
	if err := verify(); err != nil || i.asked.Load() != 2 {
		t.Errorf("it has another key: %v; asked for keys %d times", err, i.asked.Load())
	}
	i.rotate(t, "third")
	i.locked.Store(true)
	if err := verify(); !errors.Is(err, auth.ErrUnavailable) {
		t.Errorf("it does not give its keys, and it says %v", err)
	}
	if err := (auth.Provider{Issuer: i.URL, Audience: "levee"}).Discover(t.Context()); err != nil {
		t.Error(err)
	}
	if err := (auth.Provider{Issuer: i.URL + "/", Audience: "levee"}).Discover(t.Context()); err == nil {
		t.Error("a provider of another name is taken for it")
	}
}
