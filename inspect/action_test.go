package inspect_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/inspect"
)

// each action, with a body that is right.
var actions = map[string]any{
	"send":      inspect.SendBody{Topic: "news", Payloads: []hostapi.Value{hostapi.Int(1)}},
	"cancel":    inspect.CancelBody{Grace: "10s", Reason: "enough"},
	"terminate": inspect.Nothing{}, "suspend": inspect.Nothing{}, "resume": inspect.Nothing{}, "upgrade": inspect.Nothing{},
}

// Views and actions are separate rights: without a token there are no actions on any
// address, and none of them with --inspect-read-only.
func TestActionsNeedTheToken(t *testing.T) {
	for _, c := range []struct {
		name    string
		options inspect.Options
		token   string
		want    int
	}{
		{"no token configured", inspect.Options{}, "", 403},
		{"no token configured, one given", inspect.Options{}, token, 403},
		{"token missing", inspect.Options{Token: token}, "", 401},
		{"token wrong", inspect.Options{Token: token}, token + "x", 401},
		{"read-only", inspect.Options{Token: token, ReadOnly: true}, token, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := simulated(t, 1, c.options)
			h.define("wait", waits)
			pid := h.start("wait")
			h.sim.Settle()
			for name, body := range actions {
				if status, said := h.post(of(pid)+"/"+name, body, c.token); status != c.want {
					t.Errorf("%s: status %d, want %d: %s", name, status, c.want, said)
				}
			}
			if status, _ := h.post("/api/v1/reload", inspect.Nothing{}, c.token); status != c.want {
				t.Errorf("reload: status %d, want %d", status, c.want)
			}
			h.sim.Settle()
			d, ok := h.Detail(t.Context(), pid, 0)
			if !ok || d.Arrived != 0 || d.State != "waiting" {
				t.Errorf("something was done: %+v", d)
			}
		})
	}
}

// Each action does what it says.
func TestActions(t *testing.T) {
	h := simulated(t, 1, inspect.Options{Token: token})
	var seen []string
	h.define("reads", func(p hostapi.Process, _ []hostapi.Value) error {
		if err := p.SetOptions(hostapi.Options{Upgradable: true}); err != nil {
			return err
		}
		events := p.Events()
		cases := []*hostapi.Case{{Channel: p.Inbox()}, {Channel: events}}
		for {
			s, err := p.Select(cases, true)
			if err != nil {
				return err
			}
			if s.Index == 0 {
				m := s.Value.Message()
				seen = append(seen, m.Topic+" "+m.Values[0].String())
				continue
			}
			text := s.Value.String()
			seen = append(seen, text)
			if strings.Contains(text, "cancel") {
				return nil
			}
		}
	})
	pid := h.start("reads")
	h.sim.Settle()
	do := func(name string, body any, want int) {
		t.Helper()
		if status, said := h.post(of(pid)+"/"+name, body, token); status != want {
			t.Fatalf("%s: status %d, want %d: %s", name, status, want, said)
		}
		h.sim.Settle()
	}
	do("send", inspect.SendBody{Topic: "news", Payloads: []hostapi.Value{hostapi.String("<b>")}}, 204)
	do("suspend", inspect.Nothing{}, 204)
	do("send", inspect.SendBody{Topic: "later", Payloads: []hostapi.Value{hostapi.Int(2)}}, 204)
	if want := []string{`news "<b>"`}; !slices.Equal(seen, want) {
		t.Errorf("suspended: seen %q, want %q", seen, want)
	}
	do("resume", inspect.Nothing{}, 204)
	if want := []string{`news "<b>"`, "later 2"}; !slices.Equal(seen, want) {
		t.Errorf("resumed: seen %q, want %q", seen, want)
	}
	do("upgrade", inspect.Nothing{}, 204)
	if len(seen) != 3 || !strings.Contains(seen[2], "outdated") {
		t.Errorf("upgrade: seen %q", seen)
	}
	do("cancel", inspect.CancelBody{Grace: "soon"}, 400)
	do("send", inspect.SendBody{Topic: ""}, 400)
	do("send", map[string]any{"topic": "a", "payload": 1}, 400)
	do("cancel", inspect.CancelBody{Grace: "10s", Reason: "enough"}, 204)
	do("terminate", inspect.Nothing{}, 404)
	if status, said := h.post("/api/v1/reload", inspect.Nothing{}, token); status != http.StatusServiceUnavailable {
		t.Errorf("reload of no app: status %d: %s", status, said)
	}
}

