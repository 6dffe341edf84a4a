package io

import (
	"context"
	"errors"
	stdio "io"
	"math"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/option"
)

// writeTimeout is how long a write takes at most (50.2).
const writeTimeout = 30 * time.Second

// feedRoom is how many lines wait for who reads them (40.12).
const feedRoom = 16

// Module is the module io. An entry must list it (14.15).
var Module = newModule()

func newModule() *hostapi.Module {
	return (&hostapi.Module{
		Name:  "io",
		Doc:   "What the process reads and writes that exec has started (45.2).",
		Funcs: []*hostapi.Func{newRead(), newReadLine(), lines, newWrite(), newPrintError(), args},
	}).Named()
}

// terminal gives that of the process.
func terminal(p hostapi.Process) (*Terminal, error) {
	t, ok := hostapi.FacilityOf[*Terminal](p)
	if !ok {
		return nil, errNoTerminal()
	}
	return t, nil
}

var (
	optionsParam = hostapi.Param{Name: "options", Accept: hostapi.AcceptTable, Type: "map", Optional: true, Doc: "options by name"}
	readResult   = hostapi.Param{Name: "text", Accept: hostapi.AcceptString | hostapi.AcceptNil, Type: "string or nil"}
	okResult     = hostapi.Param{Name: "ok", Accept: hostapi.AcceptBool, Doc: "true"}
)

// reads gives a function that waits for the input, without a timeout unless it is given.
func reads(f *hostapi.Func, check func(c hostapi.Call) error, work func(ctx context.Context, in *input, args []hostapi.Value) (hostapi.Value, error)) *hostapi.Func {
	own := len(f.Params)
	f.Params = append(f.Params, optionsParam)
	timeout := option.TimeoutParam(0)
	timeout.Doc = "is waited at most, for ever if left out (40.2)"
	f.Keywords = []hostapi.Param{timeout}
	f.Results, f.Returns, f.Load = []hostapi.Param{readResult}, hostapi.OrError, hostapi.LoadBlocks
	f.Errors = []hostapi.Kind{hostapi.Unavailable, hostapi.LimitExceeded, hostapi.Invalid, hostapi.Timeout}
	f.Run = func(c hostapi.Call) error {
		given, err := option.Read(c, f, own)
		if err != nil {
			return err
		}
		op := hostapi.Op{Name: "io." + f.Name}
		if op.Timeout, err = option.Timeout(given[0], 0); err != nil {
			return err
		}
		for i := range own {
			op.Args = append(op.Args, c.Arg(i))
		}
		if err := check(c); err != nil {
			return err
		}
		p := c.Task().Process()
		t, err := terminal(p)
		if err != nil {
			return err
		}
		d, err := p.Await(op, func(ctx context.Context) (hostapi.Done, error) {
			if err := t.in.claim(); err != nil {
				return hostapi.Done{}, err
			}
			defer t.in.release()
			v, err := work(ctx, &t.in, op.Args)
			return hostapi.Done{Value: v}, err
		})
		return hostapi.Give(c, d.Value, err)
	}
	return f
}

func newRead() *hostapi.Func {
	return reads(&hostapi.Func{
		Name: "read", Doc: "At most n bytes of the input, as soon as there are any; nil at its end.",
		Params: []hostapi.Param{{Name: "n", Accept: hostapi.AcceptNumber, Optional: true, Keyword: true, Doc: "65536 if left out"}},
	}, func(c hostapi.Call) error {
		f := c.Arg(0).Float()
		if !c.Arg(0).IsNil() && (f != math.Trunc(f) || f < 1 || f > hostapi.MaxInt) {
			return hostapi.Errorf(hostapi.Invalid, "n must be an integer from 1 on, got %s", c.Arg(0))
		}
		return nil
	}, func(ctx context.Context, in *input, args []hostapi.Value) (hostapi.Value, error) {
		n := readPiece
		if !args[0].IsNil() {
			n = int(args[0].Float())
		}
		return in.read(ctx, n)
	})
}

func newReadLine() *hostapi.Func {
	return reads(&hostapi.Func{Name: "readline", Doc: "The next line of the input without its end; nil at the end."},
		func(hostapi.Call) error { return nil },
		func(ctx context.Context, in *input, _ []hostapi.Value) (hostapi.Value, error) { return in.line(ctx) })
}

