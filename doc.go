// Package understudy embeds supervised actors in a Go program: processes whose code
// are scripts, isolated, supervised and killable.
//
//	rt, err := understudy.New(understudy.Options{
//		Engines: []hostapi.Engine{gopherlua.New()},
//		Output:  os.Stdout,
//	})
//	if err != nil {
//		return err
//	}
//	defer rt.Shutdown(ctx, time.Second)
//	if err := rt.Load("shop:counter", os.DirFS("scripts"), "counter.lua"); err != nil {
//		return err
//	}
//	counter, err := rt.Start(ctx, "shop:counter", 10)
//	if err != nil {
//		return err
//	}
//	total, err := counter.Call(ctx, "add", 5)
//
// New makes a runtime with one host, on which it runs what Load and Start give it;
// LoadApp adds whole apps with hosts, supervisors and services of their own. Values go
// to scripts as hostapi.ValueOf makes them and come back by Value.Decode. Underneath
// lies package core, which Runtime.Core gives: further hosts, services, supervisors,
// groups.
package understudy
