// Command image makes an OCI image of the program levee, as a folder in the layout that the OCI
// describes, and prints its digest. It needs no container runtime, and reaches no registry.
//
//	program, certificates → one layer each, without times and owners (layer.go)
//	layers, what a container runs and as whom → image → folder (image.go)
//
// The same files make the same image. It is a module of its own, so that nothing of what it needs
// becomes a dependency of levee.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
)

func main() {
	program := flag.String("program", "", "the program levee, built for Linux and without libraries of C")
	certificates := flag.String("certificates", "", "the certificates of the authorities that it trusts, in one file; left out where there is none")
	arch := flag.String("arch", "amd64", "the architecture that the program is for")
	folder := flag.String("o", "", "the folder that becomes the image; one that is an image is replaced")
	flag.Parse()
	digest, err := build(*program, *certificates, *arch, *folder)
	if err != nil {
		fmt.Fprintf(os.Stderr, "image: %v\n", err)
		os.Exit(1)
	}
	fmt.Println(digest)
}

// build reads the files, and writes the image. It returns the image's digest.
func build(program, certificates, arch, folder string) (string, error) {
	levee, err := os.ReadFile(program)
	if err != nil {
		return "", fmt.Errorf("read the program: %w; name it with -program", err)
	}
	if err := checkProgram(levee, arch); err != nil {
		return "", fmt.Errorf("take %s for the program: %w", program, err)
	}
	var trusted []byte
	if certificates != "" {
		trusted, err = os.ReadFile(certificates)
		if errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(os.Stderr, "image: %s is not there, so that the image trusts nobody's certificates: mount some at /%s\n", certificates, certificatesAt)
		} else if err != nil {
			return "", fmt.Errorf("read the certificates: %w", err)
		}
	}
	image, err := imageOf(levee, trusted, arch)
	if err != nil {
		return "", fmt.Errorf("make the image: %w", err)
	}
	if err := write(image, arch, folder); err != nil {
		return "", fmt.Errorf("write the image to %q: %w", folder, err)
	}
	digest, err := image.Digest()
	return digest.String(), err
}
