package kubetest

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// endsWithUs has a process killed when the thread that started it ends, and keeps an
// interrupt at the terminal for the tests, which then end it.
func endsWithUs() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// sharedPort are the flags by which kube-apiserver shares a port that is held.
var sharedPort = []string{"--permit-port-sharing"}

// heldPort is a port of loopback that nobody else is given. A socket is bound to it
// and does not listen, so that a server which shares its port (SO_REUSEPORT) can,
// and connections are refused while none does.
type heldPort struct {
	number int
	fd     int
}

func holdPort() (*heldPort, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open a socket: %w", err)
	}
	p := &heldPort{fd: fd}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		p.release()
		return nil, fmt.Errorf("share the port of a socket: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		p.release()
		return nil, fmt.Errorf("bind a socket to loopback: %w", err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		p.release()
		return nil, fmt.Errorf("ask for the port of a socket: %w", err)
	}
	p.number = name.(*unix.SockaddrInet4).Port
	return p, nil
}

func (p *heldPort) release() { _ = unix.Close(p.fd) }
