package hostapi_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// nested gives a list of the given depth.
func nested(depth int) hostapi.Value {
	v := hostapi.Int(1)
	for range depth {
		v = hostapi.ListOf(v)
	}
	return v
}

func TestCopyRefusals(t *testing.T) {
	cyclic := &hostapi.List{Items: make([]hostapi.Value, 1)}
	cyclic.Items[0] = hostapi.MapOf(hostapi.Field("self", hostapi.Wrap(cyclic)))
	function := hostapi.FunctionRef(new(int))
	for _, c := range []struct {
		name string
		v    hostapi.Value
		want string
	}{
		{"int beyond the range", hostapi.Int(hostapi.MaxInt + 1), "integer out of range at #2"},
		{"negative int beyond the range", hostapi.Int(-hostapi.MaxInt - 1), "integer out of range at #2"},
		{"depth 129", nested(129), "payload too deep"},
		{"cycle", hostapi.Wrap(cyclic), "cyclic value at #2[1].self"},
		{"function", function, "cannot send a function at #2"},
		{"place", hostapi.MapOf(hostapi.Field("jobs", hostapi.ListOf(hostapi.Int(1), hostapi.Int(2),
			hostapi.MapOf(hostapi.Field("done", function))))), "cannot send a function at #2.jobs[3].done"},
		{"NaN as key", hostapi.MapOf(hostapi.Entry{Key: hostapi.Float(math.NaN())}), "cannot send a NaN as a map key"},
		{"list as key", hostapi.MapOf(hostapi.Entry{Key: hostapi.ListOf()}), "cannot send a list as a map key"},
		{"channel", hostapi.Wrap(&hostapi.Case{}), "cannot send a case at #2"},
		{"message", hostapi.Wrap(&hostapi.Message{}), "cannot send a message at #2"},
		{"too large", hostapi.String(strings.Repeat("x", 16<<20)), "payload too large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cp := hostapi.NewCopier(hostapi.DefaultPayloadLimits)
			cp.Argument(2)
			_, err := cp.Value(c.v, nil)
			if !errors.Is(err, hostapi.Invalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want Invalid %q", err, c.want)
			}
		})
	}
}

func TestCopyAccepts(t *testing.T) {
	event := &hostapi.Event{Kind: hostapi.EventCancel, From: "{h|1}", Reason: "r"}
	for _, c := range []struct {
		name    string
		v, want hostapi.Value
	}{
		{"depth 128", nested(128), nested(128)},
		{"largest int", hostapi.Int(hostapi.MaxInt), hostapi.Int(hostapi.MaxInt)},
		{"NaN", hostapi.Float(math.NaN()), hostapi.Float(math.NaN())},
		{"any bytes", hostapi.String("\x00\xff"), hostapi.String("\x00\xff")},
		{"forwarded payload", hostapi.ListOf(hostapi.Wrap(&hostapi.Payload{Value: hostapi.Int(5)})), hostapi.ListOf(hostapi.Int(5))},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := hostapi.NewCopier(hostapi.DefaultPayloadLimits).Value(c.v, nil)
			if err != nil || !got.Equal(c.want) {
				t.Errorf("%s, %v; want %s", got, err, c.want)
			}
		})
	}
	// 1.12: a record is sent as the map of its present fields.
	got, err := hostapi.NewCopier(hostapi.DefaultPayloadLimits).Value(hostapi.Wrap(event.Record()), nil)
	if err != nil || got.Map().Get("from").Str() != "{h|1}" || got.Map().Get("reason").Str() != "r" {
		t.Errorf("record copied as %s, %v", got, err)
	}
	for _, e := range got.Map().Entries {
		if e.Value.IsNil() || e.Key.Str() == "result" || e.Key.Str() == "deadline" {
			t.Errorf("absent field %s was sent", e.Key)
		}
	}
}

