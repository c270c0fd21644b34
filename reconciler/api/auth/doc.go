// Package auth says who calls: which of the clients that the operator's configuration names stands
// behind a bearer token, and what that one may do.
//
//	Authorization: Bearer … → the token (auth.go)
//	a token that a client's file holds → that client; files are read at each call (token.go)
//	a token that an OpenID provider signed → the client that lists its subject (oidc.go)
//
// A token that nobody has is one error, a token of somebody whom nobody listed is another, and a
// provider that cannot be asked a third: it never becomes a yes.
package auth
