package githubtest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

type pull struct {
	number                    int
	id                        int64
	title, body, author       string
	base, branch, repo        string // of repo, "" once the fork is gone
	head                      string
	baseSHA                   string
	open, draft, merged       bool
	mergeSHA                  string
	created, closed, mergedAt time.Time
	updated                   time.Time // as GitHub counts: by people's acts, pushes and comments, not by checks
	reviews                   []*review
	comments                  []*comment
	requested                 []string
	events                    []obj
}

// activity is a push, for the list of a repository's activities.
type activity struct {
	id                 int64
	before, after, ref string
	kind, by, repo     string
	at                 time.Time
}

const none = "0000000000000000000000000000000000000000"

// move moves a branch of a repository to a commit, with the pull requests from it. Branches
// of forks exist only as the heads of pull requests.
func (s *Server) move(by, repo, name, sha string, force bool) error {
	own := repo == s.owner+"/"+s.repo
	before := s.ref(branch(name))
	if !own {
		for _, p := range s.sorted() {
			if p.repo == repo && p.branch == name {
				before = p.head
			}
		}
	}
	if before == sha {
		return nil
	}
	kind := "push"
	if before == "" {
		kind = "branch_creation"
	} else if _, err := s.git("merge-base", "--is-ancestor", before, sha); err != nil {
		if kind = "force_push"; !force {
			return refuse(http.StatusUnprocessableEntity, "Update is not a fast forward")
		}
	}
	if own {
		if _, err := s.git("update-ref", branch(name), sha); err != nil {
			return refuse(http.StatusUnprocessableEntity, "Object does not exist")
		}
	}
	s.pushed(by, repo, name, before, sha, kind)
	for _, p := range s.sorted() {
		if p.repo == repo && p.branch == name && p.open {
			s.advance(p, by, sha, kind == "force_push")
		}
	}
	return nil
}

func (s *Server) pushed(by, repo, name, before, after, kind string) {
	s.activity = append(s.activity, &activity{
		id: s.id(), before: orElse(before, none), after: orElse(after, none), ref: branch(name), kind: kind, by: by, repo: repo, at: s.now(),
	})
}

// advance gives a pull request a new head.
func (s *Server) advance(p *pull, by, sha string, forced bool) {
	old := p.head
	p.head, p.updated = sha, s.now()
	s.must("update-ref", fmt.Sprintf("refs/pull/%d/head", p.number), sha)
	if forced {
		p.events = append(p.events, obj{"event": "head_ref_force_pushed", "actor": s.user(by), "created_at": stamp(s.now()), "commit_id": sha, "id": s.id()})
	} else {
		s.committed(p, old, sha)
	}
	s.deliver("pull_request", by, "synchronize", obj{"number": p.number, "before": old, "after": sha, "pull_request": obj{"number": p.number}})
	for _, r := range p.reviews {
		if s.moveStamps && (forced || strings.Contains(s.must("log", "-1", "--format=%s", sha), "Merge branch")) {
			r.commit = sha
		}
	}
}

// committed adds commits to the timeline. As on GitHub, their events have no time of the
// push.
func (s *Server) committed(p *pull, from, to string) {
	args := []string{"rev-list", "--reverse", to, "^" + p.baseSHA, "^" + s.ref(branch(p.base))}
	if from != "" {
		args = append(args, "^"+from)
	}
	for sha := range strings.FieldsSeq(s.must(args...)) {
		if i, err := s.read(sha); err == nil {
			p.events = append(p.events, obj{
				"event": "committed", "sha": sha, "message": i.message,
				"author":    obj{"name": i.an, "email": i.ae, "date": i.ad},
				"committer": obj{"name": i.cn, "email": i.ce, "date": i.cd}, "tree": obj{"sha": i.tree},
			})
		}
	}
}

// sorted lists the pull requests by number.
func (s *Server) sorted() []*pull {
	var list []*pull
	for _, n := range slices.Sorted(maps.Keys(s.pulls)) {
		list = append(list, s.pulls[n])
	}
	return list
}

func (s *Server) pull(c *call) (*pull, error) {
	if err := s.checkRepo(c); err != nil {
		return nil, err
	}
	n, _ := strconv.Atoi(orElse(c.PathValue("pull_number"), c.PathValue("issue_number")))
	p := s.pulls[n]
	if p == nil {
		return nil, refuse(http.StatusNotFound, "Not Found")
	}
	return p, nil
}

// pullObject is a pull request in GitHub's form, whole or as lists show it.
func (s *Server) pullObject(p *pull, whole bool) obj {
	state := "closed"
	if p.open {
		state = "open"
	}
	owner, _, _ := strings.Cut(p.repo, "/")
	head := obj{"ref": p.branch, "sha": p.head, "label": owner + ":" + p.branch, "user": orNil(s.user(owner)), "repo": nil}
	if p.repo != "" {
		head["repo"] = s.repository(p.repo)
	}
	var asked []any
	for _, login := range p.requested {
		asked = append(asked, s.user(login))
	}
	o := obj{
		"number": p.number, "id": p.id, "title": p.title, "body": p.body, "state": state, "draft": p.draft, "user": s.user(p.author),
		"html_url": fmt.Sprintf("https://example.com/%s/%s/pull/%d", s.owner, s.repo, p.number),
		"head":     head, "created_at": stamp(p.created), "updated_at": stamp(p.updated), "requested_reviewers": asked,
		"base": obj{"ref": p.base, "sha": p.baseSHA, "label": s.owner + ":" + p.base, "repo": s.repository(s.owner + "/" + s.repo), "user": s.user(s.owner)},
	}
	if p.mergeSHA != "" {
		o["merge_commit_sha"] = p.mergeSHA
	}
	if p.merged {
		o["merged_at"] = stamp(p.mergedAt)
	}
	if !p.open {
		o["closed_at"] = stamp(p.closed)
	}
	if whole {
		o["merged"], o["commits"] = p.merged, len(s.commitsOf(p))
	}
	return o
}

