package hostapi

// Outliner is implemented by engines that can tell what the text of a source shows
// without running it, so that what is wrong is found before anything starts (clause
// 14.19). An engine that does not implement it says nothing, and nothing is found.
type Outliner interface {
	// Outline gives what a source shows that Compile has accepted; nil if nothing can
	// be said. It is safe for concurrent use, as Compile is. It knows the grammar and
	// the scopes of the language; what modules have, who checks the app knows.
	Outline(src Source) *Outline
}

// Mender is implemented by engines that can tell how a text goes on at least which breaks
// off between two tokens, for editors (61.4). It is safe for concurrent use.
type Mender interface {
	// Mend gives what closes the brackets and blocks that are open at the end; "" if none
	// are.
	Mend(text string) string
}

// Outline is what a source shows. Immutable once it was given.
type Outline struct {
	// Strict says that the language is strict, see Call.Strict; Colon that methods are
	// called with a mark of their own, and not as what a field holds.
	Strict, Colon bool
	// Expressions are all that say something, in the order of the text, each once: those
	// that others refer to too.
	Expressions []*Expression
	// Globals are the names that the language predeclares beside modules; Libraries
	// its own members of Module.Library tables, by library.
	Globals   []string
	Libraries map[string][]string
	// Exports are what the top level gives: methods, and to a library's importers its
	// members. Their values are nil where they may be anything. Open says that there
	// may be more; a Whole is what stands for a method of any name.
	Exports map[string]*Expression
	Whole   bool
	Open    bool
	// NoMethod is the error of a source without a method of a name.
	NoMethod func(name string) error
	// OpenGlobals says that any global may be assigned, by a computed name.
	OpenGlobals bool
}

// ExpressionKind says what an Expression is.
type ExpressionKind uint8

// The kinds of expressions.
const (
	ExpressionLiteral  ExpressionKind = iota // Literal
	ExpressionGlobal                         // Name, of no local variable
	ExpressionMember                         // Name, of Of
	ExpressionCall                           // of Of, with Args and Named
	ExpressionResult                         // of the call Of, the one of number Index
	ExpressionRequire                        // what require or load serve under Name
	ExpressionTable                          // a new table, list or map, with Args and Named
	ExpressionFunction                       // a function written out
)

// ExpressionUse says what is done with a value.
type ExpressionUse uint8

// The uses of expressions.
const (
	UseValue    ExpressionUse = iota // it is stored or passed on
	UseNeeded                        // called, indexed, an operand: what fails if nothing is there
	UseTested                        // whether something is there is asked
	UseAssigned                      // another value takes its place
)

// Expression is a part of a source. What may be anything, such as a variable that is
// assigned to, is nil wherever one is referred to.
type Expression struct {
	Kind         ExpressionKind
	Use          ExpressionUse
	Line, Column int // from 1; a column of 0 is unknown
	Name         string
	Of           *Expression
	Method       bool          // of a member: Outline.Colon, and the mark is there
	Args         []*Expression // of a call, without what a method belongs to; elements of a table
	More         bool          // further arguments or fields, which are not known
	Named        []NamedExpression
	Literal      Value
	Index        int
	// Received is how many results of a call are used, at most; negative for all.
	Received int
	// TopLevel says that it is executed while the top level runs; Protected that what it
	// throws may be caught near by.
	TopLevel, Protected bool
}

// NamedExpression is an argument passed by name, or a field of a table.
type NamedExpression struct {
	Name         string
	Value        *Expression
	Line, Column int
}
