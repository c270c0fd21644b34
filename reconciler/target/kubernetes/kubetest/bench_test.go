package kubetest

import (
	"fmt"
	"os"
	"testing"
)

// BenchmarkStart says how long a control plane takes to start and what each server
// holds in memory then.
func BenchmarkStart(b *testing.B) {
	for _, how := range []struct {
		name    string
		options Options
	}{{"whole", Options{}}, {"bare", Options{Bare: true}}} {
		b.Run(how.name, func(b *testing.B) {
			Skip(b)
			for b.Loop() {
				c, err := Launch(how.options)
				if err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				for _, s := range c.servers {
					b.ReportMetric(resident(b, s), s.name+"-MB")
				}
				c.Close()
				b.StartTimer()
			}
		})
	}
}

// resident is how much memory a server holds, in MB.
func resident(b *testing.B, s *server) float64 {
	b.Helper()
	var pages, held int64
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.cmd.Process.Pid))
	if err == nil {
		_, err = fmt.Sscan(string(text), &pages, &held)
	}
	if err != nil {
		b.Skipf("this system does not tell what a process holds: %v", err)
	}
	return float64(held) * float64(os.Getpagesize()) / 1e6
}
