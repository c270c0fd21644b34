package main

import (
	"os"
	"strings"
)

// secret is what an environment variable holds, without the line break and the blanks
// around it that come along from files and from copying.
func secret(name string) string { return strings.TrimSpace(os.Getenv(name)) }

// passphrase is that of the key files. Blanks may belong to it, a line break never.
func passphrase() []byte { return []byte(strings.TrimRight(os.Getenv("LEVEE_KEY_PASSPHRASE"), "\r\n")) }
