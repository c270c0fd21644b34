package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
)

// LoadOrMake reads a private key, or makes one that only its owner can read.
func LoadOrMake(name, comment string) (*sshkey.Signer, bool, error) {
	signer, err := sshkey.LoadSigner(name, config.Passphrase())
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return signer, false, err
	}
	pem, signer, err := sshkey.Generate(comment)
	if err != nil {
		return nil, false, err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, false, fmt.Errorf("write a key: %w", err)
	}
	if err := os.WriteFile(name, pem, 0o600); err != nil {
		return nil, false, fmt.Errorf("write a key: %w", err)
	}
	public := []byte(signer.Public().String() + " " + comment + "\n")
	return signer, true, os.WriteFile(name+".pub", public, 0o644)
}
