package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
)

const (
	minToken = 24      // characters; `openssl rand -hex 32` gives 64
	maxFile  = 8 << 10 // bytes of a file with tokens
)

// tokenFiles reads the files of clients. They are read at each call: a token that was rotated counts at
// once, and one that was taken out no longer does.
type tokenFiles struct {
	log *slog.Logger

	mu     sync.Mutex
	faults map[string]string // by file, what was said last of one that cannot be used
}

// owner is the client whose file holds a token. It looks at all of them, and takes as long whichever
// it is.
func (f *tokenFiles) owner(clients []Client, token string) (Client, error) {
	given := sha256.Sum256([]byte(token))
	found, err := Client{}, ErrUnknown
	for _, c := range clients {
		if c.TokenFile == "" {
			continue
		}
		tokens, fault := ReadTokens(c.TokenFile)
		f.tell(c, fault)
		for _, known := range tokens {
			sum := sha256.Sum256([]byte(known))
			if subtle.ConstantTimeCompare(sum[:], given[:]) == 1 {
				found, err = c, nil
			}
		}
	}
	return found, err
}

// tell logs once why a client's file cannot be used: it locks that client out, and nobody else.
func (f *tokenFiles) tell(c Client, fault error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.faults == nil {
		f.faults = map[string]string{}
	}
	said := ""
	if fault != nil {
		said = fault.Error()
	}
	if said != "" && said != f.faults[c.TokenFile] {
		f.log.Error("a client cannot call, because its token cannot be read", "client", c.Name, "error", fault)
	}
	f.faults[c.TokenFile] = said
}

// ReadTokens reads the tokens that a file holds, one a line, so that the next and the last may both
// count while a token is rotated. A file with a short token is an error, and so is one with none.
func ReadTokens(name string) ([]string, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read a client's token: %w", err)
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read a client's token: %w", err)
	}
	if len(raw) > maxFile {
		return nil, fmt.Errorf("read a client's token: %s is larger than %d bytes", name, maxFile)
	}
	var tokens []string
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if len(line) < minToken {
			return nil, fmt.Errorf("read a client's token: a line of %s is shorter than %d characters, which can be guessed; make one with `openssl rand -hex 32`", name, minToken)
		}
		tokens = append(tokens, line)
	}
	if len(tokens) == 0 {
		return nil, fmt.Errorf("read a client's token: %s is empty", name)
	}
	return tokens, nil
}