// commitsOf lists the commits of a pull request that are not in its base.
func (s *Server) commitsOf(p *pull) []string {
	base := s.ref(branch(p.base))
	if p.merged {
		base = p.baseSHA
	}
	return strings.Fields(s.must("rev-list", "--reverse", "--topo-order", p.head, "^"+base))
}

func (s *Server) listPulls(c *call) (answer, error) {
	if err := s.checkRepo(c); err != nil {
		return answer{}, err
	}
	q := c.URL.Query()
	var list []obj
	for _, p := range s.sorted() {
		owner, _, _ := strings.Cut(p.repo, "/")
		state := orElse(q.Get("state"), "open")
		if (state == "all" || (state == "open") == p.open) && (q.Get("base") == "" || q.Get("base") == p.base) &&
			(q.Get("head") == "" || q.Get("head") == owner+":"+p.branch) && s.visible(p.created) {
			list = append(list, s.pullObject(p, false))
		}
	}
	if q.Get("direction") != "asc" {
		slices.Reverse(list)
	}
	return s.objects("pull-request-simple", list)
}

func (s *Server) getPull(c *call) (answer, error) {
	p, err := s.pull(c)
	if err != nil {
		return answer{}, err
	}
	return s.object(http.StatusOK, "pull-request", s.pullObject(p, true))
}

func (s *Server) createPull(c *call) (answer, error) {
	text := func(key string) string { v, _ := c.body[key].(string); return v }
	head, base := text("head"), text("base")
	if s.ref(branch(base)) == "" || s.ref(branch(head)) == "" {
		return answer{}, refuse(http.StatusUnprocessableEntity, "Validation Failed")
	}
	if len(text("body")) > 65536 {
		return answer{}, refuse(http.StatusUnprocessableEntity, "body is too long (maximum is 65536 characters)")
	}
	for _, p := range s.pulls {
		if p.open && p.branch == head && p.base == base {
			return answer{}, refuse(http.StatusUnprocessableEntity, "A pull request already exists for %s:%s.", s.owner, head)
		}
	}
	p := s.newPull(c.by, text("title"), s.owner+"/"+s.repo, head, base)
	p.body = text("body")
	return s.object(http.StatusCreated, "pull-request", s.pullObject(p, true))
}

func (s *Server) newPull(author, title, repo, head, base string) *pull {
	p := &pull{
		number: len(s.pulls) + 1, id: s.id(), title: title, author: author, base: base, branch: head, repo: repo, open: true,
		created: s.now(), updated: s.now(), baseSHA: s.ref(branch(base)),
	}
	s.pulls[p.number] = p
	if repo == s.owner+"/"+s.repo {
		s.start(p, s.ref(branch(head)))
	}
	return p
}

// start sets the first head of a pull request.
func (s *Server) start(p *pull, sha string) {
	p.head = sha
	s.must("update-ref", fmt.Sprintf("refs/pull/%d/head", p.number), sha)
	s.committed(p, "", sha)
}

func (s *Server) listPullCommits(c *call) (answer, error) {
	p, err := s.pull(c)
	if err != nil {
		return answer{}, err
	}
	var list []obj
	for i, sha := range s.commitsOf(p) {
		if i == 250 {
			break // GitHub lists no more
		}
		o, err := s.commit(sha, false)
		if err != nil {
			return answer{}, err
		}
		list = append(list, o)
	}
	return s.objects("commit", list)
}

func (s *Server) listCommitPulls(c *call) (answer, error) {
	var list []obj
	sha := c.PathValue("commit_sha")
	for _, p := range s.sorted() {
		if !s.visible(p.mergedAt) {
			continue
		}
		_, reaches := s.git("merge-base", "--is-ancestor", sha, orElse(p.mergeSHA, p.head))
		_, was := s.git("merge-base", "--is-ancestor", sha, p.baseSHA)
		if reaches == nil && was != nil && (p.merged || p.open) && (!p.merged || p.mergeSHA == sha || slices.Contains(s.commitsOf(p), sha)) {
			list = append(list, s.pullObject(p, false))
		}
	}
	return s.objects("pull-request-simple", list)
}

func (s *Server) listActivity(c *call) (answer, error) {
	repo := c.PathValue("owner") + "/" + c.PathValue("repo")
	var list []obj
	for _, a := range s.activity {
		if a.repo == repo && (c.URL.Query().Get("ref") == "" || c.URL.Query().Get("ref") == a.ref) && s.visible(a.at) {
			list = append(list, obj{
				"id": a.id, "node_id": "x", "before": a.before, "after": a.after, "ref": a.ref, "timestamp": stamp(a.at), "activity_type": a.kind, "actor": s.user(a.by),
			})
		}
	}
	if c.URL.Query().Get("direction") != "asc" {
		slices.Reverse(list)
	}
	return s.objects("activity", list)
}
