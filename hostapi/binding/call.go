package binding

import "github.com/understudy-run/understudy/hostapi"

// Call is one call of a function or method by a script. The engine fills it in
// and calls Invoke, once.
type Call struct {
	Task     hostapi.Task // that makes the call
	Language Language
	Func     *hostapi.Func
	Method   bool            // whether it is called as a method
	Self     hostapi.Object  // whose method it is; nil if the script named no object
	Args     []hostapi.Value // given by position
	// Keywords are the arguments given by name, in order, each name once. The
	// parameters that may be given so (hostapi.Param.Keyword) are put in their
	// positions by Invoke.
	Keywords []hostapi.Entry
	// Strict says that the language refuses surplus and unknown arguments, as
	// hostapi.Call.Strict.
	Strict bool
	// TrailingOptions says that options are written as fields of one more argument
	// (clause 0.9): the language has neither keyword arguments nor lists with named
	// fields.
	TrailingOptions bool
}

// Invoke performs the call by hostapi.Invoke and gives what was pushed. The
// engine converts that to values of the script: new lists, maps and error
// objects each time; objects, records and references as they are.
//
// The error is an *hostapi.Error that the engine throws, or ErrKilled, at which
// it unwinds. A method that is called on no object, or on one of another type, is
// an error of kind Invalid. Everything that hostapi.Invoke says holds.
func (c Call) Invoke() ([]hostapi.Value, error) {
	b := &bound{Call: c}
	if c.Method && !(Members{Object: c.Self}).Has(c.Func) {
		return nil, hostapi.Errorf(hostapi.Invalid, "%s is a method of another object", c.Func.Name)
	}
	if c.TrailingOptions {
		b.splitOptions()
	}
	if err := b.placeKeywords(); err != nil {
		return nil, err
	}
	err := hostapi.Invoke(c.Func, b)
	return b.results, err
}

// bound is a call as the function sees it. It implements hostapi.Call.
type bound struct {
	Call
	results []hostapi.Value
}

// splitOptions takes the argument after those that the function has parameters
// for as its options.
func (b *bound) splitOptions() {
	n := len(b.Func.Params)
	if len(b.Func.Keywords) == 0 || len(b.Call.Args) != n+1 {
		return
	}
	if options, ok := b.Fields(b.Call.Args[n]); ok {
		b.Call.Args, b.Call.Keywords = b.Call.Args[:n], options
	}
}

// placeKeywords moves arguments to their positions that were given by name.
func (b *bound) placeKeywords() error {
	given := len(b.Call.Args)
	var args []hostapi.Value
	var options []hostapi.Entry
	for _, k := range b.Call.Keywords {
		i := b.position(k.Key.Str())
		switch {
		case i < 0:
			options = append(options, k)
			continue
		case i < given:
			return hostapi.Errorf(hostapi.Invalid, "%s: argument %s given twice", b.Func.Name, k.Key.Str())
		case args == nil:
			args = make([]hostapi.Value, given, len(b.Func.Params))
			copy(args, b.Call.Args)
		}
		args = append(args, make([]hostapi.Value, max(0, i+1-len(args)))...)
		args[i] = k.Value
	}
	if args != nil {
		b.Call.Args, b.Call.Keywords = args, options
	}
	return nil
}

// position gives the place of the parameter that may be given by that name, -1
// if there is none.
func (b *bound) position(name string) int {
	for i := range b.Func.Params {
		if p := &b.Func.Params[i]; p.Keyword && p.Name == name {
			return i
		}
	}
	return -1
}

func (b *bound) Task() hostapi.Task        { return b.Call.Task }
func (b *bound) Self() hostapi.Object      { return b.Call.Self }
func (b *bound) Len() int                  { return len(b.Call.Args) }
func (b *bound) Keywords() []hostapi.Entry { return b.Call.Keywords }
func (b *bound) Strict() bool              { return b.Call.Strict }

func (b *bound) Arg(i int) hostapi.Value {
	if i >= len(b.Call.Args) {
		return hostapi.Value{}
	}
	return b.Call.Args[i]
}

func (b *bound) Keyword(name string) hostapi.Value { return named(b.Call.Keywords, name) }

func (b *bound) Function(i int) hostapi.Function {
	if v := b.Arg(i); v.Ref() != nil {
		return b.Language.Function(v)
	}
	return nil
}

func (b *bound) Field(v hostapi.Value, name string) hostapi.Value {
	entries, _ := b.Fields(v)
	return named(entries, name)
}

func (b *bound) Fields(v hostapi.Value) ([]hostapi.Entry, bool)   { return fields(b.Language, v) }
func (b *bound) Elements(v hostapi.Value) ([]hostapi.Value, bool) { return elements(b.Language, v) }

func (b *bound) Copy(v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	return Copy(v, cp, b.Language)
}

func (b *bound) Import(v hostapi.Value) hostapi.Value { return b.Language.Import(v) }
func (b *bound) Push(v hostapi.Value)                 { b.results = append(b.results, v) }

// named gives the value under a string key, nil if there is none.
func named(entries []hostapi.Entry, name string) hostapi.Value {
	return hostapi.MapOf(entries...).Map().Get(name)
}
