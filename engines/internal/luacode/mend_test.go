package luacode

import (
	"strings"
	"testing"

	"github.com/yuin/gopher-lua/parse"
)

// What is cut off at the end of any statement can be parsed once it is mended.
func TestMendClosesWhatIsOpen(t *testing.T) {
	text := `local M = { a = 1, f = function(x)
  if x then
    for i = 1, 3 do
      repeat
        print([==[ end ]==], "end", 'do') -- end
      until x == i
    end
  elseif not x then
    pcall(function()
      while true do
        print(({ "(" })[1])
      end
    end)
  else
    print(x)
  end
end }
return M
`
	lines := strings.SplitAfter(text, "\n")
	for i := range lines {
		cut := strings.Join(lines[:i], "")
		if strings.HasSuffix(strings.TrimSpace(cut), "else") {
			cut += " print(1)"
		}
		whole := cut + Mend(cut)
		if _, err := parse.Parse(strings.NewReader(whole), "cut.lua"); err != nil {
			t.Errorf("%v:\n%s", err, whole)
		}
	}
	if got := Mend("local t = { f(a[1"); got != "])}" {
		t.Errorf("brackets are closed by %q", got)
	}
	if got := Mend(text); got != "" {
		t.Errorf("a whole text is mended by %q", got)
	}
}
