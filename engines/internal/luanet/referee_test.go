package luanet

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

//go:embed prelude.lua
var prelude string

//go:embed reference.lua
var server string

// What a program may take in a reference.
const (
	maxInstructions = 200_000
	maxKiB          = 300_000
)

// answer is what became of a program.
type answer struct {
	void   string // why the program tells nothing, "" if it does
	output string // what was printed, line by line
}

// reference is an interpreter that programs are compared with, in a process of
// its own. It serves one goroutine.
type reference struct {
	path    string
	memory  int    // in KiB, of a program
	change  change // of programs
	mask    string // "l" if it tells which lines were executed
	command *exec.Cmd
	input   io.WriteCloser
	output  *bufio.Reader
}

// newReference starts the interpreter of that name; the error says that it is
// absent.
func newReference(interpreter string) (*reference, error) {
	path, err := exec.LookPath(interpreter)
	if err != nil {
		return nil, fmt.Errorf("the reference interpreter %s is not installed (apt-get install %s)", interpreter, interpreter)
	}
	r := &reference{path: path, memory: maxKiB, change: changeFor(interpreter)}
	return r, r.start()
}

// bootstrap reads the server and its arguments, in the form of programs.
const bootstrap = `local function part() return io.read(tonumber(io.read("*l"))) end
assert((loadstring or load)(part(), "=reference"))(part(), part(), tonumber(part()), tonumber(part()), part())`

func (r *reference) start() error {
	r.command = exec.Command(r.path, "-e", bootstrap)
	var err error
	if r.input, err = r.command.StdinPipe(); err != nil {
		return err
	}
	output, err := r.command.StdoutPipe()
	if err != nil {
		return err
	}
	r.output = bufio.NewReader(output)
	if err := r.command.Start(); err != nil {
		return err
	}
	return r.tell(server, prelude, deviationCode(), strconv.Itoa(maxInstructions), strconv.Itoa(r.memory), r.mask)
}

func (r *reference) tell(parts ...string) error {
	var b strings.Builder
	for _, part := range parts {
		fmt.Fprintf(&b, "%d\n%s", len(part), part)
	}
	_, err := io.WriteString(r.input, b.String())
	return err
}

// Close ends the process.
func (r *reference) Close() {
	r.input.Close()
	_ = r.command.Wait()
}

// patience is how long the reference may take for one program. Instructions are
// counted, but not those that take long.
const patience = time.Minute

// ask has programs run, one after the other.
func (r *reference) ask(programs []*node) ([]answer, error) {
	texts := make([]string, len(programs))
	for i, p := range programs {
		texts[i] = p.program(r.change)
	}
	return r.run(texts)
}

// run has texts run. One at which the reference ends or hangs tells nothing.
func (r *reference) run(texts []string) ([]answer, error) {
	answers := make([]answer, 0, len(texts))
	for len(answers) < len(texts) {
		rest := texts[len(answers):]
		written, process := make(chan struct{}), r.command.Process
		go func() {
			defer close(written)
			_ = r.tell(rest...) // what fails is seen by the reader
		}()
		var err error
		watch := time.AfterFunc(patience, func() { _ = process.Kill() })
		for range rest {
			var a answer
			if a, err = r.answer(); err != nil {
				break
			}
			watch.Reset(patience)
			answers = append(answers, a)
		}
		watch.Stop()
		if err == nil {
			<-written
			continue
		}
		r.Close()
		<-written
		if err := r.start(); err != nil {
			return nil, err
		}
		answers = append(answers, answer{void: "the reference ended: " + err.Error()})
	}
	return answers, nil
}

func (r *reference) answer() (answer, error) {
	void, err := r.output.ReadString('\n')
	if err != nil {
		return answer{}, err
	}
	size, err := r.output.ReadString('\n')
	if err != nil {
		return answer{}, err
	}
	n, err := strconv.Atoi(strings.TrimSpace(size))
	if err != nil {
		return answer{}, err
	}
	output := make([]byte, n)
	if _, err := io.ReadFull(r.output, output); err != nil {
		return answer{}, err
	}
	a := answer{output: string(output)}
	if void = strings.TrimSuffix(void, "\n"); void != "ok" {
		a.void = void
	}
	return a, nil
}
