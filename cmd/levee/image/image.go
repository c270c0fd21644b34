package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Where the files lie in the image, and as whom it runs: a user without a name, by number, so
// that Kubernetes can tell that it is not root.
const (
	programAt      = "usr/local/bin/levee"
	certificatesAt = "etc/ssl/certs/ca-certificates.crt" // where Go looks for them
	user           = "65532:65532"
)

// imageOf is an image with the program, and the certificates where there are any.
func imageOf(program, certificates []byte, arch string) (v1.Image, error) {
	var added []mutate.Addendum
	add := func(name string, content []byte, mode int64) error {
		layer, err := layerOf(name, content, mode)
		if err != nil {
			return err
		}
		added = append(added, mutate.Addendum{
			Layer: layer, MediaType: types.OCILayer, History: v1.History{Created: v1.Time{Time: made}, CreatedBy: "/" + name},
		})
		return nil
	}
	// What changes seldom comes first.
	if len(certificates) > 0 {
		if err := add(certificatesAt, certificates, 0o444); err != nil {
			return nil, err
		}
	}
	if err := add(programAt, program, 0o555); err != nil {
		return nil, err
	}
	base := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err := mutate.Append(base, added...)
	if err != nil {
		return nil, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Created = "linux", arch, v1.Time{Time: made}
	config.Config = v1.Config{
		User: user, WorkingDir: "/", Entrypoint: []string{"/" + programAt}, Env: []string{"PATH=/usr/local/bin"},
		Labels: map[string]string{"org.opencontainers.image.title": "levee", "org.opencontainers.image.licenses": "Apache-2.0"},
	}
	return mutate.ConfigFile(image, config)
}

// write writes an image as a folder. What was an image before is replaced, and nothing else.
func write(image v1.Image, arch, folder string) error {
	if folder == "" {
		return errors.New("no folder is given; name it with -o")
	}
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Stat(filepath.Join(folder, "oci-layout")); len(entries) > 0 && err != nil {
		return fmt.Errorf("it is there and no image: %w; name another", err)
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	to, err := layout.Write(folder, empty.Index)
	if err != nil {
		return err
	}
	return to.AppendImage(image, layout.WithPlatform(v1.Platform{OS: "linux", Architecture: arch}))
}
