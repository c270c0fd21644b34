//go:build !(linux || darwin || freebsd)

package doctor

import "errors"

// freeSpace cannot be told here.
func freeSpace(string) (int64, error) { return 0, errors.New("this system does not say") }
