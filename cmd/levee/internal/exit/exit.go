package exit

import (
	"errors"
	"fmt"
	"io"
)

// Codes with which a command ends.
const (
	CodeFine        = 0
	CodeNo          = 1 // the catalog or policy says no
	CodeUsage       = 2
	CodeError       = 3 // could not tell
	CodeUnwitnessed = 4 // nothing found, held against nothing
)

// No ends a command that did its work and whose answer is no. Its text, if
// any, is the last line for people.
type No string

func (s No) Error() string { return string(s) }

// usage is a command line that cannot be understood.
type usage struct{ error }

// Usagef is the error of a command line, or of a configuration, that cannot be understood: it says what to
// write instead.
func Usagef(format string, args ...any) error { return usage{fmt.Errorf(format, args...)} }

// Unwitnessed ends a verification that found nothing and was held against nothing that
// remembers the newest record.
type Unwitnessed struct{}

func (Unwitnessed) Error() string {
	return "nothing remembers the ledger's newest record, so nobody can tell whether some were cut off at the end; name a tip that was noted before with --tip or --witness, or verify where the targets can be reached"
}

// Say says on errs how a command ended, for people, and returns its exit code.
func Say(errs io.Writer, err error) int {
	var no No
	var usage usage
	switch {
	case err == nil:
		return CodeFine
	case errors.As(err, &no):
		if no != "" {
			fmt.Fprintln(errs, string(no))
		}
		return CodeNo
	case errors.As(err, &Unwitnessed{}):
		fmt.Fprintf(errs, "levee: %v\n", err)
		return CodeUnwitnessed
	case errors.As(err, &usage):
		fmt.Fprintf(errs, "levee: %v\n", err)
		return CodeUsage
	default:
		fmt.Fprintf(errs, "levee: %v\n", err)
		return CodeError
	}
}
