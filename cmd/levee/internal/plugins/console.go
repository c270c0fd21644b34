package plugins

import (
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/notifier/console"
)

// Console is the sender console, which writes where a command says what goes on.
func Console() Sender {
	return Sender{Open: func(_ config.Notices, std terminal.IO) (notifier.Sender, error) { return console.New(std.Err), nil }}
}
