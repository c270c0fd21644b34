package evidence

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// BenchmarkSummaries reads a list of 300 parts for each of 10,000 apps, and reports what
// the summaries take in memory, and the time of one.
func BenchmarkSummaries(b *testing.B) {
	const apps, parts = 10_000, 300
	licences := []string{"MIT", "Apache-2.0", "BSD-3-Clause", "ISC", "MPL-2.0", "0BSD", "MIT OR Apache-2.0"}
	list := func(app int) []byte {
		var all strings.Builder
		for i := range parts {
			fmt.Fprintf(&all, `,{"type":"library","bom-ref":"p%d","name":"part-%d","version":"1.%d.0","purl":"pkg:npm/part-%d@1.%d.0","licenses":[{"license":{"id":%q}}],"hashes":[{"alg":"SHA-256","content":"%064x"}]}`, i, i, app, i, app, licences[i%len(licences)], i)
		}
		return fmt.Appendf(nil, `{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"timestamp":"2026-11-20T10:00:00Z","tools":{"components":[{"type":"application","name":"syft","version":"1.2.0"}]},"component":{"type":"container","name":"app-%d","version":"1.0.0"}},"components":[%s]}`, app, all.String()[1:])
	}
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		kept := make([]Summary, apps)
		for i := range kept {
			if kept[i] = Read("sbom.cdx.json", list(i)); kept[i].Parts != parts {
				b.Fatalf("%+v", kept[i])
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB-kept")
		b.ReportMetric(float64(len(list(0)))/1024, "KiB/file")
		runtime.KeepAlive(kept)
	}
}
