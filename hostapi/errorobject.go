package hostapi

// ErrorObject is an error in the hands of a script: an Error with an identity.
type ErrorObject struct {
	Handle
	Err *Error
}

// ObjectType is ErrorType.
func (*ErrorObject) ObjectType() *ObjectType { return ErrorType }

// String is the text form (11.9).
func (e *ErrorObject) String() string { return e.Err.Error() }

// Holds implements Holder.
func (e *ErrorObject) Holds(visit func(Value)) {
	visit(String(e.Err.Message))
	visit(String(e.Err.Stack))
	for _, text := range e.Err.Context {
		visit(String(text))
	}
	if e.Err.Details != nil {
		visit(Wrap(e.Err.Details))
	}
}

// ErrorType is the type of errors. Beside its methods an engine gives error
// objects concatenation with strings and with each other (11.9), and lets them
// be thrown and caught unchanged (11.13).
var ErrorType = &ObjectType{
	Name: "error",
	Doc:  "An error: kind, message, whether retrying may help, details.",
	Methods: []*Func{
		errorMethod("kind", "The kind; \"\" if unknown.", Param{Name: "kind", Accept: AcceptString},
			func(c Call, e *Error) Value { return String(string(e.Kind)) }),
		errorMethod("message", "The message, without the contexts of wrap.", Param{Name: "message", Accept: AcceptString},
			func(c Call, e *Error) Value { return String(e.Message) }),
		errorMethod("retryable", "Whether retrying may help; nil if unknown.", Param{Name: "retryable", Accept: AcceptBool | AcceptNil},
			func(c Call, e *Error) Value { return e.Retryable.Value() }),
		errorMethod("details", "A fresh copy of the details; nil if there are none.", Param{Name: "details", Type: "map or nil"},
			func(c Call, e *Error) Value {
				if e.Details == nil {
					return Value{}
				}
				return Wrap(e.Details)
			}),
		errorMethod("stack", "Where it came from, as text; never empty, engine-specific.", Param{Name: "stack", Accept: AcceptString},
			func(c Call, e *Error) Value {
				if e.Stack == "" {
					return String(e.Error())
				}
				return String(e.Stack)
			}),
	},
}

func errorMethod(name, doc string, result Param, get func(Call, *Error) Value) *Func {
	return &Func{
		Name: name, Doc: doc + " (11.8)", Results: []Param{result},
		Run: func(c Call) error {
			c.Push(get(c, c.Self().(*ErrorObject).Err))
			return nil
		},
	}
}
