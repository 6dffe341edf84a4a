package kernel

import (
	"sync"
	"testing"
)

// Works outside follow one another on the same goroutines, and at the end none is left.
func TestWorksOutsideFollowOneAnother(t *testing.T) {
	var a abroad
	for range 100 {
		done := make(chan struct{})
		a.do(func() { close(done) })
		<-done
		a.working.Wait()
	}
	var begun, ended sync.WaitGroup
	end := make(chan struct{})
	const many = 10 * mostIdle
	begun.Add(many)
	ended.Add(many)
	for range many {
		a.do(func() {
			defer ended.Done()
			begun.Done()
			<-end
		})
	}
	begun.Wait() // all at once: none waits for another
	close(end)
	ended.Wait()
	a.wait()
	if len(a.idle) != 0 {
		t.Errorf("%d wait for more work", len(a.idle))
	}
	late := make(chan struct{})
	a.do(func() { close(late) })
	<-late
	a.wait()
}
