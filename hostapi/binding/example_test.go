package binding_test

import (
	"fmt"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/binding"
)

// A script calls a function with a list of its own. The engine converts the
// arguments, performs the call, and converts what it gave.
func ExampleCall_Invoke() {
	sum := &hostapi.Func{
		Name:    "sum",
		Params:  []hostapi.Param{{Name: "numbers", Accept: hostapi.AcceptTable}},
		Results: []hostapi.Param{{Name: "total", Accept: hostapi.AcceptNumber}},
		Run: func(c hostapi.Call) error {
			total := 0.0
			numbers, _ := c.Elements(c.Arg(0))
			for _, n := range numbers {
				total += n.Float()
			}
			c.Push(hostapi.Number(total))
			return nil
		},
	}
	call := binding.Call{Task: &task{}, Language: language{}, Func: sum}

	call.Args = []hostapi.Value{listOf(hostapi.Int(1), hostapi.Float(2.5))}
	fmt.Println(call.Invoke())

	call.Args = []hostapi.Value{hostapi.String("1, 2.5")}
	fmt.Println(call.Invoke())
	// Output:
	// [3.5] <nil>
	// [] sum: argument #1 (numbers) must be a table, got string
}

func ExampleCopy() {
	order := dictOf(hostapi.Field("item", hostapi.String("pear")), hostapi.Field("sizes", listOf(hostapi.Int(1), hostapi.Int(2))))
	fmt.Println(binding.Copy(order, hostapi.NewCopier(hostapi.DefaultPayloadLimits), language{}))

	order = dictOf(hostapi.Field("done", hostapi.FunctionRef(&closure{})))
	_, err := binding.Copy(order, hostapi.NewCopier(hostapi.DefaultPayloadLimits), language{})
	fmt.Println(err)
	// Output:
	// {item: "pear", sizes: [1, 2]} <nil>
	// cannot send a function at #1.done
}
