package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/levee-gitops/levee/catalog/gitrepo/sshkey"
	"github.com/levee-gitops/levee/cmd/levee/internal/config"
	"github.com/levee-gitops/levee/cmd/levee/internal/inbox"
)

// files looks at the configuration, at the files with secrets that it names, and at the data folder.
func (d *doctor) files() {
	c := d.Config
	switch info, err := os.Stat(d.File); {
	case err != nil:
		d.unknown("configuration", "", "%v", err)
	case info.Mode().Perm()&0o002 != 0:
		d.wrong("configuration", "chmod o-w "+d.File, "everybody may write to %s, which says whom to trust", d.File)
	default:
		d.well("configuration", "%s is read", d.File)
	}
	d.key()
	secrets := map[string]string{"webhook secret": c.Forge.Webhook}
	if c.Forge.App != nil {
		secrets["key of the GitHub App"] = c.Forge.App.Key
	}
	for name, t := range c.Targets {
		secrets["kubeconfig of target "+name] = t.Kubeconfig
	}
	if c.API != nil {
		for name, client := range c.API.Clients {
			secrets["token of "+name] = client.Token
		}
	}
	for _, what := range config.Names(secrets) {
		if secrets[what] != "" {
			d.secretFile(what, secrets[what])
		}
	}
	d.data()
}

// key looks at the daemon's key, which serve refuses in the same words.
func (d *doctor) key() {
	const what = "daemon's key"
	signer, err := sshkey.LoadSigner(d.Config.Key, config.Passphrase())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.wrong(what, "bring it here, or name it with key in levee.yaml; `levee ledger init` makes it with a new ledger", "%v", err)
	case err != nil:
		d.wrong(what, "mend that; a passphrase is given in LEVEE_KEY_PASSPHRASE", "%v", err)
	default:
		d.signer = signer
		d.well(what, "%s can be read, by nobody else: %s", d.Config.Key, signer.Public().Fingerprint())
	}
}

func (d *doctor) secretFile(what, name string) {
	f, err := os.Open(name)
	if err != nil {
		d.wrong(what, "bring it there, or name another in levee.yaml", "%v", err)
		return
	}
	defer f.Close()
	switch info, err := f.Stat(); {
	case err != nil:
		d.unknown(what, "", "%v", err)
	case sshkey.Exposed(info):
		d.wrong(what, "chmod 600 "+name, "others may read %s (mode %04o)", name, info.Mode().Perm())
	case info.Size() == 0:
		d.wrong(what, "write it there", "%s is empty", name)
	default:
		d.well(what, "%s can be read, by nobody else", name)
	}
}

// data looks whether the data folder can be written to, and has room.
func (d *doctor) data() {
	const what = "data folder"
	dir := d.Config.Data
	if err := os.MkdirAll(dir, 0o755); err != nil {
		d.wrong(what, "make it, or name another with data in levee.yaml", "%v", err)
		return
	}
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		d.wrong(what, "let the daemon's user write there, or name another folder with data in levee.yaml", "nothing can be written there: %v", err)
		return
	}
	_ = f.Close()
	_ = os.Remove(f.Name())
	d.well(what, "%s can be written to", dir)
	d.room(dir)
}

// room looks whether the data folder has room for what the daemon may have to write: the mirror once
// more, when it is built anew, and a full spool.
func (d *doctor) room(dir string) {
	const what = "room in the data folder"
	mirror, err := sizeOf(filepath.Join(dir, "mirror"))
	if err != nil {
		d.unknown(what, "", "how large the mirror is cannot be told: %v", err)
		return
	}
	wanted := mirror + 2*inbox.MaxBytes
	free, err := freeSpace(dir)
	switch {
	case err != nil:
		d.unknown(what, "", "how much is free cannot be told: %v", err)
	case free < wanted:
		d.wrong(what, "make room, or give it another volume", "%d MiB are free, and %d may be needed", free>>20, wanted>>20)
	default:
		d.well(what, "%d MiB are free, and %d may be needed", free>>20, wanted>>20)
	}
}

// sizeOf is how many bytes the files below a folder have; those of clones beside it, which share
// them, are counted once. What goes away meanwhile counts for nothing.
func sizeOf(dir string) (total int64, err error) {
	var seen []os.FileInfo
	err = filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("measure %s: %w", name, err)
		}
		if slices.ContainsFunc(seen, func(other os.FileInfo) bool { return os.SameFile(info, other) }) {
			return nil
		}
		seen, total = append(seen, info), total+info.Size()
		return nil
	})
	return total, err
}
