package main

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// made is when everything in the image was made: a time that is the same for every build.
var made = time.Unix(0, 0).UTC()

// machines are the architectures of programs, by the name that Go has for them.
var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

// checkProgram refuses a program that could not be started in an image without anything else.
func checkProgram(program []byte, arch string) error {
	file, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		return fmt.Errorf("it is no program for Linux: %w; build it with GOOS=linux", err)
	}
	if want, ok := machines[arch]; !ok || file.Machine != want {
		return fmt.Errorf("it is for %s, and -arch is %q; build it with GOARCH=%s", file.Machine, arch, arch)
	}
	for _, part := range file.Progs {
		if part.Type == elf.PT_INTERP {
			return errors.New("it needs libraries that the image does not have; build it with CGO_ENABLED=0")
		}
	}
	return nil
}

// layerOf is a layer with one file, and the folders that lead to it. All belong to root, and
// nobody may change them.
func layerOf(name string, content []byte, mode int64) (v1.Layer, error) {
	var raw bytes.Buffer
	w := tar.NewWriter(&raw)
	folder := ""
	for part := range strings.SplitSeq(path.Dir(name), "/") {
		folder += part + "/"
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: folder, Mode: 0o755, ModTime: made, Format: tar.FormatUSTAR}); err != nil {
			return nil, err
		}
	}
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(content)), ModTime: made, Format: tar.FormatUSTAR}); err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(raw.Bytes())), nil })
}
