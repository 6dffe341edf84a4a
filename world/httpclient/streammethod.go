package httpclient

import (
	"context"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/option"
)

var streamType = &hostapi.ObjectType{
	Name: "stream",
	Doc:  "A body that is read piece by piece. It is held by the process (40.10).",
}

var streamMethods = []*hostapi.Func{
	newRead(&hostapi.Func{
		Name: "read",
		Doc:  "Some bytes as soon as there are any, nil at the end (43.3).",
		Params: []hostapi.Param{
			{Name: "n", Accept: hostapi.AcceptNumber, Optional: true, Keyword: true, Doc: "at most so many; 65536, which is also the most, if left out"},
		},
	}, func(c hostapi.Call) (func(context.Context, *Stream) (hostapi.Value, error), error) {
		n := float64(pieceBytes)
		if v := c.Arg(0); !v.IsNil() {
			n = v.Float()
		}
		if n < 1 || n != float64(int64(n)) {
			return nil, hostapi.Errorf(hostapi.Invalid, "n must be an integer from 1 on, got %s", c.Arg(0))
		}
		return func(ctx context.Context, s *Stream) (hostapi.Value, error) {
			return s.read(ctx, int(min(n, pieceBytes)))
		}, nil
	}),
	newRead(&hostapi.Func{
		Name: "read_line",
		Doc:  "A line of at most 1 MiB without its end, nil after the last (43.3).",
	}, func(hostapi.Call) (func(context.Context, *Stream) (hostapi.Value, error), error) {
		return func(ctx context.Context, s *Stream) (hostapi.Value, error) { return s.readLine(ctx) }, nil
	}),
	{
		Name:    "close",
		Doc:     "Closes the stream; the connection is kept if the body was read to its end. true, also if it was closed before (40.11).",
		Results: []hostapi.Param{{Name: "closed", Accept: hostapi.AcceptBool}},
		Load:    hostapi.LoadBlocks,
		Run: func(c hostapi.Call) error {
			_, err := c.Task().Process().Release(c.Self().(*Stream))
			return hostapi.Give(c, hostapi.Bool(true), err)
		},
	},
}

// newRead completes a method that reads: it waits. what reads the arguments of a call
// and gives the work.
func newRead(f *hostapi.Func, what func(hostapi.Call) (func(context.Context, *Stream) (hostapi.Value, error), error)) *hostapi.Func {
	f.Params = append(f.Params, hostapi.Param{Name: "options", Accept: hostapi.AcceptTable, Type: "map", Optional: true, Doc: "options by name"})
	f.Keywords = []hostapi.Param{option.TimeoutParam(DefaultIdle)}
	f.Results = []hostapi.Param{{Name: "text", Accept: hostapi.AcceptString | hostapi.AcceptNil}}
	f.Returns = hostapi.OrError
	f.Errors = []hostapi.Kind{hostapi.Invalid, hostapi.Unavailable, hostapi.Timeout, hostapi.LimitExceeded, hostapi.RateLimited}
	f.Load = hostapi.LoadBlocks
	f.Run = func(c hostapi.Call) error {
		s := c.Self().(*Stream)
		work, err := what(c)
		if err != nil {
			return err
		}
		options, err := option.Read(c, f, len(f.Params)-1)
		if err != nil {
			return err
		}
		timeout, err := timeout(options[0], s.idle)
		if err != nil {
			return err
		}
		if err := s.open(); err != nil {
			return err
		}
		op := hostapi.Op{Name: "stream." + f.Name, Timeout: timeout, Places: s.turn} // one after the other (40.10)
		done, err := c.Task().Process().Await(op, func(ctx context.Context) (hostapi.Done, error) {
			v, err := work(ctx, s)
			return hostapi.Done{Value: v}, err
		})
		return hostapi.Give(c, done.Value, err)
	}
	return f
}
