package clocknet

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

var (
	//go:embed clock.lua
	luaCode string
	//go:embed clock.star
	starlarkCode string
	//go:embed reference.lua
	referenceCode string
)

const raised = "raised"

// ask has a reference interpreter answer calls of os in a time zone; dir is for its
// files. An answer is a quoted text, or "raised".
func ask(interpreter, dir, zone string, calls []call) ([]string, error) {
	for name, text := range map[string]string{"clock.lua": luaCode, "reference.lua": referenceCode} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	cmd := exec.Command(interpreter, "reference.lua", "clock.lua")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TZ="+zone, "LC_ALL=C")
	var in strings.Builder
	for i, c := range calls {
		in.WriteString(map[bool]string{true: "{"}[i%100 == 0])
		writeLua(&in, c.value())
		in.WriteString(map[bool]string{true: "}\n", false: ","}[i%100 == 99 || i == len(calls)-1])
	}
	cmd.Stdin = strings.NewReader(in.String())
	out, err := cmd.Output()
	if err != nil {
		if e, ok := err.(*exec.ExitError); ok {
			err = fmt.Errorf("%w: %s", err, e.Stderr)
		}
		return nil, fmt.Errorf("%s in %s: %w", interpreter, zone, err)
	}
	answers := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(answers) != len(calls) {
		return nil, fmt.Errorf("%s in %s gives %d answers to %d calls", interpreter, zone, len(answers), len(calls))
	}
	return answers, nil
}

// writeLua writes a value as Lua code.
func writeLua(b *strings.Builder, v hostapi.Value) {
	switch v.Type() {
	case hostapi.TypeList:
		b.WriteString("{")
		for _, x := range v.List().Items {
			writeLua(b, x)
			b.WriteString(",")
		}
		b.WriteString("}")
	case hostapi.TypeMap:
		b.WriteString("{")
		for _, e := range v.Map().Entries {
			b.WriteString(e.Key.Str() + "=")
			writeLua(b, e.Value)
			b.WriteString(",")
		}
		b.WriteString("}")
	case hostapi.TypeString:
		b.WriteString(quote(v.Str()))
	case hostapi.TypeFloat:
		b.WriteString(strconv.FormatFloat(v.Float(), 'g', 17, 64))
	default:
		b.WriteString(v.String())
	}
}

// quote writes a text as Lua and Go read it; other control characters it has not.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(s) + `"`
}
