package peer

import (
	"runtime"
	"sync/atomic"
)

// mailboxSize is the buffer of the channels that stand for mailboxes. Channels
// are bounded and mailboxes are not, so no workload here may need more.
const mailboxSize = 1024

type call struct {
	from chan int
	n    int
}

// goroutines is the floor: no mailbox, no PID, no monitor, no kill. What has no
// counterpart in the language is left out.
func goroutines() System {
	return System{"goroutines", map[string]func(float64) (float64, string){
		"ping-pong-raw":       perOp(300_000, pingGoroutines),
		"ping-pong-2-workers": perOp(300_000, pingGoroutines),
		"ring":                perOp(3_000, ringGoroutines),
		"fan-in":              perOp(1_000_000, fanInGoroutines),
		"fan-out":             perOp(500_000, fanOutGoroutines),
		"spawn":               perOp(100_000, spawnGoroutines),
		"idle":                memory(100_000, idleGoroutines),
		"channel":             perOp(500_000, channelGoroutines),
	}}
}

func pingGoroutines(n int) {
	pings, pongs := make(chan call, mailboxSize), make(chan int, mailboxSize)
	go func() {
		for c := range pings {
			c.from <- c.n
		}
	}()
	for range n {
		pings <- call{pongs, 1}
		<-pongs
	}
	close(pings)
}

func ringGoroutines(rounds int) {
	const size = 100
	self := make(chan int, mailboxSize)
	next := self
	var nodes []chan int
	for range size - 1 {
		node, to := make(chan int, mailboxSize), next
		go func() {
			for token := range node {
				to <- token
			}
		}()
		nodes = append(nodes, node)
		next = node
	}
	for i := range rounds {
		next <- i
		<-self
	}
	for _, node := range nodes {
		close(node)
	}
}

func fanInGoroutines(n int) {
	const senders = 4
	numbers := make(chan int, mailboxSize)
	for range senders {
		go func() {
			for i := range n / senders {
				numbers <- i
			}
		}()
	}
	for range n / senders * senders {
		<-numbers
	}
}

func fanOutGoroutines(n int) {
	const receivers = 100
	done := make(chan struct{}, receivers)
	all := make([]chan int, receivers)
	for i := range all {
		numbers := make(chan int, mailboxSize)
		all[i] = numbers
		go func() {
			for range n / receivers {
				<-numbers
			}
			done <- struct{}{}
		}()
	}
	for i := range n / receivers {
		for _, numbers := range all {
			numbers <- i
		}
	}
	for range receivers {
		<-done
	}
}

// spawnGoroutines has a channel told of the end, in place of a monitor.
func spawnGoroutines(n int) {
	events := make(chan int, 1)
	for i := range n {
		go func() { events <- i }()
		<-events
	}
}

// idleGoroutines gives every goroutine a channel of its own.
func idleGoroutines(n int) any {
	var waiting atomic.Int64
	mailboxes := make([]chan int, n)
	for i := range mailboxes {
		mailbox := make(chan int, 1)
		mailboxes[i] = mailbox
		go func() {
			waiting.Add(1)
			<-mailbox
		}()
	}
	for waiting.Load() < int64(n) {
		runtime.Gosched()
	}
	return mailboxes
}

func channelGoroutines(n int) {
	ch := make(chan int)
	go func() {
		for i := range n {
			ch <- i
		}
	}()
	for range n {
		<-ch
	}
}
