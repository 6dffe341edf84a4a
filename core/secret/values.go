// Package secret keeps values out of what is shown: log records, crash reports, texts
// of errors (71.6 of docs/spec).
package secret

import (
	"cmp"
	"encoding/json"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/understudy-run/understudy/hostapi"
)

// Shortest is the least length in bytes of what is kept out: something shorter is in
// too many texts by chance.
const Shortest = 8

// stars stand in the place of a secret.
const stars = "***"

// Values are what is not to be shown. The zero Values are none. Safe for concurrent use.
type Values struct {
	mu       sync.Mutex
	known    []string
	replacer atomic.Pointer[strings.Replacer] // nil: nothing is to be concealed
}

// Add adds texts; those shorter than Shortest are left out.
func (v *Values) Add(texts ...string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	before := len(v.known)
	for _, t := range texts {
		if len(t) >= Shortest && !slices.Contains(v.known, t) {
			v.known = append(v.known, t)
		}
	}
	if len(v.known) > before {
		v.replacer.Store(replacer(v.known))
	}
}

// Conceal puts stars in place of secrets in a text, however short they are.
func Conceal(text string, secrets ...string) string {
	return replacer(secrets).Replace(text)
}

// replacer finds secrets as they are, and as they stand in quoted text and in JSON. Of
// two that begin at one place the longer one counts.
func replacer(secrets []string) *strings.Replacer {
	var forms []string
	for _, s := range secrets {
		quoted := strconv.Quote(s)
		inJSON, _ := json.Marshal(s) // of a string: never fails
		for _, form := range []string{s, quoted[1 : len(quoted)-1], string(inJSON[1 : len(inJSON)-1])} {
			if form != "" && !slices.Contains(forms, form) {
				forms = append(forms, form)
			}
		}
	}
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var pairs []string
	for _, f := range forms {
		pairs = append(pairs, f, stars)
	}
	return strings.NewReplacer(pairs...)
}

// Text gives a text as it may be shown.
func (v *Values) Text(text string) string {
	if r := v.replacer.Load(); r != nil {
		return r.Replace(text)
	}
	return text
}

// Value gives a value whose texts may be shown.
func (v *Values) Value(x hostapi.Value) hostapi.Value {
	if v.replacer.Load() == nil {
		return x
	}
	if l := x.List(); l != nil {
		items := make([]hostapi.Value, len(l.Items))
		for i, item := range l.Items {
			items[i] = v.Value(item)
		}
		return hostapi.ListOf(items...)
	}
	if m := x.Map(); m != nil {
		return hostapi.Wrap(&hostapi.Map{Entries: v.Entries(m.Entries), Unordered: m.Unordered})
	}
	switch x.Type() {
	case hostapi.TypeString:
		return hostapi.String(v.Text(x.Str()))
	case hostapi.TypeError:
		return hostapi.Wrap(v.Error(x.Err()))
	}
	if text := x.String(); v.Text(text) != text { // a number
		return hostapi.String(stars)
	}
	return x
}

// Entries gives entries of a map whose texts may be shown.
func (v *Values) Entries(entries []hostapi.Entry) []hostapi.Entry {
	if v.replacer.Load() == nil {
		return entries
	}
	out := make([]hostapi.Entry, len(entries))
	for i, e := range entries {
		out[i] = hostapi.Entry{Key: v.Value(e.Key), Value: v.Value(e.Value)}
	}
	return out
}

// Error gives an error that may be shown; e itself if there is nothing to conceal.
func (v *Values) Error(e *hostapi.Error) *hostapi.Error {
	if e == nil || v.replacer.Load() == nil {
		return e
	}
	shown := *e
	shown.Message, shown.Stack = v.Text(e.Message), v.Text(e.Stack)
	if e.Details != nil {
		shown.Details = v.Value(hostapi.Wrap(e.Details)).Map()
	}
	shown.Context = slices.Clone(e.Context)
	for i, c := range shown.Context {
		shown.Context[i] = v.Text(c)
	}
	return &shown
}

// Logger gives a logger whose records are shown without secrets.
func (v *Values) Logger(l *slog.Logger) *slog.Logger {
	if h, ok := l.Handler().(handler); ok && h.values == v {
		return l
	}
	return slog.New(handler{l.Handler(), v})
}
