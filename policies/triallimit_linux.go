package policies

import (
	"golang.org/x/sys/unix"
)

// limitTrial has the kernel refuse this process more memory than that, and end it after
// ten minutes of work, should its parent be gone.
func limitTrial(memory uint64) error {
	for resource, most := range map[int]uint64{unix.RLIMIT_DATA: memory, unix.RLIMIT_CPU: 600, unix.RLIMIT_CORE: 0} {
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			return err
		}
	}
	return nil
}
