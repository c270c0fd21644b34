package api

import (
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/levee-gitops/levee/reconciler/forge"
)

const (
	PersonType = "User"
	nobody     = "ghost" // GitHub's login for a deleted account
)

// IdentityOf is the identity of an account; that of a deleted account where there is none.
func IdentityOf(u *github.User) forge.Identity {
	if u.GetLogin() == "" {
		return forge.Identity{Login: nobody}
	}
	return forge.Identity{Login: u.GetLogin()}
}

// IsBot reports whether an account is not a person's.
func IsBot(u *github.User) bool { return u != nil && u.GetType() != PersonType }

// HasLogin reports whether an account has a login.
func HasLogin(u *github.User, login string) bool {
	return u != nil && strings.EqualFold(u.GetLogin(), login)
}

// IsCommitID reports whether a text is a full commit id.
func IsCommitID(id string) bool {
	return (len(id) == 40 || len(id) == 64) && strings.Trim(id, "0123456789abcdef") == ""
}
