package main

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
)

// keyHolder is somebody whose key is listed in the roles of a new catalog.
type keyHolder struct {
	id  string // in roles.yaml
	key string // public, as roles.yaml lists it
}

// keyHolders reads whose keys the flags name, and makes those that are not there.
func keyHolders(out io.Writer, flags []string) ([]keyHolder, error) {
	var people []keyHolder
	for _, flag := range flags {
		id, file, named := strings.Cut(flag, "=")
		if !named {
			id, file = ownID(), flag
		}
		if scalar.Parse(new(catalog.Name), id) != nil {
			return nil, usagef("--key %s: %q is no name for a person: lower-case letters, digits and dashes, such as ana=ana.key", flag, id)
		}
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) && !strings.HasSuffix(file, ".pub") {
			if _, _, err := loadOrMakeKey(file, id); err != nil {
				return nil, err
			}
			fmt.Fprintf(out, "made a key for %s: %s\n", id, file)
		}
		key, err := ownPublicKey(file)
		if err != nil {
			return nil, err
		}
		if key == "" {
			return nil, usagef("--key %s: the file holds no SSH key that can sign", flag)
		}
		people = append(people, keyHolder{id, key})
	}
	return people, nil
}

// ownID is what whoever runs this is called in roles.yaml: their user name, as far as
// its letters go.
func ownID() string {
	u, err := user.Current()
	if err != nil {
		return "me"
	}
	id := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(u.Username), "-"), "-0123456789")
	return cmp.Or(id, "me")
}

// askedForKey asks at a terminal for the key of whoever sits there; empty for none.
func askedForKey(std stdio) (string, error) {
	offer, err := ownKeyFile()
	if err != nil {
		return "", err
	}
	if key, err := ownPublicKey(offer); err != nil || key == "" {
		offer = ""
	}
	shown := "none"
	if offer != "" {
		shown = offer
	}
	fmt.Fprintf(std.err, "File of your SSH key, to publish and approve with [%s]: ", shown)
	answer, err := bufio.NewReader(std.in).ReadString('\n')
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
func withKeys(roles []byte, people []keyHolder) []byte {
	replace := func(old, with string) {
		roles = bytes.Replace(roles, []byte(old), []byte(with), 1)
	}
	for _, p := range people {
		line := "    " + p.id + ": {"
		if bytes.Contains(roles, []byte(line)) {
			replace(line, fmt.Sprintf("%skeys: [%q], ", line, p.key))
			continue
		}
		replace("  people:\n", fmt.Sprintf("  people:\n%skeys: [%q], name: %q}\n", line, p.key, ownName(p.id)))
		replace("members: [", "members: ["+p.id+", ")
		replace("platform: [", "platform: [{person: "+p.id+"}, ")
	}
	return roles
}

// ownName is the full name that git knows of whoever runs this, if they are meant.
func ownName(id string) string {
	if id != ownID() {
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
