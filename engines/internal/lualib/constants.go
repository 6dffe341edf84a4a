package lualib

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// OnlyConstants reports whether m is a table of constants, in which a name that it does
// not have is a slip of the pen and no question (4.1).
func OnlyConstants(m *hostapi.Module) bool {
	return len(m.Consts) > 0 && len(m.Funcs) == 0 && len(m.Modules) == 0
}

// NoConstant is the error of reading a constant that m does not have.
func NoConstant(m *hostapi.Module, name string) error {
	names := make([]string, len(m.Consts))
	for i, c := range m.Consts {
		names[i] = c.Name
	}
	return hostapi.Errorf(hostapi.Invalid, "%s has no %q; there are: %s", m.Name, name, strings.Join(names, ", "))
}
