package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// parseJSON reads a JSON document as the nodes that the YAML parser would give,
// with positions. The YAML parser itself refuses some JSON: surrogate pairs,
// tabs, long keys.
func parseJSON(data []byte) (*yaml.Node, *parseError) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil
	}
	p := &jsonParser{data: data, line: 1, column: 1}
	if !utf8.Valid(data) {
		return nil, &parseError{1, 1, "cannot parse: not UTF-8"}
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			p.moveTo(int(syntax.Offset) - 1)
		}
		return nil, &parseError{p.line, p.column, "cannot parse: " + err.Error()}
	}
	p.tokens = json.NewDecoder(bytes.NewReader(data))
	p.tokens.UseNumber()
	return p.value(0)
}

// jsonParser builds nodes from the tokens of a valid JSON text.
type jsonParser struct {
	data         []byte
	tokens       *json.Decoder
	offset       int // of line and column
	line, column int
}

// moveTo advances line and column to an offset.
func (p *jsonParser) moveTo(offset int) {
	for p.offset < min(offset, len(p.data)) {
		r, size := utf8.DecodeRune(p.data[p.offset:])
		p.offset += size
		p.column++
		if r == '\n' {
			p.line, p.column = p.line+1, 1
		}
	}
}

func (p *jsonParser) value(depth int) (*yaml.Node, *parseError) {
	start := int(p.tokens.InputOffset())
	for start < len(p.data) && strings.IndexByte(" \t\r\n,:", p.data[start]) >= 0 {
		start++
	}
	p.moveTo(start)
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: p.line, Column: p.column}
	if depth > maxDepth {
		return nil, &parseError{n.Line, n.Column, fmt.Sprintf("nested too deep: more than %d levels", maxDepth)}
	}
	token, err := p.tokens.Token()
	if err != nil {
		return nil, &parseError{n.Line, n.Column, "cannot parse: " + err.Error()}
	}
	switch t := token.(type) {
	case nil:
		n.Tag, n.Value = "!!null", "null"
	case bool:
		n.Tag, n.Value = "!!bool", strconv.FormatBool(t)
	case string:
		n.Tag, n.Value, n.Style = "!!str", t, yaml.DoubleQuotedStyle
	case json.Number:
		n.Tag, n.Value = "!!int", t.String()
		if strings.ContainsAny(n.Value, ".eE") {
			n.Tag = "!!float"
		}
	case json.Delim:
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
		if t == '{' {
			n.Kind, n.Tag = yaml.MappingNode, "!!map"
		}
		for p.tokens.More() {
			child, err := p.value(depth + 1)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, child)
		}
		if _, err := p.tokens.Token(); err != nil {
			return nil, &parseError{n.Line, n.Column, "cannot parse: " + err.Error()}
		}
	}
	return n, nil
}
