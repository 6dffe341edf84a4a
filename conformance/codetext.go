package conformance

import (
	"fmt"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// String shows the code as a reader of Lua would write it, shortened if it is
// long.
func (c Code) String() string {
	return shorten(codeText(c.wire))
}

// maxText is how much of a long text is shown.
const maxText = 600

func shorten(text string) string {
	if len(text) <= maxText {
		return text
	}
	return text[:maxText/2] + " .. " + text[len(text)-maxText/2:]
}

// forms are the texts of operations: $1 to $9 stand for operands, $* for all
// others, joined by commas. A lower-case name in operand position is shown as
// it is by $'n.
var forms = map[string]string{
	"nil": "nil", "get": "$'1", "let": "$'1 = $2", "constant": "$'1", "call": "$'1($*)", "method": "$1:$'2($*)",
	"field": "$1.$'2", "at": "$1[$2]", "seq": "$;", "values": "($*)", "nth": "result $1 of $2",
	"if": "if $1 then $2 else $3", "equal": "$1 == $2", "loop": "loop { $1 }", "times": "times $1 { $2 }", "spin": "loop {}",
	"recurse": "recurse($1)", "function": "function() $1 end", "go": "go { $1 }", "try": "pcall { $1 }", "throw": "error($1)",
	"list": "{$*}", "append": "append($*)", "set": "$1[$2] = $3", "lookup": "$1[$2]", "len": "#$1", "text": "tostring($1)",
	"concat": "$1 .. $2", "nested": "nested($1)", "report": "report $1: $2", "finish": "finish($*)", "serve": "serve()",
	"places": "places()", "within": "within $1 { $2 }",
}

func codeText(v hostapi.Value) string {
	l := v.List()
	if l == nil || len(l.Items) == 0 || l.Items[0].Type() != hostapi.TypeString {
		return show(v)
	}
	name, args := l.Items[0].Str(), l.Items[1:]
	switch name {
	case "quote":
		return codeText(args[0])
	case "callwith":
		return optionsText(args)
	case "select":
		text := "select{" + joinCodes(args[1:], ", ")
		if orElse := codeText(args[0]); orElse != "nil" {
			text += ", default = " + orElse
		}
		return text + "}"
	case "bind":
		slots := make([]string, len(args)-1)
		for i, slot := range args[1:] {
			slots[i] = slot.Str()
		}
		return strings.Join(slots, ", ") + " = " + codeText(args[0])
	case "table":
		var parts []string
		for i := 0; i+1 < len(args); i += 2 {
			parts = append(parts, fmt.Sprintf("[%s] = %s", codeText(args[i]), codeText(args[i+1])))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	form, ok := forms[name]
	if !ok {
		return show(v)
	}
	used := 0
	for i, a := range args {
		raw, cooked := fmt.Sprintf("$'%d", i+1), fmt.Sprintf("$%d", i+1)
		if strings.Contains(form, raw) {
			form, used = strings.ReplaceAll(form, raw, a.Str()), i+1
		} else if strings.Contains(form, cooked) {
			form, used = strings.ReplaceAll(form, cooked, codeText(a)), i+1
		}
	}
	form = strings.ReplaceAll(form, "$;", joinCodes(args, "; "))
	return strings.ReplaceAll(form, "$*", joinCodes(args[min(used, len(args)):], ", "))
}

// optionsText shows a call with named options.
func optionsText(args []hostapi.Value) string {
	var parts []string
	for _, a := range args[2:] {
		parts = append(parts, codeText(a))
	}
	pairs := args[1].List().Items
	for i := 0; i+1 < len(pairs); i += 2 {
		parts = append(parts, pairs[i].Str()+" = "+codeText(pairs[i+1]))
	}
	return args[0].Str() + "(" + strings.Join(parts, ", ") + ")"
}

func joinCodes(codes []hostapi.Value, separator string) string {
	texts := make([]string, len(codes))
	for i, c := range codes {
		texts[i] = codeText(c)
	}
	return strings.Join(texts, separator)
}
