package githubtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// A call is one request with the lock held.
type call struct {
	*http.Request
	by   string // the login
	app  bool   // an installation of an app, and no person
	body obj
}

// failure is an error response.
type failure struct {
	status int
	words  string
}

func (f *failure) Error() string { return f.words }

func refuse(status int, format string, args ...any) error {
	return &failure{status, fmt.Sprintf(format, args...)}
}

// answer is a successful response.
type answer struct {
	status int
	body   any
}

type handler func(*call) (answer, error)

const inRepo = "/repos/{owner}/{repo}"

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	for route, h := range map[string]handler{
		"GET /app":  s.getApp,
		"GET /user": s.getUser,
		"POST /app/installations/{installation_id}/access_tokens": s.createToken,
		"GET /orgs/{org}/teams/{team_slug}/members":               s.listMembers,
		"GET " + inRepo:                                               s.getRepo,
		"GET " + inRepo + "/activity":                                 s.listActivity,
		"GET " + inRepo + "/collaborators/{username}":                 s.getCollaborator,
		"GET " + inRepo + "/pulls":                                    s.listPulls,
		"POST " + inRepo + "/pulls":                                   s.createPull,
		"GET " + inRepo + "/pulls/{pull_number}":                      s.getPull,
		"GET " + inRepo + "/pulls/{pull_number}/commits":              s.listPullCommits,
		"GET " + inRepo + "/pulls/{pull_number}/reviews":              s.listReviews,
		"POST " + inRepo + "/pulls/{pull_number}/requested_reviewers": s.requestReviewers,
		"PUT " + inRepo + "/pulls/{pull_number}/merge":                s.mergePull,
		"GET " + inRepo + "/issues/{issue_number}/comments":           s.listComments,
		"POST " + inRepo + "/issues/{issue_number}/comments":          s.createComment,
		"GET " + inRepo + "/issues/comments/{comment_id}":             s.getComment,
		"PATCH " + inRepo + "/issues/comments/{comment_id}":           s.editComment,
		"GET " + inRepo + "/issues/{issue_number}/timeline":           s.listTimeline,
		"POST " + inRepo + "/check-runs":                              s.createCheck,
		"PATCH " + inRepo + "/check-runs/{check_run_id}":              s.updateCheck,
		"GET " + inRepo + "/commits/{ref}/check-runs":                 s.listChecks,
		"GET " + inRepo + "/commits/{ref}/statuses":                   s.listStatuses,
		"POST " + inRepo + "/statuses/{sha}":                          s.createStatus,
		"GET " + inRepo + "/commits/{ref}":                            s.getCommit,
		"GET " + inRepo + "/commits/{commit_sha}/pulls":               s.listCommitPulls,
		"GET " + inRepo + "/compare/{basehead}":                       s.compare,
		"GET " + inRepo + "/git/trees/{tree_sha}":                     s.getTree,
		"POST " + inRepo + "/git/trees":                               s.createTree,
		"POST " + inRepo + "/git/blobs":                               s.createBlob,
		"POST " + inRepo + "/git/commits":                             s.createCommit,
		"GET " + inRepo + "/git/ref/{ref...}":                         s.getRef,
		"POST " + inRepo + "/git/refs":                                s.createRef,
		"PATCH " + inRepo + "/git/refs/{ref...}":                      s.updateRef,
	} {
		method, template, _ := strings.Cut(route, " ")
		mux.HandleFunc(routePath(route), s.serve(method, strings.ReplaceAll(template, "...}", "}"), h))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.t.Errorf("githubtest: %s %s is not served", r.Method, r.URL.Path)
		http.NotFound(w, r)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = routePath(r.URL.Path)
		mux.ServeHTTP(w, r)
	})
}

// routePath renames the endpoint of single comments, whose pattern conflicts with that of an
// issue's comments in http.ServeMux.
func routePath(path string) string {
	return strings.Replace(path, "/issues/comments/", "/issue-comments/", 1)
}

