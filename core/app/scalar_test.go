package app_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/hostapi"
)

// loadInput loads an app whose entry has the input [yaml].
func loadInput(t testing.TB, yaml string) (*app.App, app.Diagnostics) {
	return load(t, files("a.yaml", "namespace: a\nentries:\n  - {name: x, kind: process.lua, source: code, input: ["+yaml+"]}\n"), newWorld().options())
}

// Scalars are those of the core schema of YAML 1.2 (14.7).
func TestScalars(t *testing.T) {
	for text, want := range map[string]hostapi.Value{
		"~": {}, "null": {}, "Null": {}, "NULL": {}, `!!null ""`: {}, "nULL": hostapi.String("nULL"),
		"true": hostapi.Bool(true), "True": hostapi.Bool(true), "FALSE": hostapi.Bool(false), "tRUE": hostapi.String("tRUE"),
		"y": hostapi.String("y"), "N": hostapi.String("N"), `"yes"`: hostapi.String("yes"), "'off'": hostapi.String("off"), "yesterday": hostapi.String("yesterday"),
		"0": hostapi.Int(0), "-7": hostapi.Int(-7), "+7": hostapi.Int(7), "-0": hostapi.Int(0),
		"0x1F": hostapi.Int(31), "0o17": hostapi.Int(15), "-0x10": hostapi.Int(-16),
		"9007199254740992": hostapi.Int(1 << 53), "0x20000000000000": hostapi.Int(1 << 53),
		"1.5": hostapi.Float(1.5), ".5": hostapi.Float(0.5), "5.": hostapi.Float(5), "1e3": hostapi.Float(1000), "1E-2": hostapi.Float(0.01), "-1.5e+3": hostapi.Float(-1500), "01.5": hostapi.Float(1.5),
		".inf": hostapi.Float(math.Inf(1)), "-.INF": hostapi.Float(math.Inf(-1)), "+.Inf": hostapi.Float(math.Inf(1)),
		"inf": hostapi.String("inf"), "nan": hostapi.String("nan"), "Infinity": hostapi.String("Infinity"),
		"1:30": hostapi.String("1:30"), "190:20:30": hostapi.String("190:20:30"), "12:30:45.5": hostapi.String("12:30:45.5"),
		"2020-01-02": hostapi.String("2020-01-02"), "2001-12-14t21:59:43.10-05:00": hostapi.String("2001-12-14t21:59:43.10-05:00"),
		`"010"`: hostapi.String("010"), "'1_000'": hostapi.String("1_000"), `"1e400"`: hostapi.String("1e400"), "!!str 010": hostapi.String("010"), "!!str yes": hostapi.String("yes"),
		"!!float 1": hostapi.Float(1), "!!float 0x10": hostapi.Float(16), `!!int "5"`: hostapi.Int(5), "!!bool TRUE": hostapi.Bool(true),
		"_1": hostapi.String("_1"), "-_5": hostapi.String("-_5"), "1_000ms": hostapi.String("1_000ms"), "1.2.3": hostapi.String("1.2.3"), "1e": hostapi.String("1e"),
		"0xgg": hostapi.String("0xgg"), "0b12": hostapi.String("0b12"), "0o8": hostapi.String("0o8"), "1-2": hostapi.String("1-2"), ".": hostapi.String("."), "--1": hostapi.String("--1"), "1f": hostapi.String("1f"),
		"=": hostapi.String("="),
	} {
		a, diags := loadInput(t, text)
		if len(diags) > 0 {
			t.Errorf("14.7: %s: %v", text, diags)
			continue
		}
		got := lookup[*app.Process](t, a, "a:x").Input[0]
		if got.Type() != want.Type() || !got.Equal(want) {
			t.Errorf("14.7: %s is the %s %s, want the %s %s", text, got.TypeName(), got, want.TypeName(), want)
		}
	}
	a, diags := loadInput(t, ".nan")
	if len(diags) > 0 || !math.IsNaN(lookup[*app.Process](t, a, "a:x").Input[0].Float()) {
		t.Errorf("14.7: .nan: %v", diags)
	}
}

