package skeleton

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"regexp"
	"strings"

	"github.com/levee-gitops/levee/catalog"
	"github.com/levee-gitops/levee/catalog/scalar"
	"github.com/levee-gitops/levee/cmd/levee/internal/exit"
	"github.com/levee-gitops/levee/cmd/levee/internal/keys"
	"github.com/levee-gitops/levee/cmd/levee/internal/terminal"
)

// KeyHolder is somebody whose key is listed in the roles of a new catalog.
type KeyHolder struct {
	ID  string // in roles.yaml
	Key string // public, as roles.yaml lists it
}

// KeyHolders reads whose keys the flags name, and makes those that are not there.
func KeyHolders(out io.Writer, flags []string) ([]KeyHolder, error) {
	var people []KeyHolder
	for _, flag := range flags {
		id, file, named := strings.Cut(flag, "=")
		if !named {
			id, file = OwnID(), flag
		}
		if scalar.Parse(new(catalog.Name), id) != nil {
			return nil, exit.Usagef("--key %s: %q is no name for a person: lower-case letters, digits and dashes, such as ana=ana.key", flag, id)
		}
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) && !strings.HasSuffix(file, ".pub") {
			if _, _, err := keys.LoadOrMake(file, id); err != nil {
				return nil, err
			}
			fmt.Fprintf(out, "made a key for %s: %s\n", id, file)
		}
		key, err := keys.OwnPublic(file)
		if err != nil {
			return nil, err
		}
		if key == "" {
			return nil, exit.Usagef("--key %s: the file holds no SSH key that can sign", flag)
		}
		people = append(people, KeyHolder{id, key})
	}
	return people, nil
}

// OwnID is what whoever runs this is called in roles.yaml: their user name, as far as
// its letters go.
func OwnID() string {
	u, err := user.Current()
	if err != nil {
		return "me"
	}
	id := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(u.Username), "-"), "-0123456789")
	return cmp.Or(id, "me")
}

// AskForKey asks at a terminal for the key of whoever sits there; empty for none.
func AskForKey(std terminal.IO) (string, error) {
	offer, err := keys.OwnFile()
	if err != nil {
		return "", err
	}
	if key, err := keys.OwnPublic(offer); err != nil || key == "" {
		offer = ""
	}
	shown := "none"
	if offer != "" {
		shown = offer
	}
	fmt.Fprintf(std.Err, "File of your SSH key, to publish and approve with [%s]: ", shown)
	answer, err := bufio.NewReader(std.In).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	if answer = strings.TrimSpace(answer); answer == "none" {
		return "", nil
	}
	return cmp.Or(answer, offer), nil
}

// withKeys lists keys in the skeleton's roles. Somebody who is not in them yet joins the
// team and looks after the platform.
func withKeys(roles []byte, people []KeyHolder) []byte {
	replace := func(old, with string) {
		roles = bytes.Replace(roles, []byte(old), []byte(with), 1)
	}
	for _, p := range people {
		line := "    " + p.ID + ": {"
		if bytes.Contains(roles, []byte(line)) {
			replace(line, fmt.Sprintf("%skeys: [%q], ", line, p.Key))
			continue
		}
		replace("  people:\n", fmt.Sprintf("  people:\n%skeys: [%q], name: %q}\n", line, p.Key, ownName(p.ID)))
		replace("members: [", "members: ["+p.ID+", ")
		replace("platform: [", "platform: [{person: "+p.ID+"}, ")
	}
	return roles
}

// ownName is the full name that git knows of whoever runs this, if they are meant.
func ownName(id string) string {
	if id != OwnID() {
		return id
	}
	out, err := exec.Command("git", "config", "--get", "user.name").Output()
	if err != nil {
		return id
	}
	return cmp.Or(strings.Map(func(r rune) rune {
		if r < ' ' || r == '`' {
			return -1
		}
		return r
	}, strings.TrimSpace(string(out))), id)
}
