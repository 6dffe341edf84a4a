package hostile

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const (
	// childRole tells the test binary that it is a child, and what it does:
	// "engine NAME", "bare NAME", or "mortal" for TestChild.
	childRole = "UNDERSTUDY_HOSTILE_ROLE"

	// headroom is how much address space a child may take beyond what it has
	// when it begins.
	headroom = 2 << 30

	// patience is the processor time after which what goes on is taken never to
	// end. Everything here takes a small part of it.
	patience = 20 * time.Second
)

func TestMain(m *testing.M) {
	kind, name, _ := strings.Cut(os.Getenv(childRole), " ")
	switch kind {
	case "":
		os.Exit(m.Run())
	case "engine":
		os.Exit(serve(playOn(name)))
	case "bare":
		os.Exit(serve(playBare(name)))
	case "mortal":
		os.Exit(serve(playMortal))
	}
	fmt.Fprintln(os.Stderr, "unknown role", kind)
	os.Exit(2)
}

// doing is what a child is at.
type doing struct{ text atomic.Value }

func (d *doing) now(text string) { d.text.Store(text) }

// serve answers requests, one after the other: they come from the standard
// input, answers go to file 3, since scripts print. A program in which one
// takes too long panics.
func serve(play func(*doing, json.RawMessage) (any, error)) int {
	if err := confine(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	requests := json.NewDecoder(bufio.NewReader(os.Stdin))
	answers := json.NewEncoder(os.NewFile(3, "answers"))
	for {
		var r json.RawMessage
		if err := requests.Decode(&r); err == io.EOF {
			return 0
		} else if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
		at := &doing{}
		at.now("begins")
		stop := whenUsed(patience, func() {
			panic(fmt.Sprintf("it still %s, after %v of processor time or %v in which hardly any was used", at.text.Load(), patience, idleLooks*lookEvery))
		})
		answer, err := play(at, r)
		stop()
		if err == nil {
			err = answers.Encode(answer)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
	}
}

// confine bounds the memory of this Go program. The race detector reserves more
// address space than any limit allows.
func confine() error {
	if raceEnabled {
		return nil
	}
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return fmt.Errorf("no limit of memory without /proc: %w", err)
	}
	var pages uint64
	if _, err := fmt.Sscan(string(data), &pages); err != nil {
		return err
	}
	limit := pages*uint64(os.Getpagesize()) + headroom
	return syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: limit, Max: limit})
}

// parent has children that answer requests, one at a time. A child that dies is
// replaced at the next request. Not safe for concurrent use.
type parent struct {
	role    string
	cmd     *exec.Cmd // nil: none
	ask     *json.Encoder
	end     io.Closer // of what it is asked
	answers *json.Decoder
	stderr  strings.Builder
}

func newParent(t *testing.T, role string) *parent {
	p := &parent{role: role}
	t.Cleanup(func() { p.dismiss(t) })
	return p
}

// dismiss ends the child, if there is one.
func (p *parent) dismiss(t *testing.T) {
	if p.cmd == nil {
		return
	}
	_ = p.end.Close()
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the child failed: %v\n%s", err, p.stderr.String())
	}
	p.cmd = nil
}

// request lets a child answer. An error says how the child died of it.
func (p *parent) request(request, answer any) error {
	if p.cmd == nil {
		if err := p.start(); err != nil {
			return err
		}
	}
	if err := p.ask.Encode(request); err != nil {
		return p.died(err)
	}
	if err := p.answers.Decode(answer); err != nil {
		return p.died(err)
	}
	return nil
}

func (p *parent) start() error {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childRole+"="+p.role, "GOTRACEBACK=all")
	p.stderr.Reset()
	cmd.Stderr = &p.stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, write, err := os.Pipe()
	if err != nil {
		return err
	}
	cmd.ExtraFiles = []*os.File{write}
	err = cmd.Start()
	write.Close() // the child has its own
	if err != nil {
		out.Close()
		return err
	}
	p.cmd, p.ask, p.end, p.answers = cmd, json.NewEncoder(in), in, json.NewDecoder(out)
	return nil
}

// died gives what is known of the death of the child.
func (p *parent) died(err error) error {
	_ = p.end.Close()
	if end := p.cmd.Wait(); end != nil {
		err = end
	}
	p.cmd = nil
	text := p.stderr.String()
	return fmt.Errorf("the program died: %w\n%s", err, text[:min(len(text), 3000)])
}

// playMortal answers what it is asked, but for a few requests.
func playMortal(at *doing, request json.RawMessage) (any, error) {
	var word string
	if err := json.Unmarshal(request, &word); err != nil {
		return nil, err
	}
	switch word {
	case "die":
		os.Exit(7)
	case "panic":
		panic("as asked")
	}
	return word, nil
}

// A child that dies is told of with the request that it died of, and only that:
// the next is answered by another.
func TestChild(t *testing.T) {
	p := newParent(t, "mortal")
	for _, test := range []struct{ request, dies string }{
		{"a", ""}, {"die", "exit status 7"}, {"b", ""}, {"c", ""}, {"panic", "panic: as asked"}, {"die", "exit status 7"}, {"d", ""},
	} {
		var answer string
		err := p.request(test.request, &answer)
		switch {
		case test.dies == "" && (err != nil || answer != test.request):
			t.Errorf("%s: answered %q, %v", test.request, answer, err)
		case test.dies != "" && (err == nil || !strings.Contains(err.Error(), test.dies)):
			t.Errorf("%s: %v, want %q", test.request, err, test.dies)
		}
	}
}
