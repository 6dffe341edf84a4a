package core_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// What is seen of a runtime is what its processes know of themselves.
func TestSurveySeesLiveProcesses(t *testing.T) {
	h := simulated(t, 1)
	defer h.close()
	h.define("wait", func(a *actor) any {
		_, _, err := a.Events().Receive()
		return err
	})
	var pids []hostapi.PID
	for range 3 {
		pid, err := h.Start(t.Context(), hostapi.Spawn{ID: "test:wait", Host: hostID}, nil)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	h.sim.Settle()
	for range 2 {
		if err := h.Send(string(pids[1]), "news"); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Terminate(pids[2]); err != nil {
		t.Fatal(err)
	}
	all := slices.SortedFunc(h.Survey(), func(a, b core.Brief) int { return cmp.Compare(a.Serial, b.Serial) })
	if len(all) != 2 || all[0].PID != pids[0] || all[1].PID != pids[1] {
		t.Fatalf("seen %v, want the first two of %v", all, pids)
	}
	for i, unread := range []int{0, 2} {
		if b := all[i]; b.Entry != "test:wait" || b.Host != hostID || b.State != "waiting" || b.Unread != unread {
			t.Errorf("seen %+v", b)
		}
	}
	hosts := h.Hosts()
	if i := slices.IndexFunc(hosts, func(v core.HostView) bool { return v.ID == hostID }); i < 0 ||
		hosts[i].State != "running" || hosts[i].Processes != 2 {
		t.Errorf("hosts %+v", hosts)
	}
}

// The children of a supervisor are seen while it runs, waits for a restart, and starts.
func TestSupervisedIsSeenInEachState(t *testing.T) {
	h := simulated(t, 1)
	defer h.close()
	h.define("child", func(a *actor) any {
		_, _, err := a.Inbox().Receive()
		if err != nil {
			return err
		}
		return hostapi.Errorf(hostapi.Internal, "told to fail")
	})
	s := spec.DefaultSupervisor
	s.Backoff.InitialDelay, s.Backoff.MaxDelay = time.Second, time.Second
	s.Children = []spec.Child{{ID: "a", Process: "test:child", Restart: spec.Permanent}, {ID: "b", Process: "test:child", Restart: spec.Temporary}}
	h.DefineSupervisor("test:sup", s)
	pid, err := h.Start(t.Context(), hostapi.Spawn{ID: "test:sup", Host: hostID}, nil)
	if err != nil {
		t.Fatal(err)
	}
	expect := func(when string, want ...string) core.SupervisorView {
		t.Helper()
		v, ok := h.Supervised(pid)
		if !ok {
			t.Fatalf("%s: no supervisor", when)
		}
		var got []string
		for _, c := range v.Children {
			got = append(got, c.ID+" "+c.State)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
		return v
	}
	h.sim.Settle()
	v := expect("at first", "a running", "b running")
	for _, c := range v.Children {
		if err := h.Send(string(c.PID), "fail"); err != nil {
			t.Fatal(err)
		}
	}
	h.sim.Settle()
	v = expect("after the failures", "a restarting") // a temporary child is not kept (16.8)
	if a := v.Children[0]; a.Starts != 1 || a.Attempts != 1 || len(a.History) != 1 {
		t.Errorf("seen %+v", a)
	}
	h.sim.RunFor(2 * time.Second)
	if v = expect("after the delay", "a running"); v.Children[0].Starts != 2 {
		t.Errorf("started %d times, want 2", v.Children[0].Starts)
	}
	if _, ok := h.Supervised(v.Children[0].PID); ok {
		t.Error("a child is no supervisor")
	}
}

// A service is seen from its start to its stop.
func TestServicesAreSeenUntilTheyStop(t *testing.T) {
	h := simulated(t, 1)
	defer h.close()
	h.define("idle", func(a *actor) any {
		_, _, err := a.Events().Receive()
		return err
	})
	o := core.DefaultService
	o.Spawn = hostapi.Spawn{ID: "test:idle", Host: hostID}
	s := h.NewService(o)
	if v := h.Services(); len(v) != 0 {
		t.Errorf("seen before the start: %+v", v)
	}
	s.Start()
	h.sim.Settle()
	state, pid := s.State()
	if v := h.Services(); len(v) != 1 || v[0].Name != "test:idle" || v[0].State != state || v[0].PID != pid || state != core.ServiceRunning {
		t.Errorf("seen %+v, state %s of %s", v, state, pid)
	}
	s.Stop("test")
	h.sim.RunFor(time.Minute)
	if v := h.Services(); len(v) != 0 {
		t.Errorf("seen after the stop: %+v", v)
	}
}

// Who observes is told from then on and until it stops; what happens all the time only if
// it asks for that.
func TestObserveFromThenOn(t *testing.T) {
	sim := core.NewSimulation(1)
	rt := core.New(core.Options{Scheduler: sim})
	if err := rt.DefineHost(core.HostOptions{ID: hostID}); err != nil {
		t.Fatal(err)
	}
	if err := rt.StartHost(hostID); err != nil {
		t.Fatal(err)
	}
	if err := rt.Define(core.Entry{ID: "test:fail", Program: program(func(*actor) any {
		return hostapi.Errorf(hostapi.Invalid, "as told")
	})}); err != nil {
		t.Fatal(err)
	}
	var some, all []string
	note := func(list *[]string) func(core.RuntimeEvent) {
		return func(e core.RuntimeEvent) { *list = append(*list, fmt.Sprintf("%T", e)) }
	}
	run := func() {
		if _, err := rt.Exec(t.Context(), hostapi.Spawn{ID: "test:fail", Host: hostID}); err == nil {
			t.Error("test:fail did not fail")
		}
	}
	stopSome := rt.Observe(false, note(&some))
	run()
	if want := []string{"kernel.EndReport"}; !slices.Equal(some, want) {
		t.Errorf("told %v, want %v", some, want)
	}
	stopAll := rt.Observe(true, note(&all))
	stopSome()
	run()
	if want := []string{"kernel.ProcessStarted", "kernel.EndReport"}; !slices.Equal(all, want) || len(some) != 1 {
		t.Errorf("told %v, want %v; who has stopped %v", all, want, some)
	}
	stopAll()
	run()
	if len(all) != 2 || len(some) != 1 {
		t.Errorf("told after the end: %v, %v", all, some)
	}
	if err := rt.Shutdown(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
}

// 63.2: a suspended process gets messages, events and kills, and its deadlines run; it goes
// on where it was.
func TestSuspendedProcessGetsAllAndRunsNothing(t *testing.T) {
	for seed := range uint64(50) {
		h := simulated(t, seed)
		h.define("reads", func(a *actor) any {
			for {
				v, _, err := a.Inbox().Receive()
				if err != nil {
					return err
				}
				h.see("read %s", v.Message().Topic)
			}
		})
		h.define("idles", func(a *actor) any { return a.Sleep(time.Second) })
		reads, idles := h.spawned("reads"), h.spawned("idles")
		h.sim.Settle()
		for _, pid := range []hostapi.PID{reads, idles} {
			if err := h.Suspend(pid); err != nil {
				t.Fatal(err)
			}
		}
		for _, topic := range []string{"a", "b"} {
			if err := h.Send(string(reads), topic); err != nil {
				t.Fatal(err)
			}
		}
		h.sim.RunFor(time.Minute)
		d, ok := h.Detail(t.Context(), reads, 1)
		if !ok || d.State != "suspended" || d.Arrived != 2 || len(h.seen) != 0 {
			t.Fatalf("seed %d: %+v, seen %v", seed, d, h.seen)
		}
		if err := h.Resume(reads); err != nil {
			t.Fatal(err)
		}
		h.sim.Settle()
		if want := []string{"read a", "read b"}; !slices.Equal(h.seen, want) {
			t.Errorf("seed %d: seen %v, want %v", seed, h.seen, want)
		}
		if err := h.Suspend(reads); err != nil {
			t.Fatal(err)
		}
		if err := h.Cancel(string(reads), time.Second, ""); err != nil { // it cannot see it: the deadline ends it
			t.Fatal(err)
		}
		if err := h.Terminate(idles); err != nil {
			t.Fatal(err)
		}
		h.sim.RunFor(2 * time.Second)
		if left := h.Processes(); len(left) != 0 {
			t.Errorf("seed %d: left %v", seed, left)
		}
		h.close()
	}
}

func (h *house) spawned(name string) hostapi.PID {
	h.t.Helper()
	pid, err := h.Start(h.t.Context(), hostapi.Spawn{ID: "test:" + name, Host: hostID}, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return pid
}

// A supervisor cannot be suspended: nobody would keep its children.
func TestSupervisorIsNotSuspended(t *testing.T) {
	h := simulated(t, 1)
	defer h.close()
	h.DefineSupervisor("test:sup", spec.DefaultSupervisor)
	pid := h.spawned("sup")
	if err := h.Suspend(pid); hostapi.AsError(err).Kind != hostapi.Invalid {
		t.Errorf("suspended: %v", err)
	}
	if err := h.Suspend("{test:host|zzz}"); hostapi.AsError(err).Kind != hostapi.NotFound {
		t.Errorf("nobody was suspended: %v", err)
	}
}

// Detail tells what a process has sent, got, waits for and has not read.
func TestDetailOfAProcess(t *testing.T) {
	h := simulated(t, 1)
	defer h.close()
	h.define("busy", func(a *actor) any {
		listener, err := a.Listen("wanted", true)
		if err != nil {
			return err
		}
		for range 3 {
			a.send(a.arg(0), "sent")
		}
		_, _, err = listener.Receive()
		return err
	})
	h.define("sink", func(a *actor) any {
		_, _, err := a.Events().Receive()
		return err
	})
	sink := h.spawned("sink")
	pid, err := h.Start(t.Context(), hostapi.Spawn{ID: "test:busy", Host: hostID, Args: []hostapi.Value{hostapi.String(string(sink))}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	h.sim.Settle()
	for i := range 3 {
		if err := h.Send(string(pid), fmt.Sprint("other", i), hostapi.Int(int64(i))); err != nil {
			t.Fatal(err)
		}
	}
	d, ok := h.Detail(t.Context(), pid, 2)
	if !ok || !d.Stacks || d.Sent != 3 || d.Arrived != 3 || d.Unread != 3 || d.Limits.Memory != spec.DefaultLimits.Memory {
		t.Errorf("seen %+v", d)
	}
	if len(d.Coroutines) != 1 || d.Coroutines[0].State != "waiting" || d.Coroutines[0].Waiting != "receive channel(listen wanted)" {
		t.Errorf("coroutines %+v", d.Coroutines)
	}
	if len(d.First) != 2 || d.First[0].Topic != "other0" || d.First[1].Topic != "other1" {
		t.Errorf("messages %+v", d.First)
	}
}
