package policies

import (
	"golang.org/x/sys/unix"
)

// limitTrial has the kernel refuse this process more memory than that, and end it after
// ten minutes of work, should its parent be gone. Where this process was given less
// already, less it is.
func limitTrial(memory uint64) error {
	for resource, most := range map[int]uint64{unix.RLIMIT_DATA: memory, unix.RLIMIT_CPU: 600, unix.RLIMIT_CORE: 0} {
		var given unix.Rlimit
		if err := unix.Getrlimit(resource, &given); err != nil {
			return err
		}
		most = min(most, given.Max)
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			return err
		}
	}
	return nil
}
