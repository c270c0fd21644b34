package plugins

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github"
	"github.com/levee-gitops/levee/reconciler/target"
)

// GitHub is the forge github.
func GitHub() Forge { return Forge{Open: newGitHub, Examine: examineGitHub} }

// newGitHub acts as an App where one is configured, else with a token.
func newGitHub(p ForgeParts) (forge.Forge, error) {
	c := p.Config.Forge
	owner, name, _ := strings.Cut(c.Repository, "/")
	o := github.Options{Owner: owner, Repo: name, Base: p.Config.Branch, URL: c.URL, Merge: c.Merge, Now: p.Std.Now, Sleep: p.Std.Sleep}
	switch {
	case c.App != nil:
		key, err := os.ReadFile(c.App.Key)
		if err != nil {
			return nil, fmt.Errorf("read the App's key: %w", err)
		}
		o.App = &github.App{ID: c.App.ID, Installation: c.App.Installation, Key: key}
	case config.Secret("LEVEE_GITHUB_TOKEN") != "":
		o.Token = func(context.Context) (string, error) { return config.Secret("LEVEE_GITHUB_TOKEN"), nil }
	default:
		return nil, exit.Usagef("forge github needs an app in the configuration, or a token in LEVEE_GITHUB_TOKEN")
	}
	return github.New(o)
}

// FileURL is where people edit a file of the catalog, on a forge that has such a
// place. The pages of a GitHub Enterprise server lie beside its interface.
func FileURL(c *config.Config) func(path string) string {
	if c.Forge.Kind != "github" {
		return nil
	}
	site := "https://github.com"
	if c.Forge.URL != "" {
		site = strings.TrimSuffix(strings.TrimSuffix(c.Forge.URL, "/"), "/api/v3")
	}
	return func(path string) string {
		return site + "/" + c.Forge.Repository + "/edit/" + c.Branch + "/" + (&url.URL{Path: path}).EscapedPath()
	}
}

func examineGitHub(ctx context.Context, f forge.Forge) target.Check {
	check := target.Check{What: "credentials for GitHub", State: target.CheckWell}
	access, err := f.(*github.Forge).Access(ctx)
	switch {
	case errors.Is(err, forge.ErrRefused):
		check.State, check.Remedy = target.CheckWrong, "look at forge in levee.yaml, and at the App's key and installation, or the token in LEVEE_GITHUB_TOKEN"
		check.Detail = err.Error()
	case err != nil:
		check.State, check.Remedy, check.Detail = target.CheckUnknown, "try again", err.Error()
	case len(access.Missing) > 0:
		check.State, check.Remedy = target.CheckWrong, "give it these: in the settings of the App, and accepted where it is installed, or to the token"
		check.Detail = fmt.Sprintf("%s lacks %s", access.Login, strings.Join(access.Missing, ", "))
	case access.Untold != "":
		check.State, check.Remedy = target.CheckUnknown, "compare it with docs/configuration.md"
		check.Detail = fmt.Sprintf("it is %s, which may read the repository; %s", access.Login, access.Untold)
	default:
		check.Detail = fmt.Sprintf("it is %s, and may do all that is needed", access.Login)
	}
	return check
}
