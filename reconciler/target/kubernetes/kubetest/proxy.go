package kubetest

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"

	"k8s.io/client-go/rest"
)

// Proxy stands between clients and the API server, and does to requests what a Fault says.
// Every request comes on a connection of its own, so that what is done to every third
// connection is done to every third request.
type Proxy struct {
	cluster   *Cluster
	authority *authority // believed by clients
	good, bad tls.Certificate
	listener  net.Listener
	pass      http.Handler

	mu       sync.Mutex
	fault    Fault
	met      int // what the fault concerns, since it began
	requests []string
	open     map[net.Conn]bool
}

// Fault is what a Proxy does to requests: to each Every-th of those that it concerns, to each
// where Every is 0. What is not set is done to none.
type Fault struct {
	Every int
	// Only says which requests it concerns; all where it is nil.
	Only func(*http.Request) bool
	// Answer answers a request, with or without having the API server answer it.
	Answer func(w http.ResponseWriter, r *http.Request, pass http.Handler)
	// Deaf has connections accepted and never answered, Impostor has them answered by
	// somebody whose certificate the authority of the cluster did not issue.
	Deaf, Impostor bool
}

// Proxy starts a proxy before the API server that ends with the test. What it passes on is
// asked by the user of Config.
func (c *Cluster) Proxy(tb testing.TB) *Proxy {
	tb.Helper()
	p := &Proxy{cluster: c, open: map[net.Conn]bool{}}
	if err := p.prepare(); err != nil {
		tb.Fatalf("kubetest: start a proxy: %v", err)
	}
	server := &http.Server{Handler: http.HandlerFunc(p.answer), ErrorLog: log.New(io.Discard, "", 0)}
	server.SetKeepAlivesEnabled(false)
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(entrance{p.listener, p})
	}()
	tb.Cleanup(func() {
		_ = server.Close()
		p.Disconnect()
		<-served
	})
	return p
}

func (p *Proxy) prepare() (err error) {
	if p.authority, err = newAuthority(); err != nil {
		return err
	}
	if p.good, err = p.authority.listening(); err != nil {
		return err
	}
	stranger, err := newAuthority()
	if err != nil {
		return err
	}
	if p.bad, err = stranger.listening(); err != nil {
		return err
	}
	address, err := url.Parse(p.cluster.admin.Host)
	if err != nil {
		return err
	}
	transport, err := rest.TransportFor(p.cluster.Config())
	if err != nil {
		return err
	}
	p.pass = &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(address) },
		Transport:     transport,
		FlushInterval: -1, // events of a watch are not kept back
		ErrorLog:      log.New(io.Discard, "", 0),
	}
	p.listener, err = net.Listen("tcp", "127.0.0.1:0")
	return err
}

// listening is a certificate of a server on loopback.
func (a *authority) listening() (tls.Certificate, error) {
	own, err := a.server("proxy")
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(own.cert, own.key)
}

// Config returns how to reach the API server through the proxy.
func (p *Proxy) Config() *rest.Config {
	config := rest.AnonymousClientConfig(p.cluster.admin)
	config.Host = "https://" + p.listener.Addr().String()
	config.CAData = p.authority.pem
	return config
}

// Begin begins a fault in the place of the one before; the zero Fault is none. Connections
// that are open stay so.
func (p *Proxy) Begin(f Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault, p.met = f, 0
}

// Requests lists the requests that came so far, each with its method.
func (p *Proxy) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests[:len(p.requests):len(p.requests)]
}

// Disconnect closes all connections.
func (p *Proxy) Disconnect() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.open {
		_ = conn.Close()
	}
	clear(p.open)
}

// turn counts what the fault concerns, and says whether it is done to this one.
func (p *Proxy) turn() bool {
	p.met++
	return p.fault.Every == 0 || p.met%p.fault.Every == 0
}

// answer answers a request, or has the API server answer it.
func (p *Proxy) answer(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.requests = append(p.requests, r.Method+" "+r.URL.RequestURI())
	instead := p.fault.Answer
	if instead != nil && (p.fault.Only != nil && !p.fault.Only(r) || !p.turn()) {
		instead = nil
	}
	p.mu.Unlock()
	if instead != nil {
		instead(w, r, p.pass)
		return
	}
	p.pass.ServeHTTP(w, r)
}

// entrance is where connections of clients arrive.
type entrance struct {
	net.Listener
	p *Proxy
}

// Accept returns the next connection to which something is answered.
func (e entrance) Accept() (net.Conn, error) {
	for {
		conn, err := e.Listener.Accept()
		if err != nil {
			return nil, err
		}
		p, certificate := e.p, e.p.good
		p.mu.Lock()
		p.open[conn] = true
		hit := (p.fault.Deaf || p.fault.Impostor) && p.turn()
		deaf := hit && p.fault.Deaf
		p.mu.Unlock()
		if deaf {
			continue
		}
		if hit {
			certificate = p.bad
		}
		return tls.Server(&tracked{conn, p}, &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}), nil
	}
}

// tracked is a connection that the proxy forgets once it is closed.
type tracked struct {
	net.Conn
	p *Proxy
}

func (c *tracked) Close() error {
	c.p.mu.Lock()
	delete(c.p.open, c.Conn)
	c.p.mu.Unlock()
	return c.Conn.Close()
}
