package binding_test

import (
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/binding"
)

func TestCopy(t *testing.T) {
	one, two := hostapi.Int(1), hostapi.Int(2)
	shared := listOf(one)
	for _, c := range []struct {
		name    string
		v, want hostapi.Value
	}{
		{"scalar", hostapi.String("\xff"), hostapi.String("\xff")},
		{"array", listOf(one, hostapi.Value{}, two), hostapi.ListOf(one, hostapi.Value{}, two)},
		{"empty array", listOf(), hostapi.ListOf()},
		{"dict", dictOf(hostapi.Field("a", one), hostapi.Entry{Key: hostapi.Bool(true), Value: two}),
			hostapi.MapOf(hostapi.Field("a", one), hostapi.Entry{Key: hostapi.Bool(true), Value: two})},
		{"one inside the other", listOf(dictOf(hostapi.Field("a", listOf(one)))),
			hostapi.ListOf(hostapi.MapOf(hostapi.Field("a", hostapi.ListOf(one))))},
		{"shared, not cyclic", listOf(shared, shared), hostapi.ListOf(hostapi.ListOf(one), hostapi.ListOf(one))},
		{"in a payload", hostapi.ListOf(shared), hostapi.ListOf(hostapi.ListOf(one))},
		{"mixed: keys 1..n", mixedOf([]hostapi.Value{one, two}), hostapi.ListOf(one, two)},
		{"mixed: empty", mixedOf(nil), hostapi.MapOf()},
		{"mixed: with a name", mixedOf([]hostapi.Value{one}, hostapi.Field("a", two)),
			hostapi.MapOf(hostapi.Entry{Key: one, Value: one}, hostapi.Field("a", two))},
		{"mixed: with a hole", mixedOf([]hostapi.Value{one, {}, two}),
			hostapi.MapOf(hostapi.Entry{Key: one, Value: one}, hostapi.Entry{Key: hostapi.Int(3), Value: two})},
		{"mixed: as many keys as elements", mixedOf([]hostapi.Value{one, {}}, hostapi.Field("a", two)),
			hostapi.MapOf(hostapi.Entry{Key: one, Value: one}, hostapi.Field("a", two))},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := binding.Copy(c.v, hostapi.NewCopier(hostapi.DefaultPayloadLimits), language{})
			if err != nil || !got.Equal(c.want) {
				t.Errorf("%s, %v; want %s", got, err, c.want)
			}
		})
	}
}

func TestCopyRefusals(t *testing.T) {
	cyclic := &array{}
	cyclic.items = []hostapi.Value{dictOf(hostapi.Field("self", hostapi.Table(cyclic)))}
	for _, c := range []struct {
		name string
		v    hostapi.Value
		want string
	}{
		{"function", listOf(hostapi.FunctionRef(&closure{})), "cannot send a function at #1[1]"},
		{"what the language names", dictOf(hostapi.Field("a", hostapi.Other(&file{}))), "cannot send a file at #1.a"},
		{"object", listOf(hostapi.Wrap(&object{})), "cannot send a thing at #1[1]"},
		{"cycle", hostapi.Table(cyclic), "cyclic value at #1[1].self"},
		{"too deep", listOf(listOf(listOf(listOf()))), "payload too deep: more than 3 levels at #1[1][1][1]"},
		{"key", dictOf(hostapi.Entry{Key: listOf(), Value: hostapi.Int(1)}), "cannot send a table as a map key"},
		{"integer", listOf(hostapi.Int(hostapi.MaxInt + 1)), "integer out of range at #1[1]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := binding.Copy(c.v, hostapi.NewCopier(hostapi.PayloadLimits{Depth: 3, Size: 1 << 10}), language{})
			if !invalid(err, c.want) {
				t.Errorf("error %v, want Invalid %q", err, c.want)
			}
		})
	}
}

// A Language may give slices of its own containers.
func TestCopyLeavesTheOriginal(t *testing.T) {
	inner := listOf(hostapi.Int(1))
	outer := dictOf(hostapi.Field("a", inner))
	if _, err := binding.Copy(listOf(outer), hostapi.NewCopier(hostapi.DefaultPayloadLimits), language{}); err != nil {
		t.Fatal(err)
	}
	if got := outer.Ref().(*dict).entries[0].Value; !got.Equal(inner) {
		t.Errorf("the copy changed the dict: it holds %s", got)
	}
}
