package luatest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// testConditions compares each program whose conditions are constants with the one
// that has the same values in global variables: what a compiler may fold must not
// matter, wherever it stands.
func (s Suite) testConditions(t *testing.T) {
	const endless = 10000 // ticks: many times what all programs of a loop take
	conditions := []string{
		"false", "nil", "true", "1", `"s"`, "not true", "not nil", "not 1", "false and true", "nil and 1",
		"true and nil", "false or nil", "nil or false", "(2 or 1) and 3", "false and {} or 5", "true and {} or 5",
		"not (false or 1)", "nil == false", "1 == 1", "1 < 2 and nil", "(1 < 2) == true", "not (1 > 2)",
		"(false and 1) == nil", "{} and nil or false",
	}
	// n counts, and the loops end by it.
	leaves := map[string]bool{
		"if %s then n = n + 1 break end n = n + 1": true,
		"do break end": true,
	}
	bodies := []string{
		"if %s then n = n + 100 n = n + 1 end n = n + 1",
		"if %s then n = n + 100 else n = n + 10 end",
		"if %s then n = n + 1 break end n = n + 1",
		"local x = %s n = n + 1 seen(x)",
		"local x, y = %s, %s seen(x, y) n = n + 1",
		"seen(%s) n = n + 1",
		"while %s do n = n + 3 break end n = n + 1",
		"repeat n = n + 2 if n > limit then break end until %s",
		"while not (%s) do break end n = n + 1",
		"do break end",
		"for _ = 1, 2 do if %s then break end n = n + 1 end",
		"for _ in pairs({1, 2}) do if %s then n = n + 5 break end end n = n + 1",
		"t[1] = %s t.x = not (%s) seen(t[1], t.x) n = n + 1",
		"local f = function() if %s then return %s end return 7 end seen(f()) n = n + 1",
		"if a(n) and (%s) or n == 3 then n = n + 4 end n = n + 1",
	}
	loops := []string{
		"while true do %s n = n + 1 if n > limit then break end end",
		"while n < limit do %s n = n + 1 end",
		"repeat %s n = n + 1 until n > limit",
		"for _, v in ipairs({1, 2, 3}) do %s end",
		"for k in pairs({x = 1, y = 2}) do %s end",
		"for i = 1, 3 do %s end",
		"do %s end",
		"while true do while true do break end %s n = n + 1 if n > limit then break end end",
		"while true do repeat break until false for _ in pairs({1}) do break end %s n = n + 1 if n > limit then break end end",
	}
	variable := strings.NewReplacer("false", "FALSE", "nil", "NIL", "true", "TRUE", "1", "ONE", "2", "TWO", "3", "THREE", "5", "FIVE", `"s"`, "S")
	program := func(loop, body, condition string) string {
		text := fmt.Sprintf(loop, strings.ReplaceAll(body, "%s", condition))
		return "function() local n, t, limit, log = 0, {}, 20, {}" +
			" local function seen(...) for i = 1, select('#', ...) do log[#log + 1] = type((select(i, ...))) end end" +
			" local function a(n) return n % 2 == 0 end " +
			text + " return n .. ' ' .. table.concat(log, ' ') end"
	}
	for _, loop := range loops {
		var list strings.Builder
		var cases []string
		for _, body := range bodies {
			if strings.HasPrefix(loop, "do") && leaves[body] {
				continue // no loop around it
			}
			for _, c := range conditions {
				cases = append(cases, fmt.Sprintf(loop, strings.ReplaceAll(body, "%s", c)))
				list.WriteString("{" + program(loop, body, c) + ", " + program(loop, body, variable.Replace(c)) + "},\n")
			}
		}
		results, err := s.Run(t, &Task{KillAt: endless}, `TRUE, FALSE, ONE, TWO, THREE, FIVE, S = true, false, 1, 2, 3, 5, "s"
			local cases = {`+list.String()+`}
			return function()
				local bad = {}
				for i, c in ipairs(cases) do
					local x, y = c[1](), c[2]()
					if x ~= y then bad[#bad + 1] = i .. " gives " .. x .. ", want " .. y end
				end
				return #cases, table.concat(bad, "\n")
			end`)
		switch {
		case err != nil:
			t.Errorf("%s: %v", loop, err)
		case !results[0].Equal(hostapi.Int(int64(len(cases)))):
			t.Errorf("%s: %v cases of %d", loop, results[0], len(cases))
		case results[1].Str() != "":
			for _, line := range strings.SplitN(results[1].Str(), "\n", 6) {
				var i int
				fmt.Sscan(line, &i)
				t.Errorf("%s\n%s", cases[i-1], line)
			}
		}
	}
}
