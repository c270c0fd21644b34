package githubtest

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// authorize finds out who makes a request.
func (s *Server) authorize(c *call) error {
	kind, token, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	if login, ok := s.tokens[token]; ok {
		c.by, c.app = login, strings.HasSuffix(login, "[bot]")
		return nil
	}
	if s.app != nil && kind == "Bearer" && s.app.signed(token) && strings.HasPrefix(c.URL.Path, "/app") {
		c.by = s.app.slug + "[bot]"
		return nil
	}
	return refuse(http.StatusUnauthorized, "Bad credentials")
}

// signed reports whether a token is a JWT by the app's key.
func (a *app) signed(token string) bool {
	i := strings.LastIndex(token, ".")
	if i < 0 {
		return false
	}
	sig, err := base64.RawURLEncoding.DecodeString(token[i+1:])
	sum := sha256.Sum256([]byte(token[:i]))
	return err == nil && rsa.VerifyPKCS1v15(a.key, crypto.SHA256, sum[:], sig) == nil
}

// checkQuery holds the query of a request against its description.
func (s *Server) checkQuery(find func(in, name string) *openapi3.Parameter, u *url.URL) {
	for name, values := range u.Query() {
		p := find("query", name)
		if p == nil {
			// The description lists all parameters, so an unknown one is a mistake of the
			// forge.
			s.t.Errorf("githubtest: %s does not take the query %q", u.Path, name)
			continue
		}
		var v any = values[0]
		if p.Schema.Value.Type.Is("integer") {
			n, err := strconv.Atoi(values[0])
			if err != nil {
				s.t.Errorf("githubtest: %s: %s is %q", u.Path, name, values[0])
			}
			v = float64(n)
		}
		if err := p.Schema.Value.VisitJSON(v); err != nil {
			s.t.Errorf("githubtest: %s: the query %s: %v", u.Path, name, err)
		}
	}
}

// object answers with one object, completed by its schema.
func (s *Server) object(status int, schema string, o obj) (answer, error) {
	v, err := s.spec.make(schema, o)
	return answer{status, v}, err
}

// objects answers with a list of objects, completed by their schema.
func (s *Server) objects(schema string, list []obj) (answer, error) {
	all := []any{}
	for _, o := range list {
		v, err := s.spec.make(schema, o)
		if err != nil {
			return answer{}, err
		}
		all = append(all, v)
	}
	return answer{http.StatusOK, all}, nil
}

func (s *Server) user(login string) obj {
	a := s.accounts[login]
	if a == nil {
		return nil
	}
	return obj{"login": a.login, "id": a.id, "type": a.kind}
}

// orNil is null for an absent object.
func orNil(o obj) any {
	if o == nil {
		return nil
	}
	return o
}

func (s *Server) getApp(c *call) (answer, error) {
	if s.app == nil {
		return answer{}, refuse(http.StatusUnauthorized, "A JSON web token could not be decoded")
	}
	return s.object(http.StatusOK, "integration", obj{"id": s.app.id, "slug": s.app.slug, "name": s.app.slug, "owner": s.user(s.owner)})
}

func (s *Server) getUser(c *call) (answer, error) {
	if c.app {
		return answer{}, refuse(http.StatusForbidden, "Resource not accessible by integration")
	}
	o := s.user(c.by)
	o["user_view_type"] = "public"
	return s.object(http.StatusOK, "public-user", o)
}

func (s *Server) createToken(c *call) (answer, error) {
	if s.app == nil || c.PathValue("installation_id") != strconv.FormatInt(s.app.installation, 10) {
		return answer{}, refuse(http.StatusNotFound, "Not Found")
	}
	token := fmt.Sprintf("ghs_%d", s.id())
	s.tokens[token] = s.app.slug + "[bot]"
	return s.object(http.StatusCreated, "installation-token", obj{"token": token, "expires_at": stamp(time.Now().Add(time.Hour)), "permissions": s.app.granted})
}

func (s *Server) listMembers(c *call) (answer, error) {
	members, ok := s.teams[c.PathValue("team_slug")]
	if !ok || c.PathValue("org") != s.owner {
		return answer{}, refuse(http.StatusNotFound, "Not Found")
	}
	var list []obj
	for _, login := range members {
		list = append(list, s.user(login))
	}
	return s.objects("simple-user", list)
}

func (s *Server) getCollaborator(c *call) (answer, error) {
	if a := s.accounts[c.PathValue("username")]; a == nil || !a.collaborator {
		return answer{}, refuse(http.StatusNotFound, "Not Found")
	}
	return answer{status: http.StatusNoContent}, nil
}

func (s *Server) repository(full string) obj {
	owner, name, _ := strings.Cut(full, "/")
	return obj{"full_name": full, "name": name, "owner": s.user(owner), "default_branch": "main", "fork": owner != s.owner, "id": int64(len(full))}
}

func (s *Server) getRepo(c *call) (answer, error) {
	if err := s.checkRepo(c); err != nil {
		return answer{}, err
	}
	repo := s.repository(s.owner + "/" + s.repo)
	if !c.app { // an installation is told with its token what it may do
		a := s.accounts[c.by]
		repo["permissions"] = obj{"admin": false, "pull": true, "push": a != nil && a.collaborator}
	}
	return s.object(http.StatusOK, "full-repository", repo)
}

// checkRepo refuses requests for other repositories. Names are compared without case.
func (s *Server) checkRepo(c *call) error {
	if !strings.EqualFold(c.PathValue("owner"), s.owner) || !strings.EqualFold(c.PathValue("repo"), s.repo) {
		return refuse(http.StatusNotFound, "Not Found")
	}
	return nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