var lines = &hostapi.Func{
	Name:    "lines",
	Doc:     "A channel of the lines of the input, which is closed at its end (40.12). Nobody else can read then.",
	Results: []hostapi.Param{{Name: "channel", Object: hostapi.ChannelType, Accept: hostapi.AcceptObject}},
	Errors:  []hostapi.Kind{hostapi.Unavailable},
	Run: func(c hostapi.Call) error {
		p := c.Task().Process()
		t, err := terminal(p)
		if err != nil {
			return err
		}
		if err := t.in.claim(); err != nil {
			return err
		}
		room := feedRoom
		if !c.Task().RealTime() {
			room = math.MaxInt // nobody else runs who could wait for room (40.15)
		}
		feed, err := p.Feed(room)
		if err != nil {
			t.in.release()
			return err
		}
		if c.Task().RealTime() {
			go t.in.pour(feed) // until the input ends, or a line finds the process ended
		} else {
			t.in.pour(feed)
		}
		return hostapi.Give(c, hostapi.Wrap(feed.Channel()), nil)
	},
}

// writes gives a function that writes its arguments.
func writes(f *hostapi.Func, write func(ctx context.Context, t *Terminal, text string) error) *hostapi.Func {
	f.Rest = "values"
	f.Results, f.Returns, f.Load = []hostapi.Param{okResult}, hostapi.OrError, hostapi.LoadBlocks
	f.Errors = []hostapi.Kind{hostapi.Unavailable, hostapi.Timeout}
	f.Run = func(c hostapi.Call) error {
		p := c.Task().Process()
		t, err := terminal(p)
		if err != nil {
			return err
		}
		text, err := joined(c)
		if err != nil {
			return err
		}
		op := hostapi.Op{Name: "io." + f.Name, Args: []hostapi.Value{hostapi.String(text)}, Timeout: writeTimeout}
		_, err = p.Await(op, func(ctx context.Context) (hostapi.Done, error) {
			err := write(ctx, t, text)
			if err != nil && ctx.Err() == nil {
				err = hostapi.Errorf(hostapi.Unavailable, "output closed")
			}
			return hostapi.Done{}, err
		})
		return hostapi.Give(c, hostapi.Bool(true), err)
	}
	return f
}

func newWrite() *hostapi.Func {
	return writes(&hostapi.Func{
		Name: "write", Doc: "Writes its arguments, joined with one space, behind what was printed; true when they are taken.",
	}, func(ctx context.Context, t *Terminal, text string) error { return t.Write(ctx, text) })
}

func newPrintError() *hostapi.Func {
	return writes(&hostapi.Func{
		Name: "eprint", Doc: "Writes its arguments, joined with one space, as a line of the error output.",
	}, func(_ context.Context, t *Terminal, text string) error {
		_, err := stdio.WriteString(t.Err, text+"\n")
		return err
	})
}

// joined gives the arguments as one text: strings as they are, other values in their text
// form.
func joined(c hostapi.Call) (string, error) {
	var texts []string
	for i := range c.Len() {
		v := c.Arg(i)
		if v.Type() == hostapi.TypeString {
			texts = append(texts, v.Str())
			continue
		}
		p, err := c.Copy(v, hostapi.NewCopier(c.Task().PayloadLimits()))
		var refused *hostapi.Error
		switch {
		case err == nil:
			v = p
		case !errors.As(err, &refused):
			return "", err // ErrKilled
		}
		if e := v.Err(); e != nil {
			texts = append(texts, e.Error())
			continue
		}
		texts = append(texts, v.String())
	}
	return strings.Join(texts, " "), nil
}

var args = &hostapi.Func{
	Name:    "args",
	Doc:     "The arguments of the command behind the entry, as texts (22.1).",
	Results: []hostapi.Param{{Name: "args", Accept: hostapi.AcceptTable, Type: "list"}},
	Errors:  []hostapi.Kind{hostapi.Unavailable},
	Run: func(c hostapi.Call) error {
		t, err := terminal(c.Task().Process())
		if err != nil {
			return err
		}
		var items []hostapi.Value
		for _, a := range t.Args {
			items = append(items, hostapi.String(a))
		}
		return hostapi.Give(c, hostapi.ListOf(items...), nil)
	},
}