// What readers of YAML take for different values, and what no number can hold, is
// refused where it stands (14.7).
func TestScalarsThatAreRefused(t *testing.T) {
	someReaders := func(text, number string) string {
		return fmt.Sprintf("%s is a number to some readers of YAML, and text to others: write %s, or %q as text", text, number, text)
	}
	zero := func(text, write string) string {
		return fmt.Sprintf("%s has a leading zero, which some readers of YAML take for octal: write %s, or %q as text", text, write, text)
	}
	for text, want := range map[string]string{
		"010": zero("010", "10 or, if it is octal, 8"), "-010": zero("-010", "-10 or, if it is octal, -8"), "0777": zero("0777", "777 or, if it is octal, 511"),
		"08": zero("08", "8"), "007": zero("007", "7"), "00": zero("00", "0"), "0_10": zero("0_10", "10 or, if it is octal, 8"), "!!int 010": zero("010", "10 or, if it is octal, 8"),
		"!!float 010": zero("010", "10 or, if it is octal, 8"),
		"1_000":       someReaders("1_000", "1000"), "1__0": someReaders("1__0", "10"), "1_": someReaders("1_", "1"), "0x_1F": someReaders("0x_1F", "31"), "1_000.5": someReaders("1_000.5", "1000.5"), "1.5_0e1_0": someReaders("1.5_0e1_0", "1.50e10"),
		"0b101": someReaders("0b101", "5"), "-0b101": someReaders("-0b101", "-5"), "0X1F": someReaders("0X1F", "31"), "0O17": someReaders("0O17", "15"), "0B1": someReaders("0B1", "1"),
		"1e400": "number out of range: 1e400", "-1.5e999": "number out of range: -1.5e999", ".1e400": "number out of range: .1e400", "123e4567": "number out of range: 123e4567", "!!float 1e400": "number out of range: 1e400",
		"9007199254740993": "integer out of range: 9007199254740993", "0xFFFFFFFFFFFFFFFFFF": "integer out of range: 0xFFFFFFFFFFFFFFFFFF", "0o7777777777777777777777777": "integer out of range: 0o7777777777777777777777777",
		"99999999999999999999": "integer out of range: 99999999999999999999", "-099999999999999999999": "integer out of range: -099999999999999999999",
		"!!int 1.5": "not an integer: 1.5", "!!int a": "not an integer: a", "!!float a": "not a number: a", "!!bool yes": "not a boolean: yes", "!!null x": "not null: x",
		"!!binary aGk=": "the tag !!binary is not supported here", "!env HOME": "the tag !env is not supported here", "!!timestamp 2020-01-02": "the tag !!timestamp is not supported here",
		"!!set {a, b}": "the tag !!set is not supported here", "!!omap [a: 1]": "the tag !!omap is not supported here", "!!seq {a: 1}": "the tag !!seq is not supported here",
	} {
		for _, form := range []struct {
			yaml   string
			column int
		}{{text, 56}, {"[{k: " + text + "}]", 61}} {
			_, diags := loadInput(t, form.yaml)
			line := fmt.Sprintf("a.yaml:3:%d: a:x: %s", form.column, want)
			if len(diags) != 1 || diags[0].String() != line || diags[0].Warning {
				t.Errorf("14.7: %s: got %v\nwant %s", form.yaml, diags, line)
			}
		}
	}
	_, diags := loadInput(t, "{010: 1, 1e400: 2}")
	expect(t, diags, "a.yaml:3:57: a:x: 010 has a leading zero", "a.yaml:3:65: a:x: number out of range: 1e400")
}

// Words that were booleans in YAML 1.1 are text, with a word of warning.
func TestTruthWordsAreText(t *testing.T) {
	for word, truth := range map[string]string{"yes": "true", "Yes": "true", "ON": "true", "no": "false", "Off": "false"} {
		a, diags := loadInput(t, word+`, {yes: "no", y: n}`)
		expect(t, diags, fmt.Sprintf("a.yaml:3:56: a:x: warning: %s is text here: write %s, or %q if it is meant to be text", word, truth, word))
		if a != nil && lookup[*app.Process](t, a, "a:x").Input[0].Str() != word {
			t.Errorf("14.7: %s is %v", word, lookup[*app.Process](t, a, "a:x").Input[0])
		}
	}
}

