package check

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// App is what a source is part of. core/app fills it; it is read only meanwhile.
type App struct {
	Modules []*hostapi.Module // all that there are, granted or not
	// Kinds are the kinds of all entries by id. Namespaces are those of the app.
	Kinds      map[string]string
	Namespaces map[string]bool
	// Closed says that there are no entries but these: no program adds its own.
	Closed bool
	// Fits says whether an entry of a kind is what a parameter refers to.
	Fits func(entry hostapi.EntryRole, kind string) bool
}

// Source is one source that was compiled.
type Source struct {
	hostapi.Source
	Outline *hostapi.Outline
	// Imported are the outlines of imported libraries by alias, nil where there is none.
	Imported map[string]*hostapi.Outline
	// Granted are the ids of the resources that whoever runs it is granted; nil: unknown.
	Granted []string
}

// Finding is one thing that is wrong with a source, or with a Warning may be.
type Finding struct {
	Line, Column int // as in hostapi.Expression
	Message      string
	Warning      bool
}

// Group is a set of sources of one language of which some run in one process, so that
// globals and library tables that one assigns are those of the others.
type Group struct {
	app      *App
	checkers []*checker
	assigned map[string]bool // globals, and members as string.trim
	named    map[string]bool // names that processes register
	open     map[string]bool // libraries of which anything may be a member; "" for the globals

	// reader is the source whose meanings are known: of thousands of sources those of one
	// are kept.
	reader   *checker
	meanings map[*hostapi.Expression]meaning
}

// NewGroup looks at sources for what they assign.
func NewGroup(app *App, sources []Source) *Group {
	g := &Group{app: app, assigned: map[string]bool{}, named: map[string]bool{}, open: map[string]bool{}, meanings: map[*hostapi.Expression]meaning{}}
	for i := range sources {
		g.checkers = append(g.checkers, newChecker(g, &sources[i]))
	}
	for _, c := range g.checkers {
		c.collect()
	}
	g.reader = nil // what it found out knew less
	return g
}

// Find gives what is wrong with the source of number i, in the order of its text.
func (g *Group) Find(i int) []Finding { return g.checkers[i].find() }

// collect notes what the source assigns.
func (c *checker) collect() {
	g := c.group
	g.open[""] = g.open[""] || c.out.OpenGlobals
	for _, e := range c.out.Expressions {
		switch {
		case e.Kind == hostapi.ExpressionGlobal && e.Use == hostapi.UseAssigned:
			g.assigned[e.Name] = true
		case e.Kind == hostapi.ExpressionGlobal && e.Use == hostapi.UseValue && c.isLibrary(e.Name),
			e.Kind == hostapi.ExpressionRequire && c.isLibrary(e.Name):
			g.open[e.Name] = true // whoever gets it may add to it
		case e.Kind == hostapi.ExpressionCall && len(e.Args) > 0 && e.Args[0] != nil && e.Args[0].Kind == hostapi.ExpressionLiteral:
			if path := c.meaning(e.Of).path; path == "process.registry.register" || strings.HasSuffix(path, ".with_name") {
				g.named[e.Args[0].Literal.Str()] = true
			}
		case e.Kind == hostapi.ExpressionMember && e.Use == hostapi.UseAssigned:
			if m := c.meaning(e.Of); m.path != "" {
				g.assigned[m.path+"."+e.Name] = true
			}
		}
	}
}
