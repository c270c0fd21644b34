package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/levee-gitops/levee/reconciler/api"
	"github.com/levee-gitops/levee/reconciler/api/auth"
	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// Tokens of the clients of tests: one that may do everything, and one that may only read.
const portalToken, readerToken = "portal-0123456789abcdef0123", "reader-0123456789abcdef0123"

// served is a daemon in a world, whose answers are held against the description.
type served struct {
	t       testing.TB
	process *reconcilertest.Process
	files   string // the folder of token files
}

// serve starts a daemon that answers, and has not made a pass yet.
func serve(t testing.TB, w *reconcilertest.World, perMinute int) *served {
	t.Helper()
	s := &served{t: t, files: t.TempDir()}
	for name, token := range map[string]string{"portal": portalToken, "reader": readerToken} {
		s.rotate(name, token)
	}
	callers, err := auth.New(auth.Options{
		Clients: []auth.Client{
			{Name: "portal", TokenFile: s.file("portal"), May: auth.Permissions},
			{Name: "reader", TokenFile: s.file("reader"), May: []auth.Permission{auth.Read}},
		},
		Now: w.Now, Log: discard,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.API = &api.Options{Callers: callers, PerMinute: perMinute}
	s.process = w.Serve()
	return s
}

func (s *served) file(name string) string { return filepath.Join(s.files, name) }

// rotate gives a client other tokens.
func (s *served) rotate(name string, tokens ...string) {
	s.t.Helper()
	if err := os.WriteFile(s.file(name), []byte(strings.Join(tokens, "\n")+"\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// request is one to the daemon, by the client that may do everything.
func request(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+portalToken)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
		if !strings.HasPrefix(body, "{") {
			r.Header.Set("Content-Type", "application/yaml")
		}
	}
	return r
}

// described is the description of the API.
var described = sync.OnceValues(func() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(api.Description())
	if err == nil {
		err = doc.Validate(openapi3.NewLoader().Context)
	}
	return doc, err
})

// answer is what came back.
type answer struct {
	code   int
	header http.Header
	body   string
}

// ask sends a request, and holds it, where it is a good one, and its answer against the description.
func (s *served) ask(r *http.Request) answer {
	s.t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	recorder := httptest.NewRecorder()
	s.process.Handler().ServeHTTP(recorder, r)
	got := answer{recorder.Code, recorder.Header(), recorder.Body.String()}
	in := s.described(r, body)
	if in == nil {
		return got // at no address that is described
	}
	if got.code < 400 {
		// Of YAML no more is described than that it is some.
		in.Options.ExcludeRequestBody = r.Header.Get("Content-Type") == "application/yaml"
		if err := openapi3filter.ValidateRequest(s.t.Context(), in); err != nil {
			s.t.Errorf("%s %s was answered, and is not described: %v", r.Method, r.URL, err)
		}
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: got.code, Header: got.header, Options: in.Options,
	}
	out.SetBodyBytes([]byte(got.body))
	if err := openapi3filter.ValidateResponse(s.t.Context(), out); err != nil {
		s.t.Errorf("%s %s: the answer is not as described: %v\n%s", r.Method, r.URL, err, got.body)
	}
	return got
}

// described is what the description says of a request; nil where it does not have it.
func (s *served) described(r *http.Request, body []byte) *openapi3filter.RequestValidationInput {
	s.t.Helper()
	doc, err := described()
	if err != nil {
		s.t.Fatal(err)
	}
	path, params := r.URL.Path, map[string]string{}
	if name, ok := strings.CutPrefix(path, "/v1/apps/"); ok {
		path, params = "/v1/apps/{name}", map[string]string{"name": name}
	}
	item := doc.Paths.Value(path)
	if item == nil || item.GetOperation(r.Method) == nil {
		return nil
	}
	again := r.Clone(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	return &openapi3filter.RequestValidationInput{
		Request: again, PathParams: params,
		Route:   &routers.Route{Spec: doc, Path: path, PathItem: item, Method: r.Method, Operation: item.GetOperation(r.Method)},
		Options: &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
}

// want asks for something that is answered, and reads the answer.
func want[T any](s *served, r *http.Request) (value T) {
	s.t.Helper()
	got := s.ask(r)
	if err := json.Unmarshal([]byte(got.body), &value); err != nil || got.code != http.StatusOK {
		s.t.Fatalf("%s %s: %d, %v\n%s", r.Method, r.URL, got.code, err, got.body)
	}
	return value
}

// refused asks for something that is refused, and returns what is said.
func (s *served) refused(r *http.Request, status int) (detail string, header http.Header) {
	s.t.Helper()
	got := s.ask(r)
	var p api.Problem
	if err := json.Unmarshal([]byte(got.body), &p); err != nil || got.code != status || p.Status != status || p.Detail == "" || got.header.Get("Content-Type") != "application/problem+json" {
		s.t.Errorf("%s %s: %d, want %d: %v\n%s", r.Method, r.URL, got.code, status, err, got.body)
	}
	return p.Detail, got.header
}
