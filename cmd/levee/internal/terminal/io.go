package terminal

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/levee-gitops/levee/notifier"
	"github.com/levee-gitops/levee/reconciler"
)

// IO is what a command reads from and writes to.
type IO struct {
	In        io.Reader
	Out, Err  io.Writer
	Now       func() time.Time
	Sleep     func(context.Context, time.Duration) error // waits by now; nil for the machine's clock
	Intercept reconciler.Intercept                       // of each effect, where it is set
	Sender    notifier.Sender                            // in place of the one configured, where it is set
	Terminal  bool                                       // somebody sits at it, and can be asked
	// Screen is the terminal itself, for forms that move its cursor: who shows something there takes out of
	// what others wrote what would do that too. It is nil where what is said goes to no terminal.
	Screen io.Writer
}

// Log is where a command says what goes on beside what it prints.
func (s IO) Log() *slog.Logger { return slog.New(slog.NewTextHandler(s.Err, nil)) }