// Fields that are numbers, texts and durations refuse the same.
func TestAmbiguousFields(t *testing.T) {
	_, diags := load(t, files("a.yaml", `namespace: a
entries:
  - {name: 010, kind: pg.scope}
  - {name: x, kind: pg.scope, max_groups: 010, max_members_per_group: 1_000}
  - {name: y, kind: pg.scope, max_groups: 1e400, max_members_per_group: 0b11}
  - {name: z, kind: pg.scope, lifecycle: {start_timeout: 010, restart: {backoff_factor: 1_0.5, jitter: 1e-400, max_attempts: 1e400}}}
  - {name: q, kind: pg.scope, max_groups: 1e3, max_members_per_group: "10"}
  - {name: p, kind: process.lua, source: code, mailbox: {limit: 010}, limits: {memory: 0777, payload_size: 16_000}, method: 1_0}
`), newWorld().options())
	expect(t, diags,
		`a.yaml:3:12: name must be a string, not a number: write it in quotes, "010"`,
		`a.yaml:4:43: a:x: max_groups: 010 has a leading zero`, `a.yaml:4:71: a:x: max_members_per_group: 1_000 is a number to some`,
		`a.yaml:5:43: a:y: max_groups: number out of range: 1e400`, `a.yaml:5:73: a:y: max_members_per_group: 0b11 is a number to some`,
		`a.yaml:6:58: a:z: lifecycle.start_timeout: 010 has a leading zero`, `a.yaml:6:89: a:z: lifecycle.restart.backoff_factor: 1_0.5 is a number to some`, `a.yaml:6:126: a:z: lifecycle.restart.max_attempts: number out of range: 1e400`,
		`a.yaml:7:43: a:q: max_groups must be an integer, not a number: 1e3 is none`, `a.yaml:7:71: a:q: max_members_per_group must be an integer, not a string: write it without quotes`,
		`a.yaml:8:65: a:p: mailbox.limit: 010 has a leading zero`, `a.yaml:8:88: a:p: limits.memory: 0777 has a leading zero`, `a.yaml:8:108: a:p: limits.payload_size: 16_000 is a number to some`,
		`a.yaml:8:125: a:p: method must be a string, not a number: write it in quotes, "1_0"`,
	)
}

// JSON has one form of numbers; of a key that occurs twice nothing is lost.
func TestJSONScalars(t *testing.T) {
	load := func(input string) (*app.App, app.Diagnostics) {
		return load(t, files("a.json", "{\"namespace\": \"a\", \"entries\": [\n{\"name\": \"x\", \"kind\": \"process.lua\", \"source\": \"code\", \"input\": [\n"+input+"\n]}]}"), newWorld().options())
	}
	a, diags := load(`0, -0, -7, 1e3, 1.0, 1E-2, 0.5, "010", "1_000", "yes", "~", null, true, 9007199254740992`)
	expect(t, diags)
	if a != nil {
		want := hostapi.ListOf(hostapi.Int(0), hostapi.Int(0), hostapi.Int(-7), hostapi.Float(1000), hostapi.Float(1), hostapi.Float(0.01), hostapi.Float(0.5),
			hostapi.String("010"), hostapi.String("1_000"), hostapi.String("yes"), hostapi.String("~"), hostapi.Value{}, hostapi.Bool(true), hostapi.Int(1<<53))
		if got := hostapi.ListOf(lookup[*app.Process](t, a, "a:x").Input...); !got.Equal(want) || got.String() != want.String() {
			t.Errorf("14.7: %s, want %s", got, want)
		}
	}
	_, diags = load(`1e400, 9007199254740993, -123456789012345678901234567890, {"k": 1, "k": 2}`)
	expect(t, diags, "a.json:3:1: a:x: number out of range: 1e400", "a.json:3:8: a:x: integer out of range: 9007199254740993", "a.json:3:26: a:x: integer out of range: -123", `a.json:3:68: a:x: duplicate key "k"`)
	for _, text := range []string{"010", "1_000", "0x1F", ".5", "5.", "+1", "NaN", "yes", "1 // one"} {
		_, diags := load(text)
		if err := diags.Err(); err == nil || !strings.Contains(diags.Error(), "a.json:3:") || !strings.Contains(diags.Error(), "cannot parse: ") {
			t.Errorf("14.7: %s in JSON: %v", text, diags)
		}
	}
}
