package http

import (
	"net"
	"sync"
)

// listener accepts no more connections than there are places (48.1): the others wait
// where the system keeps them.
type listener struct {
	net.Listener
	places chan struct{}
	closed chan struct{}
	close  func()
}

func limited(l net.Listener, connections int) *listener {
	closed := make(chan struct{})
	return &listener{l, make(chan struct{}, connections), closed, sync.OnceFunc(func() { close(closed) })}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case l.places <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.places
		return nil, err
	}
	return &connection{c, sync.OnceFunc(func() { <-l.places })}, nil
}

// Close implements net.Listener.
func (l *listener) Close() error {
	l.close()
	return l.Listener.Close()
}

// connection gives its place back when it is closed.
type connection struct {
	net.Conn
	leave func()
}

// Close implements net.Conn.
func (c *connection) Close() error {
	err := c.Conn.Close()
	c.leave()
	return err
}
