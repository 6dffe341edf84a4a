package kernel

import "github.com/understudy-run/understudy/hostapi"

// Inquiry is a task that waits for an answer of another process.
type Inquiry task

// EnterToWait is Enter of a call that may wait, which the top level must not (2.10).
func (p *process) EnterToWait() error {
	if err := p.current.call(); err != nil {
		return err
	}
	return p.current.mayWait()
}

// Inquire lets the running task wait until the inquiry that submit is given has its
// answer, and gives the error of that. If submit fails there is nothing to wait for.
func (p *process) Inquire(doing string, submit func(*Inquiry) error) error {
	t := p.current
	p.mu.Lock()
	t.wait.begin(doing, true)
	p.mu.Unlock()
	if err := submit((*Inquiry)(t)); err != nil {
		p.mu.Lock()
		t.wait.withdraw()
		p.mu.Unlock()
		return err
	}
	p.mu.Lock()
	return t.park()
}

// Waits reports whether the task still waits.
func (q *Inquiry) Waits() bool {
	q.p.mu.Lock()
	defer q.p.mu.Unlock()
	return q.wait.waiting
}

// Answer ends the wait, if the task still waits.
func (q *Inquiry) Answer(err error, by *process) {
	q.p.mu.Lock()
	defer q.p.mu.Unlock()
	q.wait.complete(-1, hostapi.Value{}, err == nil, err, by)
}
