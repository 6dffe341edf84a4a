package definitions

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
)

// 61.2: the stub has every function, as scripts spell it, and is what its notation allows.
func TestStarlarkStub(t *testing.T) {
	modules := append(allModules(), inventory())
	spelled := starlark.New().(hostapi.Speller).Spelled
	stub := string(Starlark(modules, spelled, func(text string) string { return text }))
	for _, want := range []string{
		"    def price(item: str) -> tuple[int | float | None, errors.error | None]:\n        \"\"\"The price of one item.\"\"\"\n",
		"class process:\n", "    class registry:\n", "        EXIT: str = \"pid.exit\"\n",
		"    def spawn(id: str, host: str | None = None, *args) -> tuple[str | None, errors.error | None]:\n",
		"        def receive(self) -> tuple[object, bool]:\n",
		"    def select(cases: list[process.case], *, default: bool | None = None) -> channel.result:\n",
	} {
		if !strings.Contains(stub, want) {
			t.Errorf("no %q", want)
		}
	}
	var count func(m *hostapi.Module) int
	count = func(m *hostapi.Module) int {
		n := len(m.Funcs)
		for _, sub := range m.Modules {
			n += count(sub)
		}
		return n
	}
	functions := 0
	for _, m := range modules {
		functions += count(m)
	}
	if got := strings.Count(stub, "@staticmethod"); got != functions {
		t.Errorf("%d functions, want %d", got, functions)
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed: nobody reads the notation")
	}
	read := exec.Command(python, "-c", "import ast, sys; ast.parse(sys.stdin.read())")
	read.Stdin = strings.NewReader(stub)
	if out, err := read.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
