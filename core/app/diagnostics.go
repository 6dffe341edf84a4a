package app

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/understudy-run/understudy/core/check"
	"github.com/understudy-run/understudy/core/secret"
)

// Position is a place in a file of the app.
type Position struct {
	File   string // relative to the app directory, with slashes
	Line   int    // from 1; 0 for what stands in no file, but is set (71.7)
	Column int    // from 1, in characters
}

// String gives file:line:column.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Diagnostic is one thing that is wrong with an app (clause 14.6).
type Diagnostic struct {
	// Position is where; its File is "" for what concerns no file, such as an
	// engine asked for on the command line.
	Position
	Entry   string // id of the entry, "" if it concerns none
	Message string
	Warning bool // the app can be used in spite of it
}

// String gives file:line:column: entry id: message, without the parts that are
// absent. A warning says so before its message.
func (d Diagnostic) String() string {
	var b strings.Builder
	if d.File != "" {
		b.WriteString(d.Position.String() + ": ")
	}
	if d.Entry != "" {
		b.WriteString(d.Entry + ": ")
	}
	if d.Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(d.Message)
	return b.String()
}

// Diagnostics are the errors and warnings of one app, sorted by file and
// position.
type Diagnostics []Diagnostic

// Error gives one line for each diagnostic.
func (d Diagnostics) Error() string {
	lines := make([]string, len(d))
	for i := range d {
		lines[i] = d[i].String()
	}
	return strings.Join(lines, "\n")
}

// Errors gives those that are no warnings.
func (d Diagnostics) Errors() Diagnostics { return d.having(false) }

// Warnings gives those that are.
func (d Diagnostics) Warnings() Diagnostics { return d.having(true) }

// Err gives the errors as one error, nil if there are none.
func (d Diagnostics) Err() error {
	if errs := d.Errors(); len(errs) > 0 {
		return errs
	}
	return nil
}

func (d Diagnostics) having(warning bool) Diagnostics {
	var out Diagnostics
	for _, x := range d {
		if x.Warning == warning {
			out = append(out, x)
		}
	}
	return out
}

// collector gathers the diagnostics of one load. The same thing may be found
// on several ways, through an alias or by several users of an entry; it is kept
// once.
type collector struct {
	list   Diagnostics
	seen   map[Diagnostic]bool
	failed bool

	// unknown are values that are not known, which has been reported: what else is
	// wrong with them follows from that.
	unknown map[*yaml.Node]bool
	// tainted are values into which secrets went.
	tainted map[*yaml.Node][]string
	secrets secret.Values
	// offered is what may stand where an editor has put check.Mark.
	offered []check.Candidate
}

// offer notes which names are known for a node that holds another one, if an editor has put
// check.Mark there.
func (c *collector) offer(n *yaml.Node, kind check.CandidateKind, of string, names ...string) {
	if n = target(n); !strings.Contains(n.Value, check.Mark) {
		return
	}
	for _, name := range names {
		c.offered = append(c.offered, check.Candidate{Name: name, Kind: kind, Of: of})
	}
}

func (c *collector) add(d Diagnostic) {
	d.Message = c.secrets.Text(d.Message)
	if d.File != "" && d.File != settingPlace {
		d.Line, d.Column = max(d.Line, 1), max(d.Column, 1)
	}
	if c.seen[d] {
		return
	}
	if c.seen == nil {
		c.seen = map[Diagnostic]bool{}
	}
	c.seen[d] = true
	c.failed = c.failed || !d.Warning
	c.list = append(c.list, d)
}

func (c *collector) sorted() Diagnostics {
	slices.SortStableFunc(c.list, func(a, b Diagnostic) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column)
	})
	return c.list
}

// reporter reports what is wrong in one file, or in one entry of it.
type reporter struct {
	*collector
	file  string
	entry string
}

// errorf reports an error at a node.
func (r reporter) errorf(n *yaml.Node, format string, args ...any) {
	r.report(n, false, fmt.Sprintf(format, args...))
}

// warnf reports what may not be meant, but can be used.
func (r reporter) warnf(n *yaml.Node, format string, args ...any) {
	r.report(n, true, fmt.Sprintf(format, args...))
}

func (r reporter) report(n *yaml.Node, warning bool, message string) {
	if r.unknown[n] {
		return
	}
	if secrets := r.tainted[n]; len(secrets) > 0 {
		message = secret.Conceal(message, secrets...)
	}
	r.add(Diagnostic{Position: r.at(n), Entry: r.entry, Message: message, Warning: warning})
}

func (r reporter) at(n *yaml.Node) Position {
	if n.Line == 0 {
		return Position{File: settingPlace}
	}
	return Position{r.file, n.Line, n.Column}
}
