package hostapi

import "strings"

// mostNamed is how many constants an error lists.
const mostNamed = 16

// NoConstant gives the error of reading a member of that name, which the module does not
// have: if it must be a constant that is misspelt, since the module has nothing but
// constants, or has some and the name is in capitals (4.1). For every other name it is
// nil: a script may ask whether there is such a function.
func (m *Module) NoConstant(name string) *Error {
	if len(m.Consts) == 0 || (len(m.Funcs) > 0 || len(m.Modules) > 0) && !inCapitals(name) {
		return nil
	}
	var names []string
	for i := range m.Consts {
		names = append(names, m.Consts[i].Name)
	}
	list := ""
	if len(names) <= mostNamed {
		list = "; there are: " + strings.Join(names, ", ")
	}
	return Errorf(Invalid, "%s has no constant %q%s", m.Name, name, list)
}

// inCapitals reports whether a name is written as constants are.
func inCapitals(name string) bool {
	return strings.ContainsAny(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") && name == strings.ToUpper(name)
}
