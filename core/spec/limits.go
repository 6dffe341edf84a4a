package spec

import (
	"math"
	"strconv"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// Limits bound what a process may use (17.8). Of an entry or a host a zero field
// stands for "not given", so that the host's value and then the default hold; a
// negative one is no limit, whatever the host says.
type Limits struct {
	MaxCoroutines  int                   // alive at once
	Payload        hostapi.PayloadLimits // levels and bytes
	Fuel           int64                 // interpreter steps in the whole life; default no limit
	FuelPerMessage int64                 // between two reads from the mailbox; default no limit
	Memory         int64                 // bytes, as charged by the engine
	Outside        int                   // operations outside under way at once (40.3)
	Handles        int                   // held at once of what is outside (40.10)
}

// DefaultLimits are the defaults of clause 17.8.
var DefaultLimits = Limits{
	MaxCoroutines: 100000,
	Payload:       hostapi.DefaultPayloadLimits, // 128 levels and 16 MiB
	Memory:        256 << 20,
	Outside:       1000,
	Handles:       256,
}

// Or fills the fields that are not given from further limits.
func (l Limits) Or(m Limits) Limits {
	if l.MaxCoroutines == 0 {
		l.MaxCoroutines = m.MaxCoroutines
	}
	if l.Payload.Depth == 0 {
		l.Payload.Depth = m.Payload.Depth
	}
	if l.Payload.Size == 0 {
		l.Payload.Size = m.Payload.Size
	}
	if l.Fuel == 0 {
		l.Fuel = m.Fuel
	}
	if l.FuelPerMessage == 0 {
		l.FuelPerMessage = m.FuelPerMessage
	}
	if l.Memory == 0 {
		l.Memory = m.Memory
	}
	if l.Outside == 0 {
		l.Outside = m.Outside
	}
	if l.Handles == 0 {
		l.Handles = m.Handles
	}
	return l
}

// Unbounded gives the limits with "no limit" as the largest number.
func (l Limits) Unbounded() Limits {
	for _, n := range []*int{&l.MaxCoroutines, &l.Payload.Depth, &l.Payload.Size, &l.Outside, &l.Handles} {
		if *n < 0 {
			*n = math.MaxInt
		}
	}
	return l
}

// Limits reads the field limits.
func (f Fields) Limits() Limits {
	const deepest = 1000
	f = f.Map("limits", "max_coroutines", "payload_depth", "payload_size", "fuel", "memory", "outside", "handles")
	fuel := f.Map("fuel", "total", "per_message")
	return Limits{
		MaxCoroutines: f.Count("max_coroutines", 1, 0),
		Payload: hostapi.PayloadLimits{
			Depth: int(f.Integer("payload_depth", 1, deepest, 0)),
			Size:  int(f.Size("payload_size", 1<<10, 0)),
		},
		Fuel:           fuel.Budget("total"),
		FuelPerMessage: fuel.Budget("per_message"),
		Memory:         f.Size("memory", 1<<20, 0),
		Outside:        f.Count("outside", 1, 0),
		Handles:        f.Count("handles", 1, 0),
	}
}

// Size gives a field that is a number of bytes of at least low (17.7), otherwise
// absent.
func (f Fields) Size(name string, low, absent int64) int64 {
	const want = "a size: bytes, or text such as \"16MiB\""
	if f.Describes() {
		f.note(name, Form{Type: FormSize, Low: float64(low), High: math.Inf(1), Default: sizeDefault(low, absent)})
		return absent
	}
	v, ok := f.get(name)
	bytes := v.Int()
	switch {
	case !ok:
		return absent
	case v.Type() == hostapi.TypeString:
		if bytes, ok = ParseSize(v.Str()); !ok {
			f.Fail(name, "must be %s, not %s", want, v)
			return absent
		}
	case v.Type() != hostapi.TypeInt:
		f.mustBe(name, want, hostapi.TypeInt, v)
		return absent
	}
	if bytes < low {
		f.Fail(name, "must be at least %d bytes", low)
		return absent
	}
	return bytes
}

// ParseSize reads a size that is text (17.7): a whole number with the unit KiB,
// MiB or GiB; a space may stand between.
func ParseSize(text string) (int64, bool) {
	for i, unit := range [...]string{"KiB", "MiB", "GiB"} {
		if digits, ok := strings.CutSuffix(text, unit); ok {
			digits = strings.TrimSuffix(digits, " ")
			u, err := strconv.ParseUint(digits, 10, 63)
			shift := 10 * (i + 1)
			return int64(u) << shift, err == nil && u <= hostapi.MaxInt>>shift
		}
	}
	return 0, false
}