// serve handles one endpoint, and validates request and response.
func (s *Server) serve(method, template string, h handler) http.HandlerFunc {
	op, err := s.spec.operation(method, template)
	if err != nil {
		s.t.Fatal(err)
	}
	return func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		req := Request{Method: method, Path: r.RequestURI, Body: string(raw)}
		s.mu.Lock()
		observe := s.observe
		s.mu.Unlock()
		if observe != nil {
			observe(req)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		note := func(status int) {
			if req.Status = status; template != "/app/installations/{installation_id}/access_tokens" {
				s.requests = append(s.requests, req)
			}
		}
		if s.fault(w, req, note) {
			return
		}
		c := &call{Request: r}
		if err := json.Unmarshal(raw, &c.body); err != nil && len(raw) > 0 {
			s.t.Errorf("githubtest: %s %s: %v", method, r.URL.Path, err)
		}
		if op.RequestBody != nil && len(raw) > 0 {
			if err := validate(op.RequestBody.Value.Content, raw); err != nil {
				s.t.Errorf("githubtest: the request %s %s is not as described: %v\n%.300s", method, r.URL.Path, err, raw)
			}
		}
		s.checkQuery(op.Parameters.GetByInAndName, r.URL)
		out, err := answer{}, s.authorize(c)
		if err == nil {
			out, err = h(c)
		}
		if f := (*failure)(nil); errors.As(err, &f) {
			out = answer{f.status, obj{"message": f.words, "documentation_url": "https://docs.example.com"}}
		} else if err != nil {
			s.t.Errorf("githubtest: %s %s: %v", method, r.URL.Path, err)
			out = answer{http.StatusInternalServerError, obj{"message": err.Error()}}
		}
		out = s.page(w, r, out)
		body, _ := json.Marshal(out.body)
		if out.body == nil {
			body = nil
		}
		if response := op.Responses.Status(out.status); response != nil && out.status < 300 {
			if err := validate(response.Value.Content, body); err != nil {
				s.t.Errorf("githubtest: the response to %s %s is not as described: %v\n%.300s", method, r.URL.Path, err, body)
			}
		} else if out.status < 300 {
			s.t.Errorf("githubtest: %s %s is not described as answering %d", method, r.URL.Path, out.status)
		}
		etag := fmt.Sprintf(`W/"%x"`, sha256.Sum256(body))
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
		if s.scopes != nil && !c.app {
			w.Header().Set("X-OAuth-Scopes", *s.scopes)
		}
		if method == http.MethodGet && out.status == http.StatusOK {
			w.Header().Set("ETag", etag)
			if r.Header.Get("If-None-Match") == etag {
				note(http.StatusNotModified)
				w.WriteHeader(http.StatusNotModified)
				return
			}
		}
		note(out.status)
		w.WriteHeader(out.status)
		_, _ = io.Copy(w, bytes.NewReader(body))
	}
}

// page cuts a list to the page asked for.
func (s *Server) page(w http.ResponseWriter, r *http.Request, out answer) answer {
	list, ok := out.body.([]any)
	wrapped, isWrapped := out.body.(obj)
	if isWrapped && wrapped["check_runs"] != nil {
		list, ok = wrapped["check_runs"].([]any), true
	}
	if !ok || out.status != http.StatusOK {
		return out
	}
	size, _ := strconv.Atoi(orElse(r.URL.Query().Get("per_page"), "30"))
	size = min(max(size, 1), 100)
	number, _ := strconv.Atoi(orElse(r.URL.Query().Get("page"), "1"))
	key, next := "page", strconv.Itoa(number+1)
	if strings.HasSuffix(r.URL.Path, "/activity") { // pages by cursor
		key = "after"
		number, _ = strconv.Atoi(orElse(strings.TrimPrefix(r.URL.Query().Get("after"), "cursor"), "1"))
		next = "cursor" + strconv.Itoa(number+1)
	}
	from := min((number-1)*size, len(list))
	to := min(from+size, len(list))
	if to < len(list) {
		u := *r.URL
		q := u.Query()
		q.Set(key, next)
		u.RawQuery = q.Encode()
		w.Header().Set("Link", fmt.Sprintf(`<%s%s>; rel="next"`, strings.TrimSuffix(s.URL, "/"), u.RequestURI()))
	}
	list = slices.Clone(list[from:to])
	if isWrapped {
		wrapped["check_runs"] = list
		return out
	}
	return answer{out.status, list}
}
