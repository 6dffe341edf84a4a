package core_test

import (
	"context"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// 41.4: a process has what its entry lists; what is not listed looks like what there is not.
func TestResource(t *testing.T) {
	h := simulated(t, 1)
	h.DefineResource("test:a", "test.box", 1)
	h.DefineResource("test:b", "test.box", 2)
	h.DefineResource("test:c", "test.jar", 3)
	h.DefineResource("test:d", "test.box", 4)
	opens := 0
	h.DeclareResource("test:late", "test.pot", "what it says", func(context.Context) (any, error) {
		opens++
		if opens == 1 {
			return nil, hostapi.Errorf(hostapi.Unavailable, "not yet")
		}
		return 5, nil
	})
	h.Define(core.Entry{
		ID: "test:main",
		Resources: []core.Grant{
			{ID: "test:c"}, {ID: "test:a"}, {ID: "test:b", ReadOnly: true}, {ID: "test:late"}, {ID: "test:new"},
		},
		Program: program(func(a *actor) any {
			get := func(id string, kinds ...string) any {
				g, err := a.Resource(id, kinds...)
				if err != nil {
					return text(err)
				}
				n, err := hostapi.Opened[int](context.Background(), g)
				if err != nil {
					return text(err)
				}
				return lines(g.ID, g.Kind, n, text(g.Write()))
			}
			var all []any
			for _, g := range a.Resources("test.box", "test.jar") {
				all = append(all, g.ID)
			}
			wrong, err := a.Resource("test:c")
			must(err)
			late, err := a.Resource("test:late")
			must(err)
			_, mistaken := hostapi.Opened[string](context.Background(), wrong)
			for _, x := range []any{
				get("test:a", "test.box"), get("test:b", "test.box", "test.jar"), get("test:a", "test.jar"),
				get("test:d", "test.box"), get("test:none"), get("test:new"),
				get("", "test.jar"), get("", "test.box"), get("", "test.lid", "test.cup"),
				get("test:late"), get("test:late"), text(mistaken), lines(all...), lines(wrong.Says, late.Says),
			} {
				h.see("%v", x)
			}
			return nil
		}),
	})
	h.want(nil, "main")
	h.saw("test:a test.box 1 ok", "test:b test.box 2 PermissionDenied: read only", "Invalid: test:a is a test.box",
		"PermissionDenied: not granted: test:d", "PermissionDenied: not granted: test:none", "Unavailable: test:new needs a new run",
		"test:c test.jar 3 ok", "Invalid: which one is required: test:a, test:b", "PermissionDenied: no test.lid or test.cup is granted",
		"Unavailable: not yet", "test:late test.pot 5 ok", "Internal: test:c is a int, which does not serve as test.jar",
		"test:c test:a test:b", "3 what it says")
	h.close()

	for _, c := range []struct {
		id, kind, want string
	}{{"test:d", "test.box", "4"}, {"test:d", "test.jar", "test:d is a test.box"}, {"test:none", "test.box", "no resource test:none"}} {
		v, err := h.Resource(context.Background(), c.id, c.kind)
		if got := lines(v, err); got != c.want+" <nil>" && got != "<nil> "+c.want {
			t.Errorf("%s: %s", c.id, got)
		}
	}
}

// 2.28: what counts is the entry whose code runs.
func TestResourcesOfAnUpgrade(t *testing.T) {
	h := simulated(t, 1)
	h.DefineResource("test:a", "test.box", 1)
	h.Define(core.Entry{ID: "test:next", Program: program(func(a *actor) any {
		_, err := a.Resource("test:a")
		return text(err)
	})})
	h.Define(core.Entry{ID: "test:main", Resources: []core.Grant{{ID: "test:a"}}, Program: program(func(a *actor) any {
		must1(a.Resource("test:a"))
		return a.Upgrade("test:next", nil)
	})})
	h.want("PermissionDenied: not granted: test:a", "main")
	h.close()
}
