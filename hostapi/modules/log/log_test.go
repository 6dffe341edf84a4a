package log

import (
	"bytes"
	"context"
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/faketest"
)

var named = hostapi.Field

func TestLevels(t *testing.T) {
	for fn, want := range map[string]string{
		"debug": "log DEBUG hello", "info": "log INFO hello", "warn": "log WARN hello", "error": "log ERROR hello",
	} {
		p := &faketest.Process{}
		c := &faketest.Call{Process: p, Args: faketest.Values("hello"), Load: true}
		if got := c.Run(faketest.Func(Module, fn)); got != "" {
			t.Errorf("13.26: %s returns %s, want nothing", fn, got)
		}
		if !slices.Equal(p.Lines, []string{want}) || len(p.Attrs) != 0 {
			t.Errorf("13.26: %s wrote %q with %v", fn, p.Lines, p.Attrs)
		}
	}
}

// written gives the record of a call as the JSON handler writes it.
func written(t *testing.T, c *faketest.Call) string {
	t.Helper()
	c.Process = &faketest.Process{}
	c.Args = append(faketest.Values("m"), c.Args...)
	if got := c.Run(faketest.Func(Module, "info")); got != "" {
		t.Fatalf("info gives %s", got)
	}
	var b bytes.Buffer
	h := slog.NewJSONHandler(&b, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && (a.Key == slog.LevelKey || a.Key == slog.MessageKey) {
			return slog.Attr{}
		}
		return a
	}})
	r := slog.NewRecord(time.Time{}, slog.LevelInfo, "m", 0)
	r.AddAttrs(slog.Attr{Key: "fields", Value: slog.GroupValue(c.Process.Attrs...)})
	if err := h.Handle(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	text, found := strings.CutPrefix(b.String(), `{"fields":`)
	if !found {
		return b.String()
	}
	return strings.Replace(text, "}}\n", "}\n", 1)
}

// 13.26: whatever is logged, nothing is raised.
func TestMessages(t *testing.T) {
	for _, test := range []struct {
		message hostapi.Value
		want    string
	}{
		{hostapi.String("two words"), "two words"},
		{hostapi.Int(4), "4"},
		{hostapi.Bool(false), "false"},
		{hostapi.Value{}, "nil"},
		{hostapi.Wrap(hostapi.Errorf(hostapi.Invalid, "bad").Wrap("ctx")), "ctx: bad"},
		{faketest.Items(hostapi.Int(1), hostapi.String("y")), `[1, "y"]`},
		{faketest.Fields(named("k", hostapi.Float(1.5))), "{k: 1.5}"},
		{hostapi.FunctionRef(&faketest.Function{}), "<function>"},
	} {
		p := &faketest.Process{}
		c := &faketest.Call{Process: p, Args: []hostapi.Value{test.message}}
		if got := c.Run(faketest.Func(Module, "error")); got != "" || !slices.Equal(p.Lines, []string{"log ERROR " + test.want}) {
			t.Errorf("13.26: %s gives %q and wrote %q, want %q", test.message, got, p.Lines, test.want)
		}
	}
}

func TestFields(t *testing.T) {
	fields := faketest.Fields(
		named("s", hostapi.String("x")),
		named("n", hostapi.Int(-3)),
		named("f", hostapi.Float(1.5)),
		named("b", hostapi.Bool(true)),
		named("z", hostapi.Value{}),
		named("nan", hostapi.Float(math.NaN())),
		named("inf", hostapi.Float(math.Inf(1))),
		named("low", hostapi.Float(math.Inf(-1))),
		named("list", faketest.Items(hostapi.Int(1), hostapi.String("y"))),
		named("map", faketest.Fields(named("k", hostapi.Float(math.NaN())), hostapi.Entry{Key: hostapi.Int(2), Value: hostapi.Bool(false)})),
		named("err", hostapi.Wrap(hostapi.Errorf(hostapi.Invalid, "bad").Wrap("ctx"))),
		named("fn", hostapi.FunctionRef(&faketest.Function{})),
		named("mixed", faketest.Items(hostapi.FunctionRef(&faketest.Function{}))),
		named("ch", hostapi.Wrap(&faketest.Channel{Name: "inbox"})),
		hostapi.Entry{Key: hostapi.Int(7), Value: hostapi.Int(1)},
	)
	want := `{"7":1,"b":true,"ch":"inbox","err":"ctx: bad","f":1.5,"fn":"<function>","inf":"inf","list":[1,"y"],` +
		`"low":"-inf","map":{"2":false,"k":"nan"},"mixed":"<table>","n":-3,"nan":"nan","s":"x","z":null}` + "\n"
	for range 3 {
		if got := written(t, &faketest.Call{Args: []hostapi.Value{fields}}); got != want {
			t.Errorf("13.26: wrote\n %s want\n %s", got, want)
		}
	}
}

func TestFieldForms(t *testing.T) {
	one := named("n", hostapi.Int(1))
	list := faketest.Items(hostapi.String("a"), hostapi.String("b"))
	for _, test := range []struct {
		name string
		call faketest.Call
		want string
	}{
		{"keywords", faketest.Call{IsStrict: true, Named: []hostapi.Entry{one}}, `{"n":1}`},
		{"dict and keywords", faketest.Call{IsStrict: true, Named: []hostapi.Entry{one}, Args: []hostapi.Value{faketest.Fields(named("a", hostapi.Int(2)))}}, `{"a":2,"n":1}`},
		{"list", faketest.Call{IsStrict: true, Args: []hostapi.Value{list}}, `{"1":"a","2":"b"}`},
		{"table as list", faketest.Call{Args: []hostapi.Value{list}}, `{"1":"a","2":"b"}`},
		{"nil", faketest.Call{Args: []hostapi.Value{{}}}, `{}`},
		{"keys of one text", faketest.Call{Args: []hostapi.Value{faketest.Fields(named("1", hostapi.Int(2)), hostapi.Entry{Key: hostapi.Int(1), Value: hostapi.Int(1)}, named("1_", hostapi.Int(3)))}},
			`{"1":2,"1_":1,"1__":3}`},
		{"names of the record", faketest.Call{Args: []hostapi.Value{faketest.Fields(named("pid", hostapi.Int(1)), named("time", hostapi.Int(2)), named("message", hostapi.Int(3)), named("entry", hostapi.Int(4)), named("msg", hostapi.Int(5)), named("level", hostapi.Int(6)))}},
			`{"entry":4,"level":6,"message":3,"msg":5,"pid":1,"time":2}`},
		{"keys of one text within", faketest.Call{Args: []hostapi.Value{faketest.Fields(named("m", faketest.Fields(named("1", hostapi.Int(2)), hostapi.Entry{Key: hostapi.Int(1), Value: hostapi.Int(1)})))}},
			`{"m":[[1,1],["1",2]]}`},
	} {
		if got := written(t, &test.call); got != test.want+"\n" {
			t.Errorf("13.26: %s: wrote %s want %s", test.name, got, test.want)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, test := range []struct {
		name string
		call faketest.Call
		want string
	}{
		{"0.9: too few", faketest.Call{}, "raise Invalid: *"},
		{"0.9: fields", faketest.Call{Args: faketest.Values("m", 1)}, "raise Invalid: *must be a map, got number*"},
		{"20.8: killed while copying", faketest.Call{Args: faketest.Values("m", faketest.Fields(named("a", hostapi.Int(1)))), CopyErr: hostapi.ErrKilled}, "killed"},
	} {
		test.call.Process = &faketest.Process{}
		if got := test.call.Run(faketest.Func(Module, "warn")); !faketest.Matches(test.want, got) {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}
