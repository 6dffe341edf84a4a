package kernel

import (
	crand "crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"io"
	"log/slog"
	"math/rand/v2"
	"sort"

	"github.com/understudy-run/understudy/hostapi"
)

// PID implements hostapi.Identity.
func (p *process) PID() hostapi.PID { return p.pid }

// Host implements hostapi.Identity.
func (p *process) Host() string { return p.host.options.ID }

// EntryID implements hostapi.Identity.
func (p *process) EntryID() string { return p.entry.ID }

// entryNow is EntryID for who is not the running task. The lock is not held.
func (p *process) entryNow() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.entry.ID
}

// HostID is where the process runs.
func (p *process) HostID() string { return p.host.options.ID }

// Runtime is that of the process.
func (p *process) Runtime() *Runtime { return p.rt }

// limits are those of the entry whose code runs.
func (p *process) limits() *Limits { return &p.entry.limits }

// Options implements hostapi.Identity.
func (p *process) Options() hostapi.Options {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.options
}

// SetOptions implements hostapi.Identity.
func (p *process) SetOptions(o hostapi.Options) error {
	if err := p.current.call(); err != nil {
		return err
	}
	p.mu.Lock()
	p.options = o
	p.mu.Unlock()
	return nil
}

// ContextValue implements hostapi.Surroundings.
func (p *process) ContextValue(key string) (hostapi.Value, bool) {
	i := sort.Search(len(p.context), func(i int) bool { return p.context[i].Key.Str() >= key })
	if i < len(p.context) && p.context[i].Key.Str() == key {
		return p.context[i].Value, true
	}
	return hostapi.Value{}, false
}

// ContextValues implements hostapi.Surroundings.
func (p *process) ContextValues() []hostapi.Entry { return p.context }

// extendContext gives the inherited context values with those added.
func extendContext(inherited, added []hostapi.Entry) []hostapi.Entry {
	if len(added) == 0 {
		return inherited
	}
	byKey := make(map[string]hostapi.Value, len(inherited)+len(added))
	for _, e := range inherited {
		byKey[e.Key.Str()] = e.Value
	}
	for _, e := range added {
		byKey[e.Key.Str()] = e.Value
	}
	out := make([]hostapi.Entry, 0, len(byKey))
	for k, v := range byKey {
		out = append(out, hostapi.Field(k, v))
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Key.Str() < out[j].Key.Str() })
	return out
}

// Print implements hostapi.Surroundings.
func (p *process) Print(line string) error {
	if err := p.current.call(); err != nil {
		return err
	}
	if err := p.current.room(); err != nil {
		return err
	}
	o := &p.rt.outlet
	o.put(&o.printed, parcel{line: line}, len(line)+1)
	return nil
}

// Log implements hostapi.Surroundings.
func (p *process) Log(level slog.Level, message string, fields []slog.Attr) error {
	if err := p.current.call(); err != nil {
		return err
	}
	if err := p.current.room(); err != nil {
		return err
	}
	attrs := []slog.Attr{slog.String("pid", string(p.pid)), slog.String("entry", p.EntryID())}
	if here := p.here(); here.IsValid() {
		attrs = append(attrs, slog.String("trace_id", hex.EncodeToString(here.TraceID[:])), slog.String("span_id", hex.EncodeToString(here.SpanID[:])))
	}
	// What a script says stands apart, so that it passes for nothing that the runtime
	// says (64.5).
	p.rt.log.LogAttrs(p.rt.ctx, level, message, append(attrs, slog.Attr{Key: "fields", Value: slog.GroupValue(fields...)})...)
	return nil
}

// Seed implements hostapi.Surroundings.
func (p *process) Seed() uint64 { return p.seed }

// Random implements hostapi.Outside. What the seed gives is another sequence than that
// of the process's own generator, of which scripts see every number.
func (p *process) Random() io.Reader {
	if p.rt.realTime {
		return crand.Reader
	}
	return hostapi.LocalOf(p, func() *rand.ChaCha8 {
		seed := [32]byte{0: 1}
		binary.LittleEndian.PutUint64(seed[24:], p.seed)
		return rand.NewChaCha8(seed)
	})
}

// Local implements hostapi.Facilities.
func (p *process) Local(key any, make func() any) any {
	p.mu.Lock()
	v, ok := p.rare().locals[key]
	p.mu.Unlock()
	if ok {
		return v
	}
	v = make()
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.rarely()
	if s.locals == nil {
		s.locals = map[any]any{}
	}
	s.locals[key] = v
	return v
}
