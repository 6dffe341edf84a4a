package repl

import (
	"errors"
	"unicode/utf8"

	"github.com/understudy-run/understudy/hostapi"
)

// input is one on its way to the process, and there the function that runs it.
type input struct {
	hostapi.Handle
	path, text string
	done       chan Answer // gets one

	session *Session
	in      hostapi.Evaluator
}

var inputType = &hostapi.ObjectType{Name: "input", Doc: "What was typed."}

// ObjectType is no type of scripts.
func (*input) ObjectType() *hostapi.ObjectType { return inputType }
func (*input) String() string                  { return "input" }

// Call runs the input, in a coroutine of the process. Whatever becomes of it is told.
func (i *input) Call(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
	a := Answer{Err: hostapi.ErrKilled} // unless it comes to an end
	defer func() { i.done <- a }()
	i.session.mu.Lock()
	i.session.running = t.Coroutine()
	i.session.mu.Unlock()
	a = i.answer(t)
	if errors.Is(a.Err, hostapi.ErrKilled) {
		return nil, hostapi.ErrKilled
	}
	return nil, nil
}

func (i *input) answer(t hostapi.Task) Answer {
	fn, err := i.in.Evaluate(i.path, i.text)
	var syntax *hostapi.SyntaxError
	if errors.As(err, &syntax) && syntax.Incomplete {
		return Answer{More: true, Err: err}
	}
	var values []hostapi.Value
	if err == nil {
		values, err = fn.Call(t, nil)
	}
	for len(values) > 1 && values[len(values)-1].IsNil() { // of a value and an error
		values = values[:len(values)-1]
	}
	a := Answer{Err: err, names: i.in.Names()}
	for _, v := range values {
		text, err := i.in.Show(t, v)
		if err != nil {
			a.Err = err
			break
		}
		a.Values = append(a.Values, cut(text))
	}
	return a
}

// maxShown is how many bytes are shown of a value.
const maxShown = 16 << 10

// cut cuts a long text off.
func cut(text string) string {
	if len(text) <= maxShown {
		return text
	}
	end := maxShown
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "..."
}
