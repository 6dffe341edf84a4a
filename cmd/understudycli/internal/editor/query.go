package editor

import (
	"context"
	"strings"
	"unicode"

	"github.com/sourcegraph/jsonrpc2"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/check"
)

// query is a question about a place in a document.
type query struct {
	project *project
	number  int // of the state of the texts
	file    string
	text    string
	line    int // from 1
	column  int // from 1, in characters
	survey  *app.Survey
}

// query reads a question; nil if its document belongs to no app.
func (s *server) query(r *jsonrpc2.Request) (*query, error) {
	var p positionParams
	if err := params(r, &p); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.documents[p.TextDocument.URI]
	if d == nil {
		return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidParams, Message: "the document is not open: " + p.TextDocument.URI}
	}
	project := s.projects[d.app]
	if project == nil {
		return nil, nil
	}
	q := &query{project: project, number: project.number(), text: d.text}
	q.file, _ = within(project.dir, d.path)
	q.line, q.column = column(d.text, p.Position)
	return q, nil
}

// isScalar is for what stands for one value in an index file.
func isScalar(r rune) bool { return !unicode.IsSpace(r) && !strings.ContainsRune(",]}'\"", r) }

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// rangeOf gives the place of what is written where choices are.
func (q *query) rangeOf(c app.Choices) textRange {
	return textRange{character(q.text, q.line, c.From), character(q.text, q.line, c.To)}
}

// completionItem is one thing to write.
type completionItem struct {
	Label         string   `json:"label"`
	Kind          int      `json:"kind"`
	Detail        string   `json:"detail,omitempty"`
	Documentation *markup  `json:"documentation,omitempty"`
	SortText      string   `json:"sortText,omitempty"`
	FilterText    string   `json:"filterText,omitempty"`
	TextEdit      textEdit `json:"textEdit"`
}

type markup struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

type textEdit struct {
	Range   textRange `json:"range"`
	NewText string    `json:"newText"`
}

// itemKinds are those of the protocol.
var itemKinds = [...]int{
	check.CandidateWord:     12, // Value
	check.CandidateField:    5,  // Field
	check.CandidateEntry:    18, // Reference
	check.CandidateModule:   9,  // Module
	check.CandidateLibrary:  9,
	check.CandidateFunction: 3, // Function
	check.CandidateMethod:   2, // Method
	check.CandidateConstant: 21,
	check.CandidateOption:   10, // Property
	check.CandidateHolder:   6,  // Variable
}

// completion answers textDocument/completion.
func (s *server) completion(ctx context.Context, q *query) any {
	choices := q.survey.Choices(ctx, q.file, q.line, q.column)
	items := make([]completionItem, 0, len(choices.List))
	for _, c := range choices.List {
		signature, doc := s.options.Describe(c, choices.Language)
		item := completionItem{
			Label: strings.TrimSpace(c.Name), Kind: itemKinds[c.Kind], Detail: signature,
			TextEdit: textEdit{q.rangeOf(choices), c.Name},
		}
		if doc != "" {
			item.Documentation = &markup{"markdown", doc}
		}
		items = append(items, item)
	}
	return map[string]any{"isIncomplete": false, "items": items}
}

// hover answers textDocument/hover; nil where nothing is known.
func (s *server) hover(ctx context.Context, q *query) any {
	choices := q.survey.Choices(ctx, q.file, q.line, q.column)
	c, known := choices.Chosen()
	if !known {
		return nil
	}
	signature, doc := s.options.Describe(c, choices.Language)
	text := doc
	if signature != "" {
		text = "```" + choices.Language + "\n" + signature + "\n```"
		if doc != "" {
			text += "\n\n" + doc
		}
	}
	if text == "" {
		return nil
	}
	return map[string]any{"contents": markup{"markdown", text}, "range": q.rangeOf(choices)}
}

// definition answers textDocument/definition: of an id the entry, of a library that is
// imported its source.
func (s *server) definition(_ context.Context, q *query) any { return q.locations(q.survey.Definition) }

// implementation answers textDocument/implementation: of an id the source.
func (s *server) implementation(_ context.Context, q *query) any {
	return q.locations(q.survey.Implementation)
}

func (q *query) locations(find func(file string, line, column int) []app.Position) any {
	out := []location{}
	for _, p := range find(q.file, q.line, q.column) {
		text, _ := q.survey.Text(p.File)
		at := character(text, p.Line, p.Column)
		out = append(out, location{q.project.uri(p.File), textRange{at, at}})
	}
	return out
}
