//go:build linux

package directory

import (
	"context"
	"fmt"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/levee-gitops/levee/reconciler/target"
	"github.com/levee-gitops/levee/reconciler/target/directory/disk"
	"github.com/levee-gitops/levee/reconciler/target/targettest"
)

// hasty is a disk that does not wait for power to fail, to fill folders quickly.
type hasty struct{ disk.Disk }

func (h hasty) Sync(string) error { return nil }
func (h hasty) Folder(name string) (disk.Disk, error) {
	d, err := h.Disk.Folder(name)
	return hasty{d}, err
}
func (h hasty) Create(name string) (disk.Handle, error) {
	f, err := h.Disk.Create(name)
	return hastyFile{f}, err
}

type hastyFile struct{ disk.Handle }

func (hastyFile) Sync() error { return nil }

// BenchmarkDriftPass is the observation of a whole environment. Cold is the first
// one after a start, which reads everything; warm is every other one.
func BenchmarkDriftPass(b *testing.B) {
	const count = 10_000
	root := b.TempDir()
	d := open(b, root)
	careful := d.environments.Root
	d.environments.Root = hasty{careful}
	for i := range count {
		o := targettest.Object(fmt.Sprintf("app-%d", i), "1.0.0", int64(i+1))
		if _, err := d.Apply(context.Background(), "production", target.Step{Verb: target.Create, App: o.App, Object: o}); err != nil {
			b.Fatal(err)
		}
	}
	d.environments.Root = careful
	pass := func(b *testing.B, d *Target) {
		before := cpu()
		for b.Loop() {
			all, err := d.Observe(context.Background(), "production")
			if err != nil || len(all.Apps) != count {
				b.Fatal(len(all.Apps), err)
			}
		}
		b.ReportMetric(float64((cpu()-before).Milliseconds())/float64(b.N), "cpu-ms/op")
	}
	b.Run("cold", func(b *testing.B) { pass(b, d) }) // written this moment: nothing may be remembered
	d.now = func() time.Time { return time.Now().Add(time.Hour) }
	b.Run("warm", func(b *testing.B) {
		if _, err := d.Observe(context.Background(), "production"); err != nil {
			b.Fatal(err)
		}
		pass(b, d)
	})
}

// BenchmarkApply is one new version of one app, with every sync there is.
func BenchmarkApply(b *testing.B) {
	d := open(b, b.TempDir())
	for n := int64(1); b.Loop(); n++ {
		o := targettest.Object("expense-submit", fmt.Sprintf("1.%d.0", n), n)
		if _, err := d.Apply(context.Background(), "production", target.Step{Verb: target.Update, App: o.App, Object: o}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFill is many new apps, eight at once, with every sync there is.
func BenchmarkFill(b *testing.B) {
	d := open(b, b.TempDir())
	var n atomic.Int64
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := n.Add(1)
			o := targettest.Object(fmt.Sprintf("app-%d", i), "1.0.0", i)
			if _, err := d.Apply(context.Background(), "production", target.Step{Verb: target.Create, App: o.App, Object: o}); err != nil {
				b.Error(err)
			}
		}
	})
}

// cpu is the processor time that this process has used.
func cpu() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
