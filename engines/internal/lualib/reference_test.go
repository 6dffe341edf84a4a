package lualib

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// These tests compare with the reference implementation of Lua 5.2, whose
// behaviour clause 19.7 takes over where it does not say otherwise. The
// reference runs all cases of a test in one process.

const casesEach = 6000

// prelude defines in the reference what a case needs: functions for arguments,
// and one line of output for each case.
const prelude = `
local function show(v)
  local t = type(v)
  if t == "number" then
    return "n" .. (string.format("%.17g", v):gsub("-nan", "nan"))
  elseif t == "string" then
    return "s" .. v:gsub(".", function(c) return string.format("%02x", c:byte()) end)
  elseif t == "table" then
    local out = {}
    for i = 1, #v do out[i] = show(v[i]) end
    return "{" .. table.concat(out, ",") .. "}" .. (v.n and show(v.n) or "")
  end
  return tostring(v)
end
local function answer(ok, ...)
  if not ok then print("error") return end
  local out = {}
  for i = 1, select("#", ...) do out[i] = show((select(i, ...))) end
  print(table.concat(out, " "))
end
local function case(f) answer(pcall(f)) end
local function dup(a) return a .. a end
local function none() end
local function no() return false end
local function second(a, b) return b end
local function bad() return {} end
local function greater(a, b) return a > b end
local function throw() error("x") end
local function all(s, p)
  local out = {}
  for a, b in string.gmatch(s, p) do out[#out + 1] = a; out[#out + 1] = b or false end
  return out
end
local function changed(f, t, ...)
  return t, f(t, ...)
end
`

// named are the functions of the prelude that serve as arguments.
var named = map[string]mfunc{
	"dup":     func(a []Value) ([]Value, error) { return in(str(a[0]) + str(a[0])), nil },
	"none":    func(a []Value) ([]Value, error) { return nil, nil },
	"no":      func(a []Value) ([]Value, error) { return in(false), nil },
	"second":  func(a []Value) ([]Value, error) { return in(append(a, nil)[1]), nil },
	"bad":     func(a []Value) ([]Value, error) { return in(list()), nil },
	"greater": func(a []Value) ([]Value, error) { return in((&machine{}).Less(a[1], a[0])), nil },
	"throw":   func(a []Value) ([]Value, error) { return nil, errScript },
}

func str(v Value) string {
	if f, ok := v.(float64); ok {
		return NumberText(f)
	}
	return v.(string)
}

// function is an argument that both sides know by name.
type byName string

// comparison is one call to be made on both sides. form wraps the call: ""
// calls it, "all" collects the iteration of gmatch, "changed" also shows the
// table that is argument 1.
type comparison struct {
	form     string
	function string
	args     []Value
}

func (c comparison) lua() string {
	args := make([]string, len(c.args))
	for i, v := range c.args {
		args[i] = literal(v)
	}
	list := strings.Join(args, ", ")
	switch c.form {
	case "all":
		return "all(" + list + ")"
	case "changed":
		return "changed(" + c.function + ", " + list + ")"
	}
	return c.function + "(" + list + ")"
}

func literal(v Value) string {
	switch v := v.(type) {
	case float64:
		switch {
		case v != v:
			return "0/0"
		case math.IsInf(v, 1):
			return "1/0"
		case math.IsInf(v, -1):
			return "-1/0"
		}
		return strconv.FormatFloat(v, 'g', 17, 64)
	case string:
		var b strings.Builder
		b.WriteByte('"')
		for i := range len(v) {
			fmt.Fprintf(&b, "\\%03d", v[i])
		}
		return b.String() + `"`
	case *mtable:
		var out []string
		for i := range v.length() {
			out = append(out, literal(v.items[i+1]))
		}
		for k, x := range v.named {
			out = append(out, "["+literal(k)+"] = "+literal(x))
		}
		return "{" + strings.Join(out, ", ") + "}"
	case byName:
		return string(v)
	}
	return fmt.Sprint(map[any]any{nil: "nil", true: "true", false: "false"}[v])
}

