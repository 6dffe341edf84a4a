// Package define makes module tables from Go functions:
//
//	var inventory = define.Module("inventory", "What the shop has.",
//		define.Func("price", "The price of one item.", price, "item"),
//	)
//
//	func price(item string) (int, error) { ... }
//
// The signature says the rest: types are checked before the function is called, values
// are converted as by hostapi.ValueOf and Value.Decode, a last result of type error is
// returned to the script as error objects are (0.5), and a context as first parameter
// means that the function waits for the outside world, on a goroutine of its own, while
// only the calling coroutine waits (hostapi.Outside):
//
//	func fetch(ctx context.Context, url string) (string, error) { ... }
//
// What it makes is an ordinary table (hostapi.Module, hostapi.Func), to which anything
// that a signature cannot say may be added.
package define

import "github.com/understudy-run/understudy/hostapi"

// Module gives a module with functions. Funcs and the other fields of the table may be
// added to.
func Module(name, doc string, functions ...*Function) *hostapi.Module {
	m := &hostapi.Module{Name: name, Doc: doc}
	for _, f := range functions {
		f.signature.operation = name + "." + f.Name
		m.Funcs = append(m.Funcs, &f.Func)
	}
	return m.Named()
}
