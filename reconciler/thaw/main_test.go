package thaw_test

import (
	"testing"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

func TestMain(m *testing.M) { reconcilertest.Main(m) }
