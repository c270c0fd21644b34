package main

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

// compiled builds a small program as levee is built, for an architecture.
func compiled(t *testing.T, arch string) string {
	t.Helper()
	dir := t.TempDir()
	source, program := filepath.Join(dir, "main.go"), filepath.Join(dir, "levee")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() { println(\"levee\") }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-trimpath", "-o", program, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

func certificates(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.crt")
	if err := os.WriteFile(file, []byte("-----BEGIN CERTIFICATE-----\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestImage: the image is whole, says what it runs and as whom, and holds nothing but the program
// and the certificates.
func TestImage(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "image")
	digest, err := build(compiled(t, "amd64"), certificates(t), "amd64", folder)
	if err != nil {
		t.Fatal(err)
	}
	index, err := layout.ImageIndexFromPath(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(index); err != nil {
		t.Error(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil || len(manifest.Manifests) != 1 || manifest.Manifests[0].Digest.String() != digest || manifest.Manifests[0].Platform.String() != "linux/amd64" {
		t.Fatalf("the folder holds %+v, %v, and not %s", manifest, err, digest)
	}
	image, err := index.Image(manifest.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if c := config.Config; c.User != "65532:65532" || !slices.Equal(c.Entrypoint, []string{"/usr/local/bin/levee"}) || len(c.Cmd) > 0 || config.Architecture != "amd64" || !config.Created.Equal(made) {
		t.Errorf("its configuration is %+v", config)
	}
	flat := mutate.Extract(image)
	defer flat.Close()
	var files []string
	for r := tar.NewReader(flat); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Uid != 0 || header.Mode&0o022 != 0 || !header.ModTime.Equal(made) {
			t.Errorf("%s is of %d, mode %o, of %v", header.Name, header.Uid, header.Mode, header.ModTime)
		}
		if header.Typeflag == tar.TypeReg {
			files = append(files, header.Name)
		}
	}
	slices.Sort(files)
	if !slices.Equal(files, []string{certificatesAt, programAt}) {
		t.Errorf("it holds %v", files)
	}
}

// TestSame: two builds of the same give the same image, also in place of one that is there.
func TestSame(t *testing.T) {
	trusted, first := certificates(t), filepath.Join(t.TempDir(), "image")
	var digests []string
	for _, folder := range []string{first, filepath.Join(t.TempDir(), "other"), first} {
		digest, err := build(compiled(t, "arm64"), trusted, "arm64", folder)
		if err != nil {
			t.Fatal(err)
		}
		digests = append(digests, digest)
	}
	if len(slices.Compact(digests)) != 1 {
		t.Errorf("the digests are %v", digests)
	}
}

// TestRefused: what could not run as an image is told, and nothing of somebody else's is replaced.
func TestRefused(t *testing.T) {
	program, text := compiled(t, "amd64"), certificates(t)
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for want, try := range map[string][4]string{
		"name it with -program":  {"", "", "amd64", "x"},
		"no program for Linux":   {text, "", "amd64", "x"},
		"and -arch is \"arm64\"": {program, "", "arm64", "x"},
		"name it with -o":        {program, "", "amd64", ""},
		"no image":               {program, "", "amd64", full},
	} {
		if _, err := build(try[0], try[1], try[2], try[3]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", try, err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(full, "mine")); err != nil {
		t.Error(err)
	}
	if shell := "/bin/sh"; runtime.GOOS == "linux" && runtime.GOARCH == "amd64" {
		if _, err := build(shell, "", "amd64", t.TempDir()); err == nil || !strings.Contains(err.Error(), "CGO_ENABLED=0") {
			t.Errorf("a program with libraries: %v", err)
		}
	}
}
