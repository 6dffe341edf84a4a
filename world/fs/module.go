package fs

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/option"
)

// Kind is the kind of entries that are volumes (44.1).
const Kind = "fs.dir"

// DefaultTimeout is how long an operation takes at most where nothing else is said (50.2).
const DefaultTimeout = 10 * time.Second

// Module is the module fs. An entry must list it (14.15).
var Module = newModule()

// volume is a Volume as the object of a process.
type volume struct {
	hostapi.Handle
	grant hostapi.Grant

	mu     sync.Mutex
	opened *Volume // nil: no operation has needed it yet
}

// open gives the volume. It is called in the work of operations.
func (v *volume) open(ctx context.Context) (*Volume, error) {
	v.mu.Lock()
	opened := v.opened
	v.mu.Unlock()
	if opened != nil {
		return opened, nil
	}
	resource, err := v.grant.Open(ctx)
	if err != nil {
		return nil, err
	}
	if opened = Of(resource); opened == nil {
		return nil, hostapi.Errorf(hostapi.Internal, "%s is a %T, which does not serve as %s", v.grant.ID, resource, v.grant.Kind)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.opened = opened
	return opened, nil
}

var volumeType = &hostapi.ObjectType{
	Name: "volume",
	Doc:  "Files below a directory that the entry was granted (section 44).",
}

// ObjectType says what scripts can do with it.
func (*volume) ObjectType() *hostapi.ObjectType { return volumeType }

// String gives the id of its entry.
func (v *volume) String() string { return "volume: " + v.grant.ID }

var fileType = &hostapi.ObjectType{
	Name: "file",
	Doc:  "An open file, which the process holds until it closes it or ends (40.11, 44.5).",
}

// ObjectType says what scripts can do with it.
func (*File) ObjectType() *hostapi.ObjectType { return fileType }

// String gives the path by which it was opened.
func (f *File) String() string { return "file: " + f.path }

// statShape is what scripts are told of a file.
var statShape = &hostapi.Shape{
	Name: "stat",
	Doc:  "What is known of a file (44.6).",
	Fields: []hostapi.Param{
		{Name: "name", Accept: hostapi.AcceptString, Doc: "without its directory"},
		{Name: "size", Accept: hostapi.AcceptNumber, Doc: "in bytes"},
		{Name: "type", Accept: hostapi.AcceptString, Doc: `"file", "directory", "link" or "other"`},
		{Name: "modified", Accept: hostapi.AcceptNumber, Doc: "Unix seconds"},
		{Name: "id", Accept: hostapi.AcceptString, Doc: "the same for the same file under any name, as long as it exists"},
	},
}

// record gives what an operation says of a file as a record.
func record(v hostapi.Value) hostapi.Value {
	r := &hostapi.Record{Shape: statShape}
	for _, f := range statShape.Fields {
		r.Values = append(r.Values, v.Map().Get(f.Name))
	}
	return hostapi.Wrap(r)
}

// records gives a list of them.
func records(v hostapi.Value) hostapi.Value {
	var items []hostapi.Value
	if l := v.List(); l != nil {
		for _, i := range l.Items {
			items = append(items, record(i))
		}
	}
	return hostapi.ListOf(items...)
}

// Parameters and results that several functions have.
var (
	optionsParam = hostapi.Param{Name: "options", Accept: hostapi.AcceptTable, Type: "map", Optional: true, Doc: "options by name"}
	pathParam    = text("path", "below the volume")

	okResult    = hostapi.Param{Name: "ok", Accept: hostapi.AcceptBool, Doc: "true"}
	statResult  = hostapi.Param{Name: "stat", Accept: hostapi.AcceptTable, Type: "stat"}
	statsResult = hostapi.Param{Name: "entries", Accept: hostapi.AcceptTable, Type: "list of stat"}
	fileResult  = hostapi.Param{Name: "file", Object: fileType, Accept: hostapi.AcceptObject}
	readResult  = hostapi.Param{Name: "data", Accept: hostapi.AcceptString | hostapi.AcceptNil, Type: "string or nil"}
)

func text(name, doc string) hostapi.Param {
	return hostapi.Param{Name: name, Accept: hostapi.AcceptString, Doc: doc}
}

func optional(p hostapi.Param) hostapi.Param {
	p.Optional, p.Keyword = true, true
	return p
}

func newModule() *hostapi.Module {
	volumeType.Methods = volumeMethods()
	fileType.Methods = fileMethods()
	return (&hostapi.Module{
		Name:   "fs",
		Doc:    "Files below the directories that the entry was granted (section 44).",
		Funcs:  []*hostapi.Func{get},
		Types:  []*hostapi.ObjectType{volumeType, fileType},
		Shapes: []*hostapi.Shape{statShape},
	}).Named()
}

var get = &hostapi.Func{
	Name:    "get",
	Doc:     "The volume of an entry of kind fs.dir that is among the resources of this one (41.4).",
	Params:  []hostapi.Param{{Name: "id", Accept: hostapi.AcceptString, Entry: "fs", Doc: "of the entry"}},
	Results: []hostapi.Param{{Name: "volume", Object: volumeType, Accept: hostapi.AcceptObject}},
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.PermissionDenied, hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		g, err := c.Task().Process().Resource(c.Arg(0).Str(), Kind)
		return hostapi.Give(c, hostapi.Wrap(&volume{grant: g}), err)
	},
}

