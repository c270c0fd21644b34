package kubetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Prefix returns what the names of all namespaces of one test begin with, so that
// tests of one cluster do not meet. When the test ends these namespaces are deleted;
// nobody waits until they are gone.
func (c *Cluster) Prefix(tb testing.TB) string {
	tb.Helper()
	prefix := fmt.Sprintf("t%d-", c.prefixes.Add(1))
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		// A test may end with the API server stopped: then they stay.
		list, err := c.client.Resource(namespaces).List(ctx, metav1.ListOptions{})
		if err != nil {
			return
		}
		for _, namespace := range list.Items {
			if strings.HasPrefix(namespace.GetName(), prefix) {
				_ = c.client.Resource(namespaces).Delete(ctx, namespace.GetName(), metav1.DeleteOptions{})
			}
		}
	})
	return prefix
}
