package directory

import (
	"io/fs"
	"path"
)

// opened is a disk whose folders are opened once for a whole pass. Otherwise the
// system walks down to every single file.
type opened struct {
	disk
	folders map[string]disk
}

// openAll opens the folders that a pass looks into, as far as they are there.
func openAll(d disk) opened {
	o := opened{d, map[string]disk{}}
	for _, name := range []string{apps, disabled, quarantined, inventory, marks} {
		if f, err := d.Folder(name); err == nil {
			o.folders[name] = f
		}
	}
	return o
}

// find returns the folder that a file is in, and what it is called there.
func (o opened) find(name string) (disk, string) {
	if f, ok := o.folders[path.Dir(name)]; ok {
		return f, path.Base(name)
	}
	return o.disk, name
}

func (o opened) Lstat(name string) (fs.FileInfo, error) {
	d, name := o.find(name)
	return d.Lstat(name)
}

func (o opened) Read(name string, limit int64) ([]byte, fs.FileInfo, error) {
	d, name := o.find(name)
	return d.Read(name, limit)
}

// Close closes the folders, and not the disk that they are in.
func (o opened) Close() error {
	for _, f := range o.folders {
		f.Close()
	}
	return nil
}
