package forge

import "context"

// Teams is what a Forge with the ability Team can be asked beside: the forge itself
// implements it. It is safe for concurrent use and may block until ctx ends.
type Teams interface {
	// Members lists who is in a team of the forge, in any order. A partial list is an
	// error, and a team that the forge does not have is ErrUnknown.
	Members(ctx context.Context, team string) ([]Identity, error)
}
