package checkup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

// oldest is the oldest version of Kubernetes that is supported: it is the first that has the guard's
// policies.
const oldest = "1.30"

// server asks the API server what it is and what time it has. It reports whether it answers.
func (e *examiner) server(ctx context.Context) bool {
	at := e.Config.Host
	header, release, err := versionOf(ctx, e.Config)
	if err != nil {
		e.wrong("API server", "look at kubeconfig and context of the target in levee.yaml, and at what is between here and the cluster", "%s does not answer: %v", at, err)
		return false
	}
	e.well("API server", "%s answers", at)
	switch running, err := version.ParseGeneric(release); {
	case err != nil:
		e.unknown("version", "", "it says that it is %q, which is no version", release)
	case running.LessThan(version.MustParseGeneric(oldest)):
		e.wrong("version", "upgrade the cluster to Kubernetes "+oldest+" or newer", "it is Kubernetes %s", release)
	default:
		e.well("version", "Kubernetes %s", release)
	}
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		e.unknown("clock", "", "it does not say what time it is")
		return true
	}
	apart := date.Sub(e.Now).Round(time.Second)
	if apart.Abs() > e.Skew {
		e.wrong("clock", "have both machines keep time (NTP)", "the cluster's clock is %s %s this one, and may be %s", apart.Abs(), ahead(apart), e.Skew)
		return true
	}
	e.well("clock", "within %s of this one", max(apart.Abs(), time.Second))
	return true
}

func ahead(d time.Duration) string {
	if d > 0 {
		return "ahead of"
	}
	return "behind"
}

// versionOf asks for /version, which everybody may read.
func versionOf(ctx context.Context, config *rest.Config) (http.Header, string, error) {
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, "", err
	}
	base, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil, "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(base.String(), "/")+"/version", nil)
	if err != nil {
		return nil, "", err
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, "", fmt.Errorf("the answer is %s", answer.Status)
	}
	var said struct {
		Release string `json:"gitVersion"`
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&said); err != nil || said.Release == "" {
		return nil, "", errors.New("what answers is no API server")
	}
	return answer.Header, said.Release, nil
}

var selfReviews = schema.GroupVersionResource{Group: "authentication.k8s.io", Version: "v1", Resource: "selfsubjectreviews"}

// identity finds out who the daemon is, and makes clients that ask as it and as others. It reports
// whether anything can be asked.
func (e *examiner) identity(ctx context.Context) bool {
	const what = "identity"
	own, err := dynamic.NewForConfig(e.Config)
	if err != nil {
		e.wrong(what, "look at kubeconfig and context of the target in levee.yaml", "no client can be made: %v", err)
		return false
	}
	if e.reader, err = dynamic.NewForConfig(e.Reader); err != nil {
		e.wrong(what, "look at --kubeconfig", "no client can be made: %v", err)
		return false
	}
	review := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}}
	answer, err := own.Resource(selfReviews).Create(ctx, review, metav1.CreateOptions{})
	if err != nil {
		e.wrong(what, "give the target of levee.yaml a kubeconfig whose credentials count", "the cluster does not say who this is: %v", err)
		return false
	}
	self, _, _ := unstructured.NestedString(answer.Object, "status", "userInfo", "username")
	e.daemon = self
	if e.Rights.Daemon != "" {
		e.daemon = e.Rights.Daemon
	}
	e.Rights.Daemon, e.Guard.Users = e.daemon, append([]string{e.daemon}, e.Guard.Users...)
	e.as = func(user string) (dynamic.Interface, error) {
		if user == self {
			return own, nil
		}
		config := rest.CopyConfig(e.Config)
		config.Impersonate = rest.ImpersonationConfig{UserName: user}
		return dynamic.NewForConfig(config)
	}
	if self == e.daemon {
		e.well(what, "the daemon is %s", self)
		return true
	}
	e.well(what, "the daemon is %s, as which %s asks", e.daemon, self)
	return true
}
