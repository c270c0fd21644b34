//go:build !linux

package kubetest

import (
	"fmt"
	"net"
	"syscall"
)

// endsWithUs can do nothing here: servers of a test that is killed stay.
func endsWithUs() *syscall.SysProcAttr { return nil }

// sharedPort is empty: the port is not held once it is known.
var sharedPort []string

// heldPort is a port of loopback that was free when it was asked for.
type heldPort struct{ number int }

func holdPort() (*heldPort, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen on loopback: %w", err)
	}
	defer l.Close()
	return &heldPort{l.Addr().(*net.TCPAddr).Port}, nil
}

func (p *heldPort) release() {}
