// Package crypto is the script module crypto (section 42 of docs/spec).
package crypto

import (
	"crypto/subtle"
	"io"
	"unicode/utf8"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/internal/effort"
)

// Module is the module crypto. An entry must list it (14.15).
var Module = (&hostapi.Module{
	Name: "crypto",
	Doc:  "Randomness that nobody can guess, and comparison that tells nothing (section 42).",
	Funcs: []*hostapi.Func{{
		Name: "constant_time_compare",
		Doc:  "Whether two texts are equal. How long it takes says nothing of their bytes, only of their lengths (42.10).",
		Params: []hostapi.Param{
			{Name: "a", Accept: hostapi.AcceptString, Doc: "such as a signature that was sent"},
			{Name: "b", Accept: hostapi.AcceptString, Doc: "such as the one computed"},
		},
		Results: []hostapi.Param{{Name: "equal", Accept: hostapi.AcceptBool}},
		Errors:  []hostapi.Kind{hostapi.Invalid},
		Run: func(c hostapi.Call) error {
			a, b := c.Arg(0).Str(), c.Arg(1).Str()
			equal := subtle.ConstantTimeEq(int32(len(a)), int32(len(b)))
			e := effort.Of(c)
			for len(a) == len(b) && len(a) > 0 {
				n := min(len(a), piece)
				equal &= subtle.ConstantTimeCompare([]byte(a[:n]), []byte(b[:n]))
				a, b = a[n:], b[n:]
				if err := e.Work(n); err != nil {
					return err
				}
			}
			return hostapi.Give(c, hostapi.Bool(equal == 1), e.Release())
		},
	}},
	Modules: []*hostapi.Module{{
		Name:  "random",
		Doc:   "The system's randomness; in a simulated run the seed's (40.17, 42.10).",
		Funcs: []*hostapi.Func{randomBytes, randomString},
	}},
}).Named()

const (
	piece = 16 << 10
	most  = 1 << 20 // bytes or letters of one call
)

var count = hostapi.Param{Name: "n", Accept: hostapi.AcceptNumber, Doc: "from 1 to 1048576"}

// number gives the first argument.
func number(c hostapi.Call) (int, error) {
	f := c.Arg(0).Float()
	if n := int(f); f >= 1 && f <= most && float64(n) == f {
		return n, nil
	}
	return 0, hostapi.Errorf(hostapi.Invalid, "n must be an integer from 1 to %d, got %s", most, c.Arg(0))
}

var randomBytes = &hostapi.Func{
	Name:    "bytes",
	Doc:     "So many random bytes (42.10).",
	Params:  []hostapi.Param{count},
	Results: []hostapi.Param{{Name: "bytes", Accept: hostapi.AcceptString}},
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		n, err := number(c)
		if err != nil {
			return err
		}
		e := effort.Of(c)
		out, err := e.Room(n)
		for err == nil && len(out) < n {
			begin := len(out)
			out = out[:min(n, begin+piece)]
			if _, err = io.ReadFull(c.Task().Process().Random(), out[begin:]); err == nil {
				err = e.Work(len(out) - begin)
			}
		}
		return e.Give(c, out, err)
	},
}

const lettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

var randomString = &hostapi.Func{
	Name: "string",
	Doc:  "So many random letters of an alphabet, each as likely (42.10).",
	Params: []hostapi.Param{
		count,
		{Name: "alphabet", Accept: hostapi.AcceptString, Optional: true, Keyword: true, Doc: "2 to 256 letters in UTF-8; A to Z, a to z, 0 to 9 if left out"},
	},
	Results: []hostapi.Param{{Name: "text", Accept: hostapi.AcceptString}},
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		n, err := number(c)
		if err != nil {
			return err
		}
		alphabet := lettersAndDigits
		if v := c.Arg(1); !v.IsNil() {
			alphabet = v.Str()
		}
		if len(alphabet) > 4*256 || !utf8.ValidString(alphabet) {
			return hostapi.Errorf(hostapi.Invalid, "alphabet must be 2 to 256 letters in UTF-8")
		}
		letters := []rune(alphabet)
		if len(letters) < 2 || len(letters) > 256 {
			return hostapi.Errorf(hostapi.Invalid, "alphabet must be 2 to 256 letters in UTF-8")
		}
		e := effort.Of(c)
		out, err := draw(&e, c.Task().Process().Random(), letters, n)
		return e.Give(c, out, err)
	},
}

// draw gives n letters. A byte beyond the last multiple of their number is drawn again,
// or the first letters were more likely.
func draw(e *effort.Effort, random io.Reader, letters []rune, n int) ([]byte, error) {
	out, err := e.Room(n)
	fair := 256 - 256%len(letters)
	var drawn [256]byte
	for err == nil && n > 0 {
		if _, err = io.ReadFull(random, drawn[:]); err != nil {
			break
		}
		for _, b := range drawn {
			if n > 0 && int(b) < fair {
				out = utf8.AppendRune(out, letters[int(b)%len(letters)])
				n--
			}
		}
		err = e.Work(len(drawn))
	}
	return out, err
}
