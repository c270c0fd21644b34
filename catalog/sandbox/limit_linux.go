package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// limit limits the memory of this process, and its CPU time to ten minutes, for the
// case that its parent is gone. A lower limit that is set already stays.
func limit(memory uint64) error {
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

// used is the processor time that the child has used.
func (p *Process) used() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0 // it has just ended, which its reader finds
	}
	// The name of the program, in brackets, may hold anything.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	var ticks int64
	for _, i := range []int{11, 12} { // utime and stime, proc(5)
		if i < len(fields) {
			n, _ := strconv.ParseInt(fields[i], 10, 64)
			ticks += n
		}
	}
	return time.Duration(ticks) * (time.Second / 100) // the clock tick of all that Go runs on
}
