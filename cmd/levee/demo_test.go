package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestDemo plays the story; every act checks what it tells.
func TestDemo(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if code := run(t.Context(), []string{"demo"}, stdio{out: &out, err: &out, now: time.Now}); code != exitFine {
		t.Fatalf("exit code %d\n%s", code, &out)
	}
	if !strings.Contains(out.String(), "all as told") {
		t.Errorf("the story does not end:\n%s", &out)
	}
}
