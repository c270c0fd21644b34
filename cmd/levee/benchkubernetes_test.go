//go:build linux

package main

import (
	"fmt"
	"os"
)

// kubernetes measures applies to a real API server beside the same resources sent by a bare
// client. The servers take a quarter of an hour to build the first time, so they are not built
// for this.
func (t *budgets) kubernetes() {
	const measure = "apply to Kubernetes"
	if os.Getenv("LEVEE_TEST_SERVERS") == "" {
		t.row(measure, "", "not measured: `make servers` builds what it needs")
		return
	}
	size := "10k"
	if t.apps < 10_000 {
		size = "1k"
	}
	t.b.Setenv("SIZE", size)
	found := t.benchmark("./reconciler/target/kubernetes", "^BenchmarkApply$", "1x")
	for _, apps := range []int{100, 500, 1000} {
		is, ok := found[fmt.Sprintf("BenchmarkApply/apps=%d", apps)]
		if !ok {
			continue
		}
		what := fmt.Sprintf("%s, %d apps", measure, apps)
		for _, suffix := range []string{"", "-changed"} {
			t.row(what+suffix, "≤ 2 times the floor", fmt.Sprintf("%.2f times: %.0f ms and %.0f calls an app; a bare client makes %.0f",
				is["times-floor"+suffix], is["ms/app"+suffix], is["calls/app"+suffix], is["floor-calls/app"+suffix]), is["times-floor"+suffix] <= 2)
		}
		t.row(what+": memory", "", fmt.Sprintf("%.0f MB at most", is["peak-MB"]))
	}
}
