package packstore

import (
	"bufio"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"sync"
)

// An inflater unpacks compressed ranges of files. It keeps its buffers, which are
// larger than most objects.
type inflater struct {
	pool sync.Pool // of *unpacker
}

type unpacker struct {
	in *bufio.Reader
	z  io.ReadCloser
}

// open starts to unpack what r holds. The caller hands the unpacker back with
// close.
func (f *inflater) open(r io.Reader) (*unpacker, error) {
	u, ok := f.pool.Get().(*unpacker)
	if !ok {
		u = &unpacker{in: bufio.NewReaderSize(nil, 4096)}
	}
	u.in.Reset(r)
	var err error
	if u.z == nil {
		u.z, err = zlib.NewReader(u.in)
	} else {
		err = u.z.(zlib.Resetter).Reset(u.in, nil)
	}
	if err != nil {
		return nil, err
	}
	return u, nil
}

func (f *inflater) close(u *unpacker) {
	u.in.Reset(nil)
	f.pool.Put(u)
}

// inflate unpacks exactly size bytes from offset off of a pack, and checks that
// no more follow. The caller has bounded size.
func (f *inflater) inflate(p *pack, off, size int64) ([]byte, error) {
	u, err := f.open(io.NewSectionReader(p.file, off, p.size-packTrailer-off))
	if err != nil {
		return nil, fmt.Errorf("read pack %s at %d: %w: %v", p.id, off, ErrCorrupt, err)
	}
	defer f.close(u)
	data := make([]byte, size)
	if _, err = io.ReadFull(u.z, data); err == nil {
		err = atEnd(u.z)
	}
	if err != nil {
		return nil, fmt.Errorf("read pack %s at %d: %w: %v", p.id, off, ErrCorrupt, err)
	}
	return data, nil
}

// prefix unpacks at most n bytes.
func (f *inflater) prefix(p *pack, off int64, n int) ([]byte, error) {
	u, err := f.open(io.NewSectionReader(p.file, off, p.size-packTrailer-off))
	if err != nil {
		return nil, fmt.Errorf("read pack %s at %d: %w: %v", p.id, off, ErrCorrupt, err)
	}
	defer f.close(u)
	data := make([]byte, n)
	got, err := io.ReadFull(u.z, data)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("read pack %s at %d: %w: %v", p.id, off, ErrCorrupt, err)
	}
	return data[:got], nil
}

// atEnd reads past the last byte, which is also what makes the reader check its
// checksum.
func atEnd(r io.Reader) error {
	var one [1]byte
	n, err := io.ReadFull(r, one[:])
	switch {
	case n > 0:
		return errors.New("an object is longer than it says")
	case err == io.EOF:
		return nil
	}
	return err
}

// deltaSizes reads the two sizes that start a delta: of the base it applies
// to and of the object that it makes.
func deltaSizes(delta []byte) (base, result int64, err error) {
	var sizes [2]int64
	for i := range sizes {
		for shift := 0; ; shift += 7 {
			if len(delta) == 0 || shift > 55 {
				return 0, 0, fmt.Errorf("%w: a delta has no sizes", ErrCorrupt)
			}
			b := delta[0]
			delta = delta[1:]
			sizes[i] |= int64(b&0x7f) << shift
			if b&0x80 == 0 {
				break
			}
		}
	}
	return sizes[0], sizes[1], nil
}
