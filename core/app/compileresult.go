package app

import (
	"reflect"
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// compileResult is what became of a source. It is the same for equal sources, so that one
// survey of an app takes over what another has compiled.
type compileResult struct {
	source  hostapi.Source
	program hostapi.Program // nil if there is an error
	outline *hostapi.Outline
	err     error
}

// compileKey is what a source is looked for by.
type compileKey struct{ engine, id, path string }

// codeKey is what code is looked for by that another entry may have too.
type codeKey struct{ engine, path, text string }

// result compiles a source, unless the survey before has, or there is another entry with the
// same code, modules and imports: they have one program.
func (l *loader) result(e hostapi.Engine, src hostapi.Source) compileResult {
	key := compileKey{e.Info().Name, src.ID, src.Path}
	r, known := l.before[key]
	if !known || !sameSource(r.source, src) {
		r = l.compiled(e, src)
	}
	if l.results != nil {
		l.results[key] = r
	}
	return r
}

func (l *loader) compiled(e hostapi.Engine, src hostapi.Source) compileResult {
	key := codeKey{e.Info().Name, src.Path, src.Text}
	for _, r := range l.code[key] {
		if sameSource(r.source, src) {
			r.source = src
			return r
		}
	}
	r := compileResult{source: src}
	if r.program, r.err = compile(e, src); r.err != nil {
		r.program = nil
	} else {
		r.outline = outlineOf(e, src)
	}
	if l.code == nil {
		l.code = make(map[codeKey][]compileResult)
	}
	l.code[key] = append(l.code[key], r)
	return r
}

// sameSource reports whether there is nothing but their ids in which two sources differ.
func sameSource(a, b hostapi.Source) bool {
	return a.Text == b.Text && slices.Equal(a.Modules, b.Modules) && slices.EqualFunc(a.Imports, b.Imports, func(a, b hostapi.Import) bool {
		return a.Alias == b.Alias && a.Missing == b.Missing && sameProgram(a.Program, b.Program)
	})
}

func sameProgram(a, b hostapi.Program) bool {
	return a != nil && b != nil && reflect.TypeOf(a) == reflect.TypeOf(b) && reflect.TypeOf(a).Comparable() && a == b
}
