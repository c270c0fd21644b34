package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
)

// Access is what GitHub says of the credentials that a Forge has.
type Access struct {
	Login   string   // in whose name it acts
	Missing []string // what is needed and was not given, in GitHub's words
	// Untold is why GitHub does not say all of it; empty where it does.
	Untold string
}

// needed are the permissions that an app needs. With a token a commit status takes the place of the
// check run, and its scope gives all of them.
var needed = map[string]string{"checks": "write", "contents": "write", "metadata": "read", "pull_requests": "write"}

// scopes give a classic token all that is needed; the second one where the repository is public.
var scopes = []string{"repo", "public_repo"}

// Access asks GitHub who this is and what it may do in the repository. It writes nothing. The
// error is forge.ErrRefused where GitHub does not take the credentials, or shows the repository to
// nobody who has them; any other means that it could not be told.
func (f *Forge) Access(ctx context.Context) (Access, error) {
	login, err := f.account.Login(ctx)
	if err != nil {
		return Access{}, f.wrapError(refused(err), "use the credentials for GitHub")
	}
	access := Access{Login: login}
	r := f.repository
	repo, answer, err := r.Client.Repositories.Get(ctx, r.Owner, r.Name)
	if err != nil {
		return access, f.wrapError(refused(err), "look at the repository %s/%s as %s", r.Owner, r.Name, login)
	}
	if f.account.Granted != nil {
		granted, err := f.account.Granted(ctx)
		if err != nil {
			return access, f.wrapError(refused(err), "ask what the app may do in %s/%s", r.Owner, r.Name)
		}
		access.Missing, err = missingOf(granted)
		return access, f.wrapError(err, "read what the app may do in %s/%s", r.Owner, r.Name)
	}
	if !repo.GetPermissions()["push"] {
		access.Missing = append(access.Missing, "write access to the repository")
	}
	list, classic := answer.Header[http.CanonicalHeaderKey("X-OAuth-Scopes")]
	if !classic {
		access.Untold = "GitHub does not say what a fine-grained token may do"
		return access, nil
	}
	has := strings.Fields(strings.ReplaceAll(strings.Join(list, ","), ",", " "))
	if !slices.Contains(has, scopes[0]) && (repo.GetPrivate() || !slices.Contains(has, scopes[1])) {
		access.Missing = append(access.Missing, "the scope "+scopes[0])
	}
	return access, nil
}

// refused marks an error by which GitHub refuses credentials.
func refused(err error) error {
	status := api.Status(err)
	if e := (*ghinstallation.HTTPError)(nil); errors.As(err, &e) && e.Response != nil {
		status = e.Response.StatusCode
	}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		return fmt.Errorf("%w: %w", forge.ErrRefused, err)
	}
	return err
}

// missingOf lists the permissions that an app needs and was not given.
func missingOf(granted github.InstallationPermissions) ([]string, error) {
	raw, err := json.Marshal(granted)
	if err != nil {
		return nil, err
	}
	has := map[string]string{}
	if err := json.Unmarshal(raw, &has); err != nil {
		return nil, err
	}
	var missing []string
	for name, level := range needed {
		if has[name] != level && has[name] != "write" && has[name] != "admin" {
			missing = append(missing, fmt.Sprintf("%s: %s", name, level))
		}
	}
	slices.Sort(missing)
	return missing, nil
}
