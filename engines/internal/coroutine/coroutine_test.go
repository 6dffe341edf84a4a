package coroutine

import (
	"runtime"
	"slices"
	"testing"
)

// body yields what it is given until it is given "end".
type body struct {
	co     *Coroutine[string]
	killed bool
	left   bool // Run has returned
}

func (b *body) Run(args []string) ([]string, bool) {
	defer func() { b.left = true }()
	for {
		if slices.Equal(args, []string{"end"}) {
			return []string{"result"}, false
		}
		if slices.Equal(args, []string{"fail"}) {
			return []string{"thrown"}, true
		}
		var ok bool
		if args, ok = b.co.Yield(args); !ok {
			return nil, false
		}
	}
}

func (b *body) Kill() { b.killed = true }

func start(s *Set[string]) (*Coroutine[string], *body) {
	b := &body{}
	b.co = s.New(b)
	return b.co, b
}

func TestResume(t *testing.T) {
	var s Set[string]
	for last, want := range map[string]string{"end": "result", "fail": "thrown"} {
		co, _ := start(&s)
		if co.Status() != "suspended" || co.Refusal() != "" {
			t.Errorf("a new one is %s: %s", co.Status(), co.Refusal())
		}
		for _, v := range []string{"a", "b"} {
			values, failed, left := s.Resume(co, []string{v, v})
			if !slices.Equal(values, []string{v, v}) || failed || left || co.Status() != "suspended" {
				t.Errorf("got %q, %v, %v, %s", values, failed, left, co.Status())
			}
		}
		values, failed, left := s.Resume(co, []string{last})
		if !slices.Equal(values, []string{want}) || failed != (last == "fail") || !left {
			t.Errorf("%s: got %q, %v, %v", last, values, failed, left)
		}
		if co.Status() != "dead" || co.Refusal() != "cannot resume dead coroutine" || co.Body() != nil {
			t.Errorf("after the end it is %s: %s", co.Status(), co.Refusal())
		}
	}
}

// nested resumes itself.
type nested struct {
	co      *Coroutine[string]
	refusal string
}

func (n *nested) Run([]string) ([]string, bool) {
	n.refusal = n.co.Refusal()
	return []string{n.co.Status()}, false
}

func (n *nested) Kill() {}

func TestStatusInside(t *testing.T) {
	var s Set[string]
	n := &nested{}
	n.co = s.New(n)
	values, _, _ := s.Resume(n.co, nil)
	if !slices.Equal(values, []string{"active"}) || n.refusal != "cannot resume non-suspended coroutine" {
		t.Errorf("got %q, %q", values, n.refusal)
	}
}

func TestCloseUnwinds(t *testing.T) {
	var s Set[string]
	fresh, freshBody := start(&s)
	waiting, waitingBody := start(&s)
	s.Resume(waiting, []string{"a"})
	s.Close()
	if !waitingBody.killed || !waitingBody.left || waiting.Status() != "dead" {
		t.Errorf("the suspended one: %+v, %s", waitingBody, waiting.Status())
	}
	if freshBody.killed || freshBody.left || fresh.Status() != "suspended" {
		t.Errorf("the one that never began: %+v, %s", freshBody, fresh.Status())
	}
}

func TestReap(t *testing.T) {
	var s Set[string]
	type handle struct{ co *Coroutine[string] }
	kept := &handle{}
	var bodies []*body
	for i := range 10 {
		co, b := start(&s)
		h := &handle{co}
		Track(&s, co, h)
		switch {
		case i == 0:
			kept = h
			fallthrough
		case i < 5:
			s.Resume(co, []string{"a"})
			bodies = append(bodies, b)
		case i < 7:
			s.Resume(co, []string{"end"})
		}
	}
	reaped := 0
	for range 100 {
		runtime.GC()
		runtime.Gosched()
		if reaped += s.Reap(); reaped == 7 {
			break
		}
	}
	if reaped != 7 { // 4 that wait, 3 that never began; 2 had ended
		t.Errorf("%d were reaped, want 7", reaped)
	}
	for i, b := range bodies {
		if b.killed != (i > 0) || b.left != (i > 0) {
			t.Errorf("coroutine %d: %+v", i, b)
		}
	}
	if kept.co.Status() != "suspended" {
		t.Errorf("the one that is kept is %s", kept.co.Status())
	}
}
