package fs

import (
	"context"

	"github.com/understudy-run/understudy/hostapi"
)

// volumeMethods are those of a volume.
func volumeMethods() []*hostapi.Func {
	always := func(arguments) bool { return true }
	var out []*hostapi.Func
	for _, o := range []operation{
		{
			name: "readfile", doc: "The whole content of a file, up to max_read bytes (44.1).",
			params: []hostapi.Param{pathParam}, result: text("data", ""),
			volume: func(ctx context.Context, v *Volume, args arguments) (hostapi.Done, error) {
				return value(v.readFile(ctx, args[0].Str()))
			},
		},
		{
			name: "writefile", doc: "Writes a whole file: in place of the old one at once, so that others read one or the other (44.4).",
			params: []hostapi.Param{pathParam, text("data", ""), optional(text("mode", `"w" if left out; "a" appends, "wx" makes a new file only`))},
			result: okResult, writes: always,
			check: func(args arguments) error { return oneOf(args, 2, "mode", "w", "a", "wx") },
			volume: func(ctx context.Context, v *Volume, args arguments) (hostapi.Done, error) {
				return done(v.writeFile(ctx, args[0].Str(), args[1].Str(), args[2].Str()))
			},
		},
		{
			name: "exists", doc: "Whether there is something at a path that can be reached.", plain: true,
			params: []hostapi.Param{pathParam}, result: hostapi.Param{Name: "exists", Accept: hostapi.AcceptBool},
			volume: func(_ context.Context, v *Volume, args arguments) (hostapi.Done, error) {
				there, _, err := v.is(args[0].Str())
				return value(hostapi.Bool(there), err)
			},
		},
		{
			name: "isdir", doc: "Whether there is a directory at a path.", plain: true,
			params: []hostapi.Param{pathParam}, result: hostapi.Param{Name: "isdir", Accept: hostapi.AcceptBool},
			volume: func(_ context.Context, v *Volume, args arguments) (hostapi.Done, error) {
				_, directory, err := v.is(args[0].Str())
				return value(hostapi.Bool(directory), err)
			},
		},
		{
			name: "stat", doc: "What is known of a file; of a link, of what it leads to (44.6).",
			params: []hostapi.Param{pathParam}, result: statResult, shape: record,
			volume: func(_ context.Context, v *Volume, args arguments) (hostapi.Done, error) {
				return value(v.stat(args[0].Str()))
			},
		},
		{
			name: "readdir", doc: "What a directory holds, sorted by name; links as themselves (44.6).",
			params: []hostapi.Param{pathParam}, result: statsResult, shape: records,
			volume: func(ctx context.Context, v *Volume, args arguments) (hostapi.Done, error) {
				return value(v.readDir(ctx, args[0].Str()))
			},
		},
		{
			name: "mkdir", doc: "Makes a directory, and those above it that are missing; true if it is there (44.4).",
			params: []hostapi.Param{pathParam}, result: okResult, writes: always,
			volume: func(_ context.Context, v *Volume, args arguments) (hostapi.Done, error) {
				return done(v.mkdir(args[0].Str()))
			},
		},
		{
			name: "remove", doc: "Removes a file, a link or an empty directory (44.4).",
			params: []hostapi.Param{pathParam}, result: okResult, writes: always,
			volume: func(_ context.Context, v *Volume, args arguments) (hostapi.Done, error) {
				return done(v.remove(args[0].Str()))
			},
		},
		{
			name: "rename", doc: "Gives a file or directory another name, in place of the file that has it (44.4).",
			params: []hostapi.Param{text("from", ""), text("to", "")}, result: okResult, writes: always,
			volume: func(_ context.Context, v *Volume, args arguments) (hostapi.Done, error) {
				return done(v.rename(args[0].Str(), args[1].Str()))
			},
		},
		{
			name: "open", doc: `Opens a file: "r" reads, "w" empties it first, "a" appends, "rw" reads and writes, "wx" makes a new one (44.5).`,
			params: []hostapi.Param{pathParam, optional(text("mode", `"r" if left out`))}, result: fileResult,
			check:  func(args arguments) error { return oneOf(args, 1, "mode", "r", "w", "a", "rw", "wx") },
			writes: func(args arguments) bool { return args[1].Str() != "r" },
			volume: func(_ context.Context, v *Volume, args arguments) (hostapi.Done, error) {
				f, err := v.openFile(args[0].Str(), args[1].Str())
				if err != nil {
					return hostapi.Done{}, err
				}
				return hostapi.Done{Held: f}, nil
			},
		},
	} {
		out = append(out, o.method())
	}
	return out
}

