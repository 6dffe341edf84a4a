package starlark

import "strings"

// reserved reports whether a script cannot write name as an attribute or as a
// keyword (docs/starlark.md, 1.2).
func reserved(name string) bool {
	switch name {
	case "and", "break", "continue", "def", "elif", "else", "for", "if", "in", "lambda", "load",
		"not", "or", "pass", "return", "while",
		"as", "async", "await", "class", "del", "except", "finally", "from", "global", "import",
		"is", "nonlocal", "raise", "try", "with", "yield":
		return true
	}
	return false
}

// spelled gives the name as scripts write it: with a trailing underscore if it
// is reserved.
func spelled(name string) string {
	if reserved(name) {
		return name + "_"
	}
	return name
}

// Spelled implements hostapi.Speller.
func (e *engine) Spelled(name string) string { return spelled(name) }

// plain undoes spelled; other names are unchanged.
func plain(name string) string {
	if base, ok := strings.CutSuffix(name, "_"); ok && reserved(base) {
		return base
	}
	return name
}

// universal reports whether the language itself predeclares name
// (docs/starlark.md, 1.1).
func universal(name string) bool {
	switch name {
	case "None", "True", "False",
		"abs", "any", "all", "bool", "bytes", "chr", "dict", "dir", "enumerate", "fail", "float",
		"getattr", "hasattr", "hash", "int", "len", "list", "max", "min", "ord", "print", "range",
		"repr", "reversed", "set", "sorted", "str", "tuple", "type", "zip":
		return true
	}
	return false
}
