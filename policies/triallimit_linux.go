package policies

import (
	"golang.org/x/sys/unix"
)

// limitTrial limits the memory of this process, and its CPU time to ten minutes, for the
// case that its parent is gone. A lower limit that is set already stays.
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