// oneOf reads an argument that is one of some texts, the first if it was left out.
func oneOf(args []hostapi.Value, at int, name string, known ...string) error {
	if args[at].IsNil() {
		args[at] = hostapi.String(known[0])
	}
	for _, k := range known {
		if args[at].Str() == k {
			return nil
		}
	}
	return hostapi.Errorf(hostapi.Invalid, "invalid %s: %q", name, args[at].Str())
}

// fileMethods are those of an open file.
func fileMethods() []*hostapi.Func {
	number := func(name, doc string) hostapi.Param {
		return hostapi.Param{Name: name, Accept: hostapi.AcceptNumber, Doc: doc}
	}
	var out []*hostapi.Func
	for _, o := range []operation{
		{
			name: "read", doc: "At most n bytes from where the file stands; nil at the end, after which one may read again (44.5).",
			params: []hostapi.Param{optional(number("n", "65536 if left out"))}, result: readResult,
			check: func(args arguments) error { return integer(args[0], "n", 1) },
			file: func(ctx context.Context, f *File, args arguments) (hostapi.Done, error) {
				n := int64(readPiece)
				if !args[0].IsNil() {
					n = int64(args[0].Float())
				}
				return value(f.read(ctx, n))
			},
		},
		{
			name: "read_line", doc: "The next line without its end; nil if there is none that has an end (44.5).", result: readResult,
			file: func(ctx context.Context, f *File, _ arguments) (hostapi.Done, error) {
				return value(f.readLine(ctx))
			},
		},
		{
			name: "write", doc: "Writes where the file stands, or at its end if it was opened to append; gives the number of bytes.",
			params: []hostapi.Param{text("data", "")}, result: number("bytes", ""),
			file: func(ctx context.Context, f *File, args arguments) (hostapi.Done, error) {
				return value(f.write(ctx, args[0].Str()))
			},
		},
		{
			name: "seek", doc: `Goes offset bytes from "set", the beginning, "cur", where it stands, or "end"; gives where that is.`,
			params: []hostapi.Param{optional(text("whence", `"cur" if left out`)), optional(number("offset", "0 if left out"))},
			result: number("position", "from the beginning"),
			check: func(args arguments) error {
				if err := oneOf(args, 0, "whence", "cur", "set", "end"); err != nil {
					return err
				}
				return integer(args[1], "offset", -hostapi.MaxInt)
			},
			file: func(_ context.Context, f *File, args arguments) (hostapi.Done, error) {
				return value(f.seek(args[0].Str(), int64(args[1].Float())))
			},
		},
		{
			name: "stat", doc: "What is known of the file now, whatever its name is (44.6).", result: statResult, shape: record,
			file: func(_ context.Context, f *File, _ arguments) (hostapi.Done, error) {
				return value(f.stat())
			},
		},
		{
			name: "sync", doc: "Returns when what was written is on the disk.", result: okResult,
			file: func(_ context.Context, f *File, _ arguments) (hostapi.Done, error) {
				return done(f.sync())
			},
		},
	} {
		out = append(out, o.method())
	}
	return append(out, &hostapi.Func{
		Name: "close", Doc: "Closes the file; true also if it is closed (40.11).",
		Results: []hostapi.Param{okResult}, Load: hostapi.LoadBlocks,
		Run: func(c hostapi.Call) error {
			p, f := c.Task().Process(), c.Self().(*File)
			if f.closed.Load() {
				return hostapi.Give(c, hostapi.Bool(true), nil)
			}
			// After what other coroutines have asked for before.
			op := hostapi.Op{Name: "fs.file.close", Resource: f.resource, Places: f.turn}
			if _, err := p.Await(op, func(context.Context) (hostapi.Done, error) { return hostapi.Done{}, nil }); err != nil {
				return err
			}
			_, err := p.Release(f)
			return hostapi.Give(c, hostapi.Bool(true), err)
		},
	})
}
