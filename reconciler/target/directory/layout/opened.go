package layout

import (
	"io/fs"
	"path"

	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
)

// Opened is a disk whose folders are opened once for a whole pass. Otherwise the
// system walks down to every single file.
type Opened struct {
	disk.Disk
	folders map[string]disk.Disk
}

// OpenAll opens the folders that a pass looks into, as far as they are there.
func OpenAll(d disk.Disk) Opened {
	o := Opened{d, map[string]disk.Disk{}}
	for _, name := range []string{Apps, Disabled, Quarantined, Inventory, Marks} {
		if f, err := d.Folder(name); err == nil {
			o.folders[name] = f
		}
	}
	return o
}

// find returns the folder that a file is in, and what it is called there.
func (o Opened) find(name string) (disk.Disk, string) {
	if f, ok := o.folders[path.Dir(name)]; ok {
		return f, path.Base(name)
	}
	return o.Disk, name
}

// Lstat implements disk.Disk.
func (o Opened) Lstat(name string) (fs.FileInfo, error) {
	d, name := o.find(name)
	return d.Lstat(name)
}

// Read implements disk.Disk.
func (o Opened) Read(name string, limit int64) ([]byte, fs.FileInfo, error) {
	d, name := o.find(name)
	return d.Read(name, limit)
}

// Close closes the folders, and not the disk that they are in.
func (o Opened) Close() error {
	for _, f := range o.folders {
		f.Close()
	}
	return nil
}
