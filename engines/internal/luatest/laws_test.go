package luatest

import (
	"embed"
	"errors"
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
)

//go:embed testdata
var scripts embed.FS

// suites are those of all Lua engines.
func suites() []Suite { return []Suite{{gopherlua.New()}, {golua.New()}} }

func (s Suite) name() string { return s.Engine.Info().Name }

// TestLua holds every Lua engine to the same.
func TestLua(t *testing.T) {
	for _, s := range suites() {
		t.Run(s.name(), s.test)
	}
}

func (s Suite) test(t *testing.T) {
	t.Run("laws", s.testLaws)
	t.Run("expressions", s.testExpressions)
	t.Run("conditions", s.testConditions)
	t.Run("large", s.testLarge)
	t.Run("payloads", s.testPayloads)
	t.Run("compile", s.testCompile)
	t.Run("kill", s.testKill)
	t.Run("coroutines", s.testCoroutines)
	t.Run("recursion", s.testRecursion)
	t.Run("sharing", s.testSharing)
	t.Run("wrappers", s.testWrappers)
	t.Run("endless tail calls", s.testEndlessTailCalls)
}

func (s Suite) testLaws(t *testing.T) {
	files, err := fs.Glob(scripts, "testdata/*.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(path.Base(file), ".lua"), func(t *testing.T) {
			text, err := scripts.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s.Law(t, string(text))
		})
	}
}

// testExpressions checks what Lua 5.1 and 5.2 agree on (19.4).
func (s Suite) testExpressions(t *testing.T) {
	text, err := scripts.ReadFile("testdata/expressions.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "--") {
			continue
		}
		values, err := s.Run(t, &Task{}, "return function() return "+line+" end")
		if err != nil || len(values) == 0 || !values[0].Bool() {
			t.Errorf("%s: %v, %v", line, values, err)
		}
	}
}

func (s Suite) testPayloads(t *testing.T) {
	for expression, want := range map[string]hostapi.Value{
		`nil`:                       {},
		`-0`:                        hostapi.Int(0),
		`2^53`:                      hostapi.Int(hostapi.MaxInt),
		`2^54`:                      hostapi.Float(1 << 54),
		`0.5`:                       hostapi.Float(0.5),
		`"a\0b"`:                    hostapi.String("a\x00b"),
		`{}`:                        hostapi.MapOf(),
		`{1, {2}, "x"}`:             hostapi.ListOf(hostapi.Int(1), hostapi.ListOf(hostapi.Int(2)), hostapi.String("x")),
		`{1, nil, 3}`:               hostapi.MapOf(hostapi.Entry{Key: hostapi.Int(1), Value: hostapi.Int(1)}, hostapi.Entry{Key: hostapi.Int(3), Value: hostapi.Int(3)}),
		`{1, x = 2}`:                hostapi.MapOf(hostapi.Entry{Key: hostapi.Int(1), Value: hostapi.Int(1)}, hostapi.Field("x", hostapi.Int(2))),
		`{[true] = 1, [1.5] = "f"}`: hostapi.MapOf(hostapi.Entry{Key: hostapi.Bool(true), Value: hostapi.Int(1)}, hostapi.Entry{Key: hostapi.Float(1.5), Value: hostapi.String("f")}),
		`setmetatable({}, {__index = {1}, __len = function() return 5 end, __newindex = print})`: hostapi.MapOf(),
		`errors.new{message = "m", kind = "K", details = {n = 1}}`: hostapi.Wrap(&hostapi.Error{
			Kind: "K", Message: "m", Script: true, Details: &hostapi.Map{Entries: []hostapi.Entry{hostapi.Field("n", hostapi.Int(1))}},
		}),
	} {
		values, err := s.Run(t, &Task{}, "return function() return "+expression+" end")
		if err != nil || len(values) != 1 || !values[0].Equal(want) {
			t.Errorf("%s: got %v, %v, want %v", expression, values, err, want)
		}
	}
	for expression, want := range map[string]string{
		`print`:                   "cannot send a function at #1",
		`{a = {1, print}}`:        "cannot send a function at #1.a[2]",
		`coroutine.create(print)`: "cannot send a coroutine at #1",
		`process`:                 "cannot send a module at #1",
		`{[{}] = 1}`:              "cannot send a table as a map key at #1[<table>]",
		`(function() local t = {} t.x = {t} return t end)()`: "cyclic value at #1.x[1]",
	} {
		_, err := s.Run(t, &Task{}, "return function() return "+expression+" end")
		var e *hostapi.Error
		if !errors.As(err, &e) || e.Message != want || e.Kind != hostapi.Invalid {
			t.Errorf("%s: got %v, want %s", expression, err, want)
		}
	}
	// What comes in is the script's own.
	values, err := s.Run(t, &Task{}, `return function(list, map, e)
		list[#list + 1] = map.a.b
		map.a = nil
		return list, map, e == e, e:kind(), e .. "!"
	end`, hostapi.ListOf(hostapi.Int(1), hostapi.Float(2.5)),
		hostapi.MapOf(hostapi.Field("a", hostapi.MapOf(hostapi.Field("b", hostapi.Bool(true))))),
		hostapi.Wrap(hostapi.Errorf(hostapi.Timeout, "late")))
	want := hostapi.ListOf(hostapi.ListOf(hostapi.Int(1), hostapi.Float(2.5), hostapi.Bool(true)), hostapi.MapOf(),
		hostapi.Bool(true), hostapi.String("Timeout"), hostapi.String("late!"))
	if err != nil || !hostapi.ListOf(values...).Equal(want) {
		t.Errorf("got %v, %v, want %v", values, err, want)
	}
}