// ours makes the call here, within a budget; ok is false if the budget did not
// suffice.
func (c comparison) ours(t *testing.T) (answer string, ok bool) {
	args := make([]Value, len(c.args))
	for i, v := range c.args {
		if name, ok := v.(byName); ok {
			v = named[string(name)]
		}
		args[i] = v
	}
	b := &budget{maxTicks: 2_000_000}
	results, err := run(t, b, function(t, c.function), args...)
	if c.form == "all" && err == nil {
		next := results[0].(mfunc)
		collected := list()
		for n := 0; err == nil; n += 2 {
			if results, err = next(nil); err != nil || results[0] == nil {
				break
			}
			collected.set(n+1, results[0])
			if results = append(results, nil); results[1] == nil {
				results[1] = false
			}
			collected.set(n+2, results[1])
		}
		results = in(collected)
	}
	if b.ticks > b.maxTicks {
		return "", false
	}
	if err != nil {
		return "error", true
	}
	if c.form == "changed" {
		results = append(in(args[0]), results...)
	}
	texts := make([]string, len(results))
	for i, v := range results {
		texts[i] = canonical(v)
	}
	return strings.Join(texts, " "), true
}

func canonical(v Value) string {
	switch v := v.(type) {
	case float64:
		return "n" + strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'g', 17, 64), "+"))
	case string:
		return fmt.Sprintf("s%x", v)
	case *mtable:
		var out []string
		for i := range v.length() {
			out = append(out, canonical(v.items[i+1]))
		}
		n := ""
		if v.named["n"] != nil {
			n = canonical(v.named["n"])
		}
		return "{" + strings.Join(out, ",") + "}" + n
	}
	return fmt.Sprint(map[any]any{nil: "nil", true: "true", false: "false"}[v])
}

// reference runs Lua code after the prelude and gives its lines.
func reference(t *testing.T, version, code string) []string {
	t.Helper()
	path, err := exec.LookPath(version)
	if err != nil {
		t.Skipf("the reference interpreter %s is not installed (apt-get install %s)", version, version)
	}
	cmd := exec.Command(path, "-")
	cmd.Stdin = strings.NewReader(prelude + code)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", version, err, stderr.Bytes())
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

// compare makes n random calls on both sides. excused says by which clause a
// case may differ, "" if it may not; same compares two different answers, nil
// for not equal.
func compare(t *testing.T, n int, generate func(r *rand.Rand) comparison,
	excused func(c comparison) string, same func(ours, theirs string) bool) {
	t.Helper()
	r := rand.New(rand.NewPCG(19, 7))
	var cases []comparison
	var answers []string
	var code strings.Builder
	for len(cases) < n {
		c := generate(r)
		// The reference has no budget: what takes long here would there.
		lua := c.lua()
		answer, ok := c.ours(t)
		if !ok {
			continue
		}
		cases = append(cases, c)
		answers = append(answers, answer)
		fmt.Fprintf(&code, "case(function() return %s end)\n", lua)
	}
	theirs := reference(t, "lua5.2", chunks(code.String()))
	if len(theirs) != n {
		t.Fatalf("%d answers to %d cases", len(theirs), n)
	}
	excuses := map[string]int{}
	differences, failed := 0, 0
	for i, c := range cases {
		if theirs[i] == "error" {
			failed++
		}
		if answers[i] == theirs[i] || same != nil && same(answers[i], theirs[i]) {
			continue
		}
		if excused != nil {
			if clause := excused(c); clause != "" {
				excuses[clause]++
				continue
			}
		}
		if differences++; differences <= 20 {
			t.Errorf("%s\n ours %s\ntheirs %s", readable(c), answers[i], theirs[i])
		}
	}
	t.Logf("%d cases, %d of them errors, %d differences, excused: %v", n, failed, differences, excuses)
	if failed > n*3/4 {
		t.Errorf("%d of %d cases are errors: the generator is too wild to say anything", failed, n)
	}
	total := 0
	for _, k := range excuses {
		total += k
	}
	if total > n/4 {
		t.Errorf("%d of %d cases are excused", total, n)
	}
}

// chunks splits code into functions: one function may hold only so many
// constants.
func chunks(code string) string {
	var b strings.Builder
	for lines := strings.SplitAfter(code, "\n"); len(lines) > 0; {
		n := min(len(lines), 1000)
		b.WriteString("do local function part()\n" + strings.Join(lines[:n], "") + "end part() end\n")
		lines = lines[n:]
	}
	return b.String()
}

func readable(c comparison) string {
	args := make([]string, len(c.args))
	for i, v := range c.args {
		if name, ok := v.(byName); ok {
			args[i] = string(name)
		} else {
			args[i] = showValue(v)
		}
	}
	return c.form + " " + c.function + "(" + strings.Join(args, ", ") + ")"
}
