package kubetest

import (
	"os"
	"path/filepath"
	"testing"
)

const (
	started  = `{"auditID":"1","stage":"ResponseStarted","requestURI":"/api/v1/pods?watch=true","verb":"watch","user":{"username":"levee"},"objectRef":{"resource":"pods"},"responseStatus":{"code":200}}`
	complete = `{"auditID":"1","stage":"ResponseComplete","requestURI":"/api/v1/pods?watch=true","verb":"watch","user":{"username":"levee"},"objectRef":{"resource":"pods"},"responseStatus":{"code":200}}`
	review   = `{"auditID":"2","stage":"ResponseComplete","requestURI":"/apis/authorization.k8s.io/v1/subjectaccessreviews","verb":"create","user":{"username":"levee"},"objectRef":{"resource":"subjectaccessreviews","apiGroup":"authorization.k8s.io"},"responseStatus":{"code":201}}`
	dry      = `{"auditID":"3","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/a/configmaps/b?dryRun=All&fieldManager=levee","verb":"patch","user":{"username":"levee"},"objectRef":{"resource":"configmaps","namespace":"a","name":"b"},"responseStatus":{"code":200}}`
	write    = `{"auditID":"4","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/a/configmaps/b?fieldManager=levee","verb":"patch","user":{"username":"levee"},"objectRef":{"resource":"configmaps","namespace":"a","name":"b"},"responseStatus":{"code":200}}`
)

// TestAuditReadsWhatIsWhole has a log grow as the API server writes it: a line may be
// there in part, and a watch is there twice.
func TestAuditReadsWhatIsWhole(t *testing.T) {
	a := &Audit{path: filepath.Join(t.TempDir(), "audit.log"), seen: map[string]bool{}}
	if n := len(a.Events()); n != 0 {
		t.Errorf("without a log there are %d events", n)
	}
	text := started + "\n" + review + "\n" + dry + "\n" + write[:50]
	grow(t, a, text)
	if n := len(a.Events()); n != 3 {
		t.Errorf("%d events are whole, not 3", n)
	}
	mark := a.Mark()
	grow(t, a, text+write[50:]+"\n"+complete+"\n")
	since := a.Since(mark)
	if len(since) != 1 || since[0].Name != "b" || since[0].Code != 200 || since[0].DryRun {
		t.Errorf("since then there was %v", since)
	}
	if n := a.Count(Event.Writes); n != 1 {
		t.Errorf("%d requests write, not 1", n)
	}
}

func grow(t *testing.T, a *Audit, text string) {
	t.Helper()
	if err := os.WriteFile(a.path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestFolderWithoutServersIsNamed has the variable set and no servers there, which is
// a mistake and no reason to skip.
func TestFolderWithoutServersIsNamed(t *testing.T) {
	t.Setenv(Servers, t.TempDir())
	if _, err := (Options{}).find(); err == nil {
		t.Error("an empty folder has servers")
	}
}