// operation is a method that waits.
type operation struct {
	name, doc string
	params    []hostapi.Param
	result    hostapi.Param
	plain     bool // what goes wrong is raised
	// writes says whether it changes the volume; nil: it does not.
	writes func(args arguments) bool
	// check looks at the arguments, and puts what is meant where one was left out; nil if
	// all are well.
	check func(args arguments) error
	// volume or file does it. args are the arguments, nil where they were left out.
	volume func(ctx context.Context, v *Volume, args arguments) (hostapi.Done, error)
	file   func(ctx context.Context, f *File, args arguments) (hostapi.Done, error)
	// shape makes of what it brings what scripts see; nil: as it is.
	shape func(hostapi.Value) hostapi.Value
}

type arguments = []hostapi.Value

// value is a work that brings a payload.
func value(v hostapi.Value, err error) (hostapi.Done, error) { return hostapi.Done{Value: v}, err }

// done is a work that brings nothing.
func done(err error) (hostapi.Done, error) { return value(hostapi.Bool(err == nil), err) }

// method gives the method of a volume or file.
func (o operation) method() *hostapi.Func {
	name := "fs.volume." + o.name
	if o.file != nil {
		name = "fs.file." + o.name
	}
	f := &hostapi.Func{
		Name: o.name, Doc: o.doc, Load: hostapi.LoadBlocks,
		Params:   append(slices.Clone(o.params), optionsParam),
		Keywords: []hostapi.Param{option.TimeoutParam(DefaultTimeout)},
		Results:  []hostapi.Param{o.result},
		Errors:   []hostapi.Kind{hostapi.NotFound, hostapi.PermissionDenied, hostapi.Invalid, hostapi.LimitExceeded, hostapi.Timeout, hostapi.Internal},
	}
	if !o.plain {
		f.Returns = hostapi.OrError
	}
	f.Run = func(c hostapi.Call) error {
		given, err := option.Read(c, f, len(o.params))
		if err != nil {
			return err
		}
		op := hostapi.Op{Name: name, Thread: true}
		if op.Timeout, err = option.Timeout(given[0], DefaultTimeout); err != nil {
			return err
		}
		args := make(arguments, len(o.params))
		for i := range args {
			args[i] = c.Arg(i)
		}
		if o.check != nil {
			if err := o.check(args); err != nil {
				return err
			}
		}
		op.Args = args
		var work func(ctx context.Context) (hostapi.Done, error)
		if o.file != nil {
			self := c.Self().(*File)
			op.Resource, op.Places = self.resource, self.turn
			work = func(ctx context.Context) (hostapi.Done, error) { return o.file(ctx, self, args) }
		} else {
			self := c.Self().(*volume)
			op.Resource = self.grant.ID
			if o.writes != nil && o.writes(args) {
				if err := self.grant.Write(); err != nil {
					return err
				}
			}
			work = func(ctx context.Context) (hostapi.Done, error) {
				v, err := self.open(ctx)
				if err != nil {
					return hostapi.Done{}, err
				}
				return o.volume(ctx, v, args)
			}
		}
		d, err := c.Task().Process().Await(op, work)
		if err != nil {
			return err
		}
		v := d.Value
		if f, ok := d.Held.(*File); ok {
			f.resource = op.Resource
			v = hostapi.Wrap(f)
		}
		if o.shape != nil {
			v = o.shape(v)
		}
		return hostapi.Give(c, v, nil)
	}
	return f
}

// integer reads an argument that is an integer from least on.
func integer(v hostapi.Value, name string, least float64) error {
	f := v.Float()
	if !v.IsNil() && (f != float64(int64(f)) || f < least || f > hostapi.MaxInt) {
		return hostapi.Errorf(hostapi.Invalid, "%s must be an integer from %v on, got %s", name, least, v)
	}
	return nil
}
