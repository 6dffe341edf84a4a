package javascript_test

import (
	"context"
	"example.com/custom-engine/javascript"
	"fmt"
	"github.com/understudy-run/understudy/conformance"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"runtime"
	"testing"
	"time"
)

func TestTmpPairs(t *testing.T) {
	conformance.RunSuite(t, conformance.Options{Engines: []conformance.Engine{{Engine: javascript.New(), Puppet: puppet}, {Engine: starlark.New()}, {Engine: gopherlua.New()}}, Pairs: true, Schedules: 5})
}
func TestTmpReal(t *testing.T) {
	conformance.RunSuite(t, conformance.Options{Engines: []conformance.Engine{{Engine: javascript.New(), Puppet: puppet}}, Real: true})
}
func TestTmpMem(t *testing.T) {
	p := compile(t, "main", `exports.main = () => { process.inbox().receive() }`)
	c := compile(t, "co", `exports.main = () => { const ch = channel.new(); for (let i=0;i<2000;i++) coroutine.spawn(() => ch.receive()); process.inbox().receive() }`)
	rt := core.New(core.Options{})
	rt.DefineHost(core.HostOptions{ID: host, Workers: 1})
	rt.StartHost(host)
	rt.Define(core.Entry{ID: "app:main", Program: p})
	rt.Define(core.Entry{ID: "app:co", Program: c})
	var a, b runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&a)
	s := time.Now()
	for i := 0; i < 2000; i++ {
		if _, err := rt.Spawn(context.Background(), hostapi.Spawn{ID: "app:main", Host: host}); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Println("spawn", time.Since(s)/2000)
	time.Sleep(300 * time.Millisecond)
	runtime.GC()
	runtime.ReadMemStats(&b)
	fmt.Println("bytes/process", (b.HeapAlloc-a.HeapAlloc+b.StackInuse-a.StackInuse)/2000)
	a = b
	s = time.Now()
	rt.Spawn(context.Background(), hostapi.Spawn{ID: "app:co", Host: host})
	time.Sleep(2000 * time.Millisecond)
	runtime.GC()
	runtime.ReadMemStats(&b)
	fmt.Println("bytes/coroutine", (b.HeapAlloc-a.HeapAlloc+b.StackInuse-a.StackInuse)/2000)
	loop := compile(t, "loop", `exports.main = () => { let n=0; for (let i=0;i<3000000;i++) n+=i; return n }`)
	rt.Define(core.Entry{ID: "app:loop", Program: loop})
	s = time.Now()
	v, err := rt.Exec(context.Background(), hostapi.Spawn{ID: "app:loop", Host: host})
	fmt.Println("loop per round", time.Since(s)/3000000, v, err)
	ping := compile(t, "ping", `exports.main = () => { for (let i=0;i<200000;i++) { process.send(process.pid(),"t",i); process.inbox().receive() } }`)
	rt.Define(core.Entry{ID: "app:ping", Program: ping})
	s = time.Now()
	v, err = rt.Exec(context.Background(), hostapi.Spawn{ID: "app:ping", Host: host})
	fmt.Println("send+receive", time.Since(s)/200000, v, err)
}
