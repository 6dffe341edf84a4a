package workload

import (
	"fmt"
	"math"
	"time"

	shopify "github.com/Shopify/go-lua"
	yuin "github.com/yuin/gopher-lua"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/understudy-run/understudy/hostapi"
)

const bareLua = `
local function fib(n)
    if n < 2 then
        return n
    end
    return fib(n - 1) + fib(n - 2)
end

function main(n)
    return fib(n)
end
`

const bareStarlark = `
def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)
`

// bareRounds is how often each side of cpuBare is measured.
const bareRounds = 7

// cpuBare measures the computing entry in a process against the same function
// in the interpreter alone, without limits, ticks and processes. The two take
// turns, and the shortest time of each counts: whatever else the machine does
// only lengthens them.
func cpuBare(b *bench) (float64, error) {
	if err := b.open(1); err != nil {
		return 0, err
	}
	bare, err := b.bare()
	if err != nil {
		return 0, err
	}
	n := b.fib(25)
	alone, inside := math.Inf(1), math.Inf(1)
	for range bareRounds {
		start := time.Now()
		want, err := bare(int(n.Int()))
		alone = min(alone, float64(time.Since(start)))
		if err != nil {
			return 0, err
		}
		got, d, err := b.exec("cpu_boss", n)
		inside = min(inside, float64(d))
		if err != nil {
			return 0, err
		}
		if got.Int() != int64(want) {
			return 0, fmt.Errorf("fib(%d) is %d in the interpreter and %v in a process", n.Int(), want, got)
		}
	}
	b.more["bare_ms"], b.more["process_ms"] = alone/1e6, inside/1e6
	return inside / alone, b.close()
}

// bare gives the computing function of the interpreter alone.
func (b *bench) bare() (func(n int) (int, error), error) {
	if b.engine == nil {
		return func(n int) (int, error) { return fib(n), nil }, nil
	}
	switch name := b.engine.Info().Name; name {
	case "gopherlua":
		return bareGopherLua()
	case "golua":
		return bareGoLua()
	case "starlark":
		return bareStarlarkGo()
	default:
		return nil, hostapi.Errorf(hostapi.Invalid, "no bare interpreter for engine %s", name)
	}
}

func bareGopherLua() (func(int) (int, error), error) {
	l := yuin.NewState()
	if err := l.DoString(bareLua); err != nil {
		return nil, err
	}
	return func(n int) (int, error) {
		err := l.CallByParam(yuin.P{Fn: l.GetGlobal("main"), NRet: 1, Protect: true}, yuin.LNumber(n))
		if err != nil {
			return 0, err
		}
		v := l.ToInt(-1)
		l.Pop(1)
		return v, nil
	}, nil
}

func bareGoLua() (func(int) (int, error), error) {
	l := shopify.NewState()
	shopify.OpenLibraries(l)
	if err := shopify.DoString(l, bareLua); err != nil {
		return nil, err
	}
	return func(n int) (int, error) {
		l.Global("main")
		l.PushInteger(n)
		if err := l.ProtectedCall(1, 1, 0); err != nil {
			return 0, err
		}
		v, _ := l.ToInteger(-1)
		l.Pop(1)
		return v, nil
	}, nil
}

func bareStarlarkGo() (func(int) (int, error), error) {
	thread := &starlark.Thread{}
	globals, err := starlark.ExecFileOptions(&syntax.FileOptions{Recursion: true}, thread, "bare.star", bareStarlark, nil)
	if err != nil {
		return nil, err
	}
	return func(n int) (int, error) {
		v, err := starlark.Call(thread, globals["fib"], starlark.Tuple{starlark.MakeInt(n)}, nil)
		if err != nil {
			return 0, err
		}
		return starlark.AsInt32(v)
	}, nil
}
