package api_test

import (
	"testing"

	"github.com/levee-gitops/levee/reconciler/reconcilertest"
)

// TestMain serves as the child that tries proposed rules: this program is then the test.
func TestMain(m *testing.M) { reconcilertest.Main(m) }
