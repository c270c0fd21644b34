package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Open opens a folder, which must exist.
func Open(path string) (Disk, error) {
	r, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return folder{r}, nil
}

// folder is the disk there is. Its paths cannot leave it, whatever links say.
type folder struct{ *os.Root }

func (f folder) Mkdir(name string) error { return f.Root.Mkdir(name, 0o755) }

func (f folder) Create(name string) (Handle, error) {
	return f.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, FileMode)
}

// errMoved says that a file was exchanged between two looks at it.
var errMoved = errors.New("it changes while it is read")

func (f folder) Read(name string, limit int64) ([]byte, fs.FileInfo, error) {
	for tries := 0; ; tries++ {
		content, info, err := f.readOnce(name, limit)
		if tries == 3 || !errors.Is(err, errMoved) {
			return content, info, err
		}
	}
}

func (f folder) readOnce(name string, limit int64) ([]byte, fs.FileInfo, error) {
	before, err := f.Lstat(name)
	if err != nil {
		return nil, nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s is no regular file", name)
	}
	if before.Size() > limit {
		return nil, nil, fmt.Errorf("%s has %d bytes, more than it can have", name, before.Size())
	}
	// A pipe that was put there a moment ago must not be waited for.
	r, err := f.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	opened, err := r.Stat()
	if err != nil {
		return nil, nil, err
	}
	content := make([]byte, before.Size()+1)
	n, err := io.ReadFull(r, content)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	after, err := r.Stat()
	if err != nil {
		return nil, nil, err
	}
	if !os.SameFile(before, opened) || after.Size() != int64(n) || !after.ModTime().Equal(before.ModTime()) {
		return nil, nil, fmt.Errorf("%s: %w", name, errMoved)
	}
	return content[:n], after, nil
}

func (f folder) List(name string) ([]string, error) {
	d, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Readdirnames(-1)
}

func (f folder) Folder(name string) (Disk, error) {
	before, err := f.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !before.IsDir() {
		return nil, fmt.Errorf("%s is no folder, and must be one of levee's own", name)
	}
	r, err := f.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	if after, err := r.Stat("."); err != nil || !os.SameFile(before, after) {
		r.Close()
		return nil, errors.Join(err, fmt.Errorf("%s: %w", name, errMoved))
	}
	return folder{r}, nil
}

func (f folder) Sync(name string) error {
	d, err := f.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
