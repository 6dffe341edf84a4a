package hostile

import (
	"embed"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
)

//go:embed lua/*.lua starlark/*.star
var sources embed.FS

// engines are those under attack.
func engines() []hostapi.Engine {
	return []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()}
}

// attack is one section of a file: it begins with a line
//
//	--- name | outcome | what it shows
//
// in Lua, with ### in place of --- in Starlark. The name of the file is the
// class of the attack. Further lines of that kind set limits of the process:
//
//	--- memory=16 fuel=100000
//
// memory of the process, payload, and the memory that the program may take on
// top of what it has, are in MiB. What is not set is as low as it can be: the
// attacks do no harm, so it must not take much of them to meet a limit.
type attack struct {
	class, name string
	outcome     outcome
	claim       string
	text        string
	limits      core.Limits
	mailbox     core.Mailbox
	processes   int   // of the host, at most
	program     int64 // bytes that the program may take on top of what it has
	services    int   // how often the bystander is served at least before a kill
}

func (a attack) String() string { return a.class + "/" + a.name }

// outcome is what becomes of an attack:
//
//	killed            it goes on until it is killed, which takes effect within
//	                  its time slice
//	returns TEXT      it comes to nothing: it returns a value that prints so
//	fails KIND TEXT   the process fails, with a message that contains the text
//	refused TEXT      it is no program
//	memory            it fails with LIMIT_EXCEEDED "memory limit exceeded"
//	ends              it ends by itself with some result or error of its own
//	stopped           it ends, or is killed by a limit of memory
type outcome struct {
	word string
	kind hostapi.Kind
	text string
}

func parseOutcome(s string) (outcome, error) {
	word, rest, _ := strings.Cut(strings.TrimSpace(s), " ")
	o := outcome{word: word, text: rest}
	switch word {
	case "killed", "ends", "stopped":
	case "memory":
		o.word, o.kind, o.text = "fails", hostapi.LimitExceeded, "memory limit exceeded"
	case "fails":
		kind, text, _ := strings.Cut(rest, " ")
		o.kind, o.text = hostapi.Kind(kind), text
	case "returns", "refused":
	default:
		return outcome{}, fmt.Errorf("unknown outcome %q", s)
	}
	return o, nil
}

// attacks gives those in a language, bystander the source of its bystander.
func attacks(language string) (list []attack, bystander string, err error) {
	marker, extension := "--- ", ".lua"
	if language == "starlark" {
		marker, extension = "### ", ".star"
	}
	files, err := sources.ReadDir(language)
	if err != nil {
		return nil, "", err
	}
	for _, file := range files {
		data, err := sources.ReadFile(path.Join(language, file.Name()))
		if err != nil {
			return nil, "", err
		}
		class := strings.TrimSuffix(file.Name(), extension)
		if class == "bystander" {
			bystander = string(data)
			continue
		}
		for i, line := range strings.SplitAfter(string(data), "\n") {
			head, ok := strings.CutPrefix(line, marker)
			switch {
			case !ok && len(list) > 0:
				list[len(list)-1].text += line
			case !ok:
			case strings.Contains(head, "|"):
				a, err := parseHead(class, head)
				if err != nil {
					return nil, "", fmt.Errorf("%s:%d: %w", file.Name(), i+1, err)
				}
				list = append(list, a)
			default:
				if err := list[len(list)-1].set(head); err != nil {
					return nil, "", fmt.Errorf("%s:%d: %w", file.Name(), i+1, err)
				}
			}
		}
	}
	return list, bystander, nil
}

func parseHead(class, head string) (attack, error) {
	parts := strings.SplitN(head, "|", 3)
	if len(parts) != 3 {
		return attack{}, fmt.Errorf("want name | outcome | claim")
	}
	o, err := parseOutcome(parts[1])
	return attack{
		class: class, name: strings.TrimSpace(parts[0]), outcome: o, claim: strings.TrimSpace(parts[2]),
		limits: core.Limits{Memory: memory}, program: program, services: services,
	}, err
}

// larger gives the attack with limits of memory twice as high, and more time.
func (a attack) larger() attack {
	a.limits.Memory *= 2
	a.program *= 2
	a.services *= 10
	return a
}

// set sets limits.
func (a *attack) set(line string) error {
	for _, field := range strings.Fields(line) {
		name, text, _ := strings.Cut(field, "=")
		n, err := strconv.ParseInt(text, 0, 64)
		if err != nil {
			return err
		}
		switch name {
		case "memory":
			a.limits.Memory = n << 20
		case "payload":
			a.limits.Payload.Size = int(n) << 20
		case "program":
			a.program = n << 20
		case "fuel":
			a.limits.Fuel = n
		case "coroutines":
			a.limits.MaxCoroutines = int(n)
		case "mailbox":
			a.mailbox.Limit = int(n)
		case "processes":
			a.processes = int(n)
		default:
			return fmt.Errorf("unknown limit %q", name)
		}
	}
	return nil
}
