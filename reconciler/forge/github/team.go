package github

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
	"github.com/levee-gitops/levee/reconciler/forge/github/api"
)

// Members implements forge.Teams. A team is named by its slug in the organisation that
// owns the repository, or as organisation/slug. Members of its child teams are included.
func (f *Forge) Members(ctx context.Context, team string) ([]forge.Identity, error) {
	org, slug, ok := strings.Cut(team, "/")
	if !ok {
		org, slug = f.repository.Owner, team
	}
	list, err := api.ListAll(func(at github.ListOptions) ([]*github.User, *github.Response, error) {
		return f.repository.Client.Teams.ListTeamMembersBySlug(ctx, org, slug, &github.TeamListTeamMembersOptions{ListOptions: at})
	})
	if api.Status(err) == http.StatusNotFound {
		err = fmt.Errorf("%w: no team of that name, or no right to see it", forge.ErrUnknown)
	}
	if err != nil {
		return nil, f.wrapError(err, "read the members of team %s", forge.Cut(api.OneLine(team), api.MaxTitle))
	}
	var members []forge.Identity
	for _, u := range list {
		members = append(members, api.IdentityOf(u))
	}
	return members, nil
}
