package kubetest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Event is one request as the API server recorded it, under the names that its audit
// log has for things.
type Event struct {
	Verb             string // get, list, watch, create, update, patch, delete, deletecollection; of no resource: the method
	User             string // who asked
	ImpersonatedUser string // on whose behalf; empty for their own
	UserAgent        string
	RequestURI       string

	APIGroup, Resource, Subresource string // empty where no resource was asked for
	Namespace, Name                 string

	Code     int // of the answer
	DryRun   bool
	Received time.Time
}

// Writes says whether the request asks to change what is stored. What only asks a
// question by a create (reviews of tokens and access) does not, and neither does a
// dry run. A delete says in its body whether it is dry, which is not recorded: it
// counts as a write.
func (e Event) Writes() bool {
	switch e.Verb {
	case "create", "update", "patch", "delete", "deletecollection":
		return e.Resource != "" && !e.DryRun && e.APIGroup != "authentication.k8s.io" && e.APIGroup != "authorization.k8s.io"
	}
	return false
}

// String tells an event in a line of a test's message.
func (e Event) String() string {
	what := e.RequestURI
	if e.Resource != "" {
		what = strings.Join([]string{e.Resource, e.Subresource, e.Namespace, e.Name}, "/")
	}
	return fmt.Sprintf("%s %s by %s: %d", e.Verb, what, e.User, e.Code)
}

// line is one line of the log.
type line struct {
	AuditID          string
	Verb             string
	User             struct{ Username string }
	ImpersonatedUser struct{ Username string }
	UserAgent        string
	RequestURI       string
	ObjectRef        struct{ APIGroup, Resource, Subresource, Namespace, Name string }
	ResponseStatus   struct{ Code int }
	Received         time.Time `json:"requestReceivedTimestamp"`
}

// parse reads one line, and tells under which name its request goes in all its lines.
func parse(text []byte) (id string, e Event, err error) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return "", e, fmt.Errorf("read a line of the audit log: %w", err)
	}
	e = Event{
		Verb: l.Verb, User: l.User.Username, ImpersonatedUser: l.ImpersonatedUser.Username,
		UserAgent: l.UserAgent, RequestURI: l.RequestURI,
		APIGroup: l.ObjectRef.APIGroup, Resource: l.ObjectRef.Resource, Subresource: l.ObjectRef.Subresource,
		Namespace: l.ObjectRef.Namespace, Name: l.ObjectRef.Name,
		Code: l.ResponseStatus.Code, Received: l.Received,
	}
	if u, err := url.Parse(l.RequestURI); err == nil {
		e.DryRun = u.Query().Has("dryRun")
	}
	return l.AuditID, e, nil
}
