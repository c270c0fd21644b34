package github

import (
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
)

// identityOf is the identity of an account; that of a deleted account where there is none.
func identityOf(u *github.User) forge.Identity {
	if u.GetLogin() == "" {
		return forge.Identity{Login: nobody}
	}
	return forge.Identity{Login: u.GetLogin()}
}

// isBot reports whether an account is not a person's.
func isBot(u *github.User) bool { return u != nil && u.GetType() != personType }

// hasLogin reports whether an account has a login.
func hasLogin(u *github.User, login string) bool {
	return u != nil && strings.EqualFold(u.GetLogin(), login)
}
