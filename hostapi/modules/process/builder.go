package process

import (
	"errors"
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// Builder collects what a new process gets beside its arguments: context
// values, a name, messages (13.18 to 13.22). It is immutable.
type Builder struct {
	hostapi.Handle
	settings hostapi.Spawn // Context, Name, Named and Messages only
	err      *hostapi.Error
}

// ObjectType is the type of builders.
func (*Builder) ObjectType() *hostapi.ObjectType { return builderType }

// String is "builder".
func (*Builder) String() string { return "builder" }

var builderType = newBuilderType()

// newBuilderType makes the type in a function, since its methods name it as
// their result.
func newBuilderType() *hostapi.ObjectType {
	t := &hostapi.ObjectType{
		Name: "builder",
		Doc:  "Settings for a process to be started; immutable, every method but the terminals gives a new builder (13.18).",
	}
	result := []hostapi.Param{{Name: "builder", Object: t, Accept: hostapi.AcceptObject, Doc: "a new builder"}}
	t.Methods = append([]*hostapi.Func{
		{
			Name: "with_context",
			Doc: "A builder that adds context values to those the new process inherits; later ones win. " +
				"Values that cannot be sent are reported by the terminal (13.19, 13.22).",
			Params:  []hostapi.Param{{Name: "values", Accept: hostapi.AcceptTable, Type: "map", Doc: "context values by name; the keys are strings"}},
			Results: result,
			Returns: hostapi.OrThrow,
			Errors:  []hostapi.Kind{hostapi.Invalid},
			TooFew:  "with_context requires a map of context values",
			Load:    hostapi.LoadRefused,
			Run:     withContext,
		},
		{
			Name: "with_name",
			Doc: "A builder that registers the new process under a name before its top level runs. " +
				"A name that is not acceptable is reported by the terminal (13.20, 13.22).",
			Params:  []hostapi.Param{{Name: "name", Accept: hostapi.AcceptString, Doc: "not empty, not beginning with { or @ (12.2)"}},
			Results: result,
			Returns: hostapi.OrThrow,
			Errors:  []hostapi.Kind{hostapi.Invalid},
			TooFew:  "with_name requires a name",
			Load:    hostapi.LoadRefused,
			Run:     withName,
		},
		{
			Name: "with_message",
			Doc: "A builder that sends one message to the new process right after its creation; may be repeated. " +
				"A topic or payload that is not acceptable is reported by the terminal (13.21, 13.22).",
			Params:  []hostapi.Param{{Name: "topic", Accept: hostapi.AcceptString, Doc: "not empty, not beginning with @ (3.4)"}},
			Rest:    "payloads",
			Results: result,
			Returns: hostapi.OrThrow,
			Errors:  []hostapi.Kind{hostapi.Invalid},
			TooFew:  "with_message requires a topic",
			Load:    hostapi.LoadRefused,
			Run:     withMessage,
		},
	}, spawnFuncs...)
	return t
}

// builderOf gives the builder whose method is called, an empty one if it is
// called as a function of the module.
func builderOf(c hostapi.Call) *Builder {
	if b, ok := c.Self().(*Builder); ok {
		return b
	}
	return &Builder{}
}

// spawn gives the settings as a Spawn of the caller's own.
func (b *Builder) spawn() (hostapi.Spawn, error) {
	if b.err != nil {
		return hostapi.Spawn{}, b.err
	}
	s := b.settings
	s.Context, s.Messages = slices.Clone(s.Context), slices.Clone(s.Messages)
	return s, nil
}

// pushChanged pushes a copy of the builder with one change. If the change is not
// acceptable, the copy keeps the first such error for the terminal; anything
// but an *Error, such as ErrKilled, ends the call.
func (b *Builder) pushChanged(c hostapi.Call, change func(*hostapi.Spawn) error) error {
	n := &Builder{settings: b.settings, err: b.err}
	n.settings.Context, n.settings.Messages = slices.Clone(b.settings.Context), slices.Clone(b.settings.Messages)
	if err := change(&n.settings); err != nil {
		var e *hostapi.Error
		if !errors.As(err, &e) {
			return err
		}
		if n.err == nil {
			n.err = e
		}
	}
	c.Push(hostapi.ObjectOf(n))
	return nil
}

func withContext(c hostapi.Call) error {
	fields, ok := c.Fields(c.Arg(0))
	if !ok {
		return hostapi.Raise(hostapi.Errorf(hostapi.Invalid, "%s: argument #1 (values) must be a map, got %s", (&hostapi.Func{Name: "with_context", In: "process"}).Called(c), c.Arg(0).TypeName()))
	}
	for _, f := range fields {
		if f.Key.Type() != hostapi.TypeString {
			return hostapi.Raise(hostapi.Errorf(hostapi.Invalid, "with_context: keys must be strings, got %s", f.Key.TypeName()))
		}
	}
	return builderOf(c).pushChanged(c, func(s *hostapi.Spawn) error {
		v, err := c.Copy(c.Arg(0), hostapi.NewCopier(c.Task().PayloadLimits()))
		if err != nil || v.Map() == nil {
			return err
		}
		for _, e := range v.Map().Ordered() {
			i := slices.IndexFunc(s.Context, func(old hostapi.Entry) bool { return old.Key.Equal(e.Key) })
			if i < 0 {
				s.Context = append(s.Context, e)
			} else {
				s.Context[i] = e
			}
		}
		return nil
	})
}

func withName(c hostapi.Call) error {
	return builderOf(c).pushChanged(c, func(s *hostapi.Spawn) error {
		s.Name, s.Named = c.Arg(0).Str(), true
		return hostapi.CheckName(s.Name)
	})
}

func withMessage(c hostapi.Call) error {
	return builderOf(c).pushChanged(c, func(s *hostapi.Spawn) error {
		m := hostapi.Outgoing{Topic: c.Arg(0).Str()}
		if err := checkTopic(m.Topic, "cannot send to @ topics"); err != nil {
			return err
		}
		var err error
		m.Payloads, err = hostapi.Payloads(c, 1)
		s.Messages = append(s.Messages, m)
		return err
	})
}
