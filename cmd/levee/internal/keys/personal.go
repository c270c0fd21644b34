package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
)

// Personal is the SSH key that somebody at this machine signs with: the file named,
// else the one that git signs with, else ~/.ssh/id_ed25519. Of a public key the agent
// at SSH_AUTH_SOCK has the private one, as it has that of a file whose passphrase is
// not in LEVEE_KEY_PASSPHRASE. The key is good until close.
func Personal(name string) (signer *sshkey.Signer, closeKey func(), err error) {
	file := name
	if file == "" {
		if file, err = OwnFile(); err != nil {
			return nil, nil, err
		}
	}
	nothing := func() {}
	if line, ok := strings.CutPrefix(file, "key::"); ok {
		return fromAgent(line, file)
	}
	if strings.HasPrefix(file, "ssh-") {
		return fromAgent(file, "user.signingkey")
	}
	signer, err = sshkey.LoadSigner(file, config.Passphrase())
	if err == nil {
		return signer, nothing, nil
	}
	for _, public := range []string{file, file + ".pub"} {
		if line, readErr := os.ReadFile(public); readErr == nil {
			if found, closeAgent, agentErr := fromAgent(string(line), public); agentErr == nil {
				return found, closeAgent, nil
			}
		}
	}
	return nil, nil, fmt.Errorf("read your key: %w; name another with --key, put its passphrase into LEVEE_KEY_PASSPHRASE, or add it to your ssh-agent", err)
}

// OwnFile is the file, or the text, of the key that git signs with, else the file
// where a person's key usually lies.
func OwnFile() (string, error) {
	if named := FromGit("user.signingkey"); named != "" {
		if rest, ok := strings.CutPrefix(named, "~/"); ok {
			return inHome(rest)
		}
		return named, nil
	}
	return inHome(".ssh/id_ed25519")
}

// FromGit is what the configuration of git says; empty where it says nothing, or there is no git.
func FromGit(name string) string {
	out, err := exec.Command("git", "config", "--get", name).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

func inHome(name string) (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find your key: %w; name it with --key", err)
	}
	return filepath.Join(home, name), nil
}

// fromAgent is a key that the agent holds, by its public half.
func fromAgent(line, where string) (*sshkey.Signer, func(), error) {
	public, err := sshkey.ParsePublicKey(line)
	if err != nil {
		return nil, nil, fmt.Errorf("read your key %s: %w", where, err)
	}
	return sshkey.AgentSigner(os.Getenv("SSH_AUTH_SOCK"), public)
}

// OwnPublic is the public half of somebody's key, as roles.yaml lists it: of the
// file named, else of the key that git signs with, else of the one key that the agent
// holds, else of ~/.ssh/id_ed25519.pub. It is empty where none of these is there and
// none was named.
func OwnPublic(name string) (string, error) {
	file := name
	if file == "" {
		own, err := OwnFile()
		if err != nil {
			return "", nil // nobody's home, so nobody's key
		}
		file = own
	}
	for _, text := range []string{strings.TrimPrefix(file, "key::"), readText(file + ".pub"), readText(file)} {
		if key, err := sshkey.ParsePublicKey(text); err == nil {
			return key.String(), nil
		}
	}
	signer, err := sshkey.LoadSigner(file, config.Passphrase())
	switch {
	case err == nil:
		return signer.Public().String(), nil
	case name == "":
		return onlyAgentKey(), nil
	case errors.Is(err, fs.ErrNotExist):
		return "", exit.Usagef("--key %s: there is no such file; make a key with `ssh-keygen -t ed25519`", name)
	}
	return "", exit.Usagef("--key %s: %w", name, err)
}

// onlyAgentKey is the key that the agent holds, if it holds one that can sign and no other.
func onlyAgentKey() string {
	keys, err := sshkey.AgentKeys(os.Getenv("SSH_AUTH_SOCK"))
	if err != nil || len(keys) != 1 {
		return ""
	}
	return keys[0].String()
}

// readText is the start of a file, empty for one that cannot be read.
func readText(name string) string {
	raw, err := os.ReadFile(name)
	if err != nil || len(raw) > 1<<16 {
		return ""
	}
	return string(raw)
}
