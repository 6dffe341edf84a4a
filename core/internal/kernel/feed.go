package kernel

import (
	"context"
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// feed implements hostapi.Feed. It is guarded by the lock of its process.
type feed struct {
	c        *channel
	capacity int
	room     chan struct{} // gets something when an item was taken, or the feed has ended
	ended    bool          // the process has, or its code was replaced
}

// Feed implements hostapi.Outside.
func (p *process) Feed(capacity int) (hostapi.Feed, error) {
	if err := p.current.call(); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	f := &feed{c: p.newChannel(fedChannel), capacity: max(1, capacity), room: make(chan struct{}, 1)}
	a := p.goAway()
	a.feeds = append(a.feeds, f)
	p.keeps(bytesPerListener, p)
	return f, nil
}

func errFeedClosed() error { return hostapi.Errorf(hostapi.Invalid, "feed is closed") }

// Channel implements hostapi.Feed.
func (f *feed) Channel() hostapi.Channel { return f.c }

// Put implements hostapi.Feed.
func (f *feed) Put(ctx context.Context, v hostapi.Value) error {
	for {
		if done, err := f.tryPut(v); done || err != nil {
			return err
		}
		if !f.c.p.rt.realTime {
			return hostapi.Errorf(hostapi.Unavailable, "feed is full")
		}
		select {
		case <-f.room:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// tryPut puts a value if there is room for it.
func (f *feed) tryPut(v hostapi.Value) (done bool, err error) {
	p := f.c.p
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case f.ended || p.end != nil:
		f.signal() // for the next who waits
		return false, hostapi.ErrKilled
	case f.c.closed:
		f.signal()
		return false, errFeedClosed()
	case f.full():
		return false, nil
	}
	f.c.offer(item{value: v}, nil)
	p.keeps(bytesPerItem+payloadBytes([]hostapi.Value{v}), nil)
	if !f.full() {
		f.signal()
	}
	return true, nil
}

func (f *feed) full() bool { return f.c.readers.first == nil && f.c.buffer.Len() >= f.capacity }

// signal lets one who waits look again whether there is room. The lock is held.
func (f *feed) signal() {
	select {
	case f.room <- struct{}{}:
	default:
	}
}

// end lets all fail that put something. The lock is held.
func (f *feed) end() {
	f.ended = true
	f.signal()
}

// Close implements hostapi.Feed.
func (f *feed) Close() {
	p := f.c.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if a := p.outside(); a != nil {
		a.feeds = slices.DeleteFunc(a.feeds, func(other *feed) bool { return other == f })
	}
	f.c.shut(nil)
	f.signal()
}

// taken is told that an item of a fed channel was received. The lock is held.
func (p *process) taken(c *channel) {
	if a := p.outside(); a != nil {
		for _, f := range a.feeds {
			if f.c == c {
				f.signal()
			}
		}
	}
}
