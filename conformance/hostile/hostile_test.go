package hostile

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

const (
	childEngine = "UNDERSTUDY_HOSTILE_ENGINE" // tells the test binary that it is the child
	childAttack = "UNDERSTUDY_HOSTILE_ATTACK" // a glob

	// headroom is how much address space the child may take beyond what it has
	// when it begins.
	headroom = 2 << 30
)

func TestMain(m *testing.M) {
	if name := os.Getenv(childEngine); name != "" {
		os.Exit(child(name, os.Getenv(childAttack)))
	}
	os.Exit(m.Run())
}

// child plays the attacks on an engine and reports each on a line, after one
// that names it.
func child(engine, glob string) int {
	if err := confine(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	e := engineNamed(engine)
	list, bystander, err := attacks(e.Info().Language)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	for _, a := range list {
		if ok, err := path.Match(glob, a.String()); err != nil || !ok {
			continue
		}
		fmt.Printf("begin %s\n", a)
		text, err := json.Marshal(play(e, a, bystander))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
		fmt.Printf("end %s\n", text)
	}
	return 0
}

func engineNamed(name string) hostapi.Engine {
	for _, e := range engines() {
		if e.Info().Name == name {
			return e
		}
	}
	return nil
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

// TestAttacks plays every attack on every engine of its language.
func TestAttacks(t *testing.T) {
	for _, e := range engines() {
		name := e.Info().Name
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, _, err := attacks(e.Info().Language)
			if err != nil {
				t.Fatal(err)
			}
			if testing.Short() || raceEnabled {
				n := len(list)
				list = slices.DeleteFunc(list, func(a attack) bool { return a.class == "memory" || a.class == "time" })
				t.Logf("%d attacks on time and memory are left out: they take minutes, and the race detector bears no limit of memory", n-len(list))
			}
			results := playAll(t, name, list)
			for _, a := range list {
				t.Run(a.String(), func(t *testing.T) {
					r, played := results[a.String()]
					switch {
					case !played:
						t.Fatalf("%s\nit was not played", a.claim)
					case r.Failure != "":
						t.Errorf("%s\nseen: %s", a.claim, r.Failure)
					}
					t.Logf("%s; served %d times, slowest %v; kill %v; by runtime %v; took %v",
						r.Seen, r.Served, r.Slowest, r.Kill, r.ByScope, r.Duration)
				})
			}
		})
	}
}

// playAll plays attacks in children, one for each class: if one dies of an
// attack, further ones play what is left, one each.
func playAll(t *testing.T, engine string, list []attack) map[string]result {
	results := map[string]result{}
	for from := 0; from < len(list); {
		glob := list[from].class + "/*"
		if from > 0 && list[from-1].class == list[from].class {
			glob = list[from].String() // what is left of a class
		}
		inside, output := runChild(t, engine, glob, results)
		if inside != "" {
			results[inside] = result{Attack: inside, Failure: "the program died:\n" + output}
		}
		for from < len(list) && results[list[from].String()].Attack != "" {
			from++
		}
		if inside == "" && output != "" {
			t.Fatalf("the child failed: %s", output)
		}
	}
	return results
}

// runChild runs one child. inside is the attack that it died in.
func runChild(t *testing.T, engine, glob string, results map[string]result) (inside, output string) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEngine+"="+engine, childAttack+"="+glob, "GOTRACEBACK=single")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(pipe)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		switch word {
		case "begin":
			inside = rest
		case "end":
			var r result
			if err := json.Unmarshal([]byte(rest), &r); err != nil {
				t.Fatal(err)
			}
			results[r.Attack] = r
			inside = ""
		}
	}
	if err := cmd.Wait(); err != nil {
		text := stderr.String()
		return inside, fmt.Sprintf("%v\n%s", err, text[:min(len(text), 2000)])
	}
	return "", ""
}