// What an engine gives a copier of its own containers.
func TestCopyOfContainers(t *testing.T) {
	id, one := new(int), hostapi.Int(1)
	leaf := func(v hostapi.Value) (hostapi.Value, error) { return hostapi.String("copied"), nil }
	ref := hostapi.Table(new(int))
	for _, c := range []struct {
		name string
		copy func(cp *hostapi.Copier) (hostapi.Value, error)
		want string
		err  string
	}{
		{"list", func(cp *hostapi.Copier) (hostapi.Value, error) { return cp.List(id, []hostapi.Value{one, ref}, leaf) }, `[1, "copied"]`, ""},
		{"map", func(cp *hostapi.Copier) (hostapi.Value, error) {
			return cp.Map(id, []hostapi.Entry{hostapi.Field("b", ref), hostapi.Field("a", one)}, leaf)
		}, `{b: "copied", a: 1}`, ""},
		{"list in itself", func(cp *hostapi.Copier) (hostapi.Value, error) {
			return cp.List(id, []hostapi.Value{ref}, func(hostapi.Value) (hostapi.Value, error) { return cp.Map(id, nil, nil) })
		}, "", "cyclic value at #1[1]"},
		{"one after the other", func(cp *hostapi.Copier) (hostapi.Value, error) {
			if _, err := cp.List(id, nil, nil); err != nil {
				return hostapi.Value{}, err
			}
			return cp.List(id, nil, nil)
		}, "[]", ""},
		{"without references", func(cp *hostapi.Copier) (hostapi.Value, error) {
			return cp.Map(id, []hostapi.Entry{hostapi.Field("a", ref)}, nil)
		}, "", "cannot send a table at #1.a"},
		{"key", func(cp *hostapi.Copier) (hostapi.Value, error) {
			return cp.Map(id, []hostapi.Entry{{Key: ref, Value: one}}, leaf)
		}, "", "cannot send a table as a map key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.copy(hostapi.NewCopier(hostapi.DefaultPayloadLimits))
			switch {
			case c.err != "":
				if !errors.Is(err, hostapi.Invalid) || !strings.Contains(err.Error(), c.err) {
					t.Errorf("error %v, want Invalid %q", err, c.err)
				}
			case err != nil || got.String() != c.want:
				t.Errorf("%s, %v; want %s", got, err, c.want)
			}
		})
	}
}

func TestCopyKeepsWhetherThereIsAnOrder(t *testing.T) {
	for _, unordered := range []bool{false, true} {
		v := hostapi.Wrap(&hostapi.Map{Unordered: unordered, Entries: []hostapi.Entry{hostapi.Field("a", hostapi.Int(1))}})
		got, err := hostapi.NewCopier(hostapi.DefaultPayloadLimits).Value(v, nil)
		if err != nil || got.Map().Unordered != unordered {
			t.Errorf("%v: copied as %+v, %v", unordered, got.Map(), err)
		}
	}
}

func TestCopyIsAnotherContainer(t *testing.T) {
	original := hostapi.ListOf(hostapi.Int(1))
	copied, err := hostapi.NewCopier(hostapi.DefaultPayloadLimits).Value(original, nil)
	if err != nil {
		t.Fatal(err)
	}
	original.List().Items[0] = hostapi.Int(2)
	if copied.List().Items[0].Int() != 1 {
		t.Error("a change of the original is seen in the copy")
	}
}

// A payload may be shared, so its copy must leave it as it is.
func TestCopyLeavesTheOriginal(t *testing.T) {
	ref := hostapi.Table(new(int))
	replace := func(hostapi.Value) (hostapi.Value, error) { return hostapi.Int(1), nil }
	for _, original := range []hostapi.Value{
		hostapi.ListOf(ref),
		hostapi.MapOf(hostapi.Field("a", ref)),
		hostapi.Wrap(&hostapi.Record{Shape: &hostapi.Shape{Fields: []hostapi.Param{{Name: "a"}}}, Values: []hostapi.Value{ref}}),
	} {
		before := original.String()
		copied, err := hostapi.NewCopier(hostapi.DefaultPayloadLimits).Value(original, replace)
		if err != nil || copied.String() == before || original.String() != before {
			t.Errorf("%s became %s, its copy is %s, %v", before, original, copied, err)
		}
	}
}

func TestSizeIsSummedOverOneCall(t *testing.T) {
	// 1.15: 16 bytes for every value and key plus the bytes of every string.
	cp := hostapi.NewCopier(hostapi.PayloadLimits{Depth: 10, Size: 16 + 16 + 16 + 3 + 16 + 2})
	for i, v := range []hostapi.Value{hostapi.Int(1), hostapi.MapOf(hostapi.Field("abc", hostapi.String("de")))} {
		cp.Argument(i + 1)
		if _, err := cp.Value(v, nil); err != nil {
			t.Fatalf("value %d: %v", i, err)
		}
	}
	if _, err := cp.Value(hostapi.Value{}, nil); err == nil {
		t.Error("one more value fits")
	}
}

func TestSharedValuesAreNoCycle(t *testing.T) {
	shared := hostapi.ListOf(hostapi.Int(1))
	v := hostapi.ListOf(shared, shared, hostapi.MapOf(hostapi.Field("again", shared)))
	if _, err := hostapi.NewCopier(hostapi.DefaultPayloadLimits).Value(v, nil); err != nil {
		t.Error(err)
	}
}
