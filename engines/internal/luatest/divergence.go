package luatest

import "testing"

// Probe gives what a chunk returns on the engine, as text joined by blanks.
func (s Suite) Probe(t *testing.T, chunk string) string {
	t.Helper()
	values, err := s.Run(t, &Task{}, `
		local function all(...)
			local out = {}
			for i = 1, select("#", ...) do out[i] = tostring((select(i, ...))) end
			return table.concat(out, " ")
		end
		return { main = function() return all((function() `+chunk+` end)()) end }`)
	if err != nil {
		return "error: " + err.Error()
	}
	return values[0].Str()
}
