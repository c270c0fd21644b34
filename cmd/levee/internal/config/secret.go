package config

import (
	"os"
	"strings"
)

// Secret is what an environment variable holds, without the line break and the blanks
// around it that come along from files and from copying.
func Secret(name string) string { return strings.TrimSpace(os.Getenv(name)) }

// Passphrase is that of the key files. Blanks may belong to it, a line break never.
func Passphrase() []byte { return []byte(strings.TrimRight(os.Getenv("LEVEE_KEY_PASSPHRASE"), "\r\n")) }