// A form of a page cannot act, whatever it sends: it has no token, and no JSON.
func TestFormsCannotAct(t *testing.T) {
	h := simulated(t, 1, inspect.Options{Token: token})
	h.define("wait", waits)
	pid := h.start("wait")
	r := request("POST", of(pid)+"/terminate", loopback)
	r.Header.Set("Content-Type", "text/plain")
	r.Header.Set("Authorization", "Bearer "+token)
	if status := h.ask(r, &inspect.Refusal{}); status != http.StatusUnsupportedMediaType {
		t.Errorf("status %d", status)
	}
	if len(h.Processes()) != 1 {
		t.Error("it was done")
	}
}

// What is listed is what there is.
func TestLists(t *testing.T) {
	h := simulated(t, 1, inspect.Options{})
	h.DefineScope(core.ScopeOptions{ID: "test:scope"})
	if err := h.StartScope("test:scope"); err != nil {
		t.Fatal(err)
	}
	h.DefineResource("test:store", "store.memory", 1)
	h.define("member", func(p hostapi.Process, args []hostapi.Value) error {
		g, _ := hostapi.FacilityOf[hostapi.Grouper](p)
		scope, err := g.OpenScope("test:scope")
		if err != nil {
			return err
		}
		if err := scope.Join([]string{"all", args[0].Str()}); err != nil {
			return err
		}
		if err := p.Register("name-"+args[0].Str(), ""); err != nil {
			return err
		}
		return waits(p, nil)
	})
	a := h.start("member", hostapi.String("a"))
	h.sim.Settle() // so that it joins first
	b := h.start("member", hostapi.String("b"))
	h.sim.Settle()
	_ = h.Send(hostapi.Name("nobody"), "lost", hostapi.Int(7))
	h.sim.RunFor(time.Second)
	var names inspect.NameList
	h.get("/api/v1/names", &names)
	if want := []inspect.Name{{Name: "name-a", PID: string(a), Entry: "test:member"}, {Name: "name-b", PID: string(b), Entry: "test:member"}}; !slices.Equal(names.Names, want) {
		t.Errorf("names %+v, want %+v", names.Names, want)
	}
	var groups inspect.GroupList
	h.get("/api/v1/groups", &groups)
	var got []string
	for _, g := range groups.Groups {
		got = append(got, g.Scope+" "+g.Group+" "+strings.Join(g.Members, " "))
	}
	if want := []string{"test:scope a " + string(a), "test:scope all " + string(a) + " " + string(b), "test:scope b " + string(b)}; !slices.Equal(got, want) {
		t.Errorf("groups %q, want %q", got, want)
	}
	var d inspect.ProcessDetail
	h.get(of(a), &d)
	if want := []inspect.Membership{{Scope: "test:scope", Group: "a"}, {Scope: "test:scope", Group: "all"}}; !slices.Equal(d.Groups, want) {
		t.Errorf("groups of %s: %+v", a, d.Groups)
	}
	var entries inspect.EntryList
	h.get("/api/v1/entries", &entries)
	if want := []inspect.EntryRow{{ID: "test:member", Processes: 2}}; !slices.Equal(entries.Entries, want) {
		t.Errorf("entries %+v", entries.Entries)
	}
	var resources inspect.ResourceList
	h.get("/api/v1/resources", &resources)
	if len(resources.Resources) != 1 || resources.Resources[0].ID != "test:store" || resources.Resources[0].Kind != "store.memory" {
		t.Errorf("resources %+v", resources.Resources)
	}
	var letters inspect.LetterList
	h.get("/api/v1/dead-letters", &letters)
	if len(letters.Letters) != 1 || letters.Reasons["no_process"] != 1 {
		t.Fatalf("letters %+v", letters)
	}
	if l := letters.Letters[0]; l.To != "nobody" || l.Topic != "lost" || l.Payloads[0].Int() != 7 || l.Reason != "no_process" {
		t.Errorf("letter %+v", l)
	}
}

// What a secret variable brought is shown nowhere (71.6).
func TestSecretsAreNotShown(t *testing.T) {
	h := simulated(t, 1, inspect.Options{})
	const secret = "s3cr3t-of-the-test"
	h.Conceal(secret)
	h.define("wait", waits)
	pid := h.start("wait")
	h.sim.Settle()
	_ = h.Send(hostapi.Name("nobody"), "lost", hostapi.String("it is "+secret))
	if err := h.Send(pid, "kept", hostapi.String(secret)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/api/v1/dead-letters", of(pid), of(pid) + "/mailbox"} {
		var any any
		h.get(path, &any)
		if text := h.text(path); strings.Contains(text, secret) {
			t.Errorf("%s: %s", path, text)
		}
	}
	if text := h.text(of(pid) + "/mailbox"); !strings.Contains(text, `"total":1`) {
		t.Errorf("nothing was looked at: %s", text)
	}
}
