package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Bounds of one index file. They only keep a hostile or mistaken file from
// using up memory; no app written by hand comes near them.
const (
	maxIndexSize = 4 << 20 // bytes
	maxDepth     = 1000    // nesting of maps and lists
	maxNodes     = 1 << 20 // values, those that aliases repeat included
	maxSearched  = 1 << 17 // bytes in which to look for the line of an error
)

// parseError says why a text is no YAML or JSON document.
type parseError struct {
	line, column int
	message      string
}

func (e *parseError) Error() string { return e.message }

// parseDocument reads the one document of a file, JSON if its name says so. It
// gives nil for an empty file.
func parseDocument(file string, data []byte) (*yaml.Node, *parseError) {
	parse := parseYAML
	if strings.HasSuffix(file, ".json") {
		parse = parseJSON
	}
	n, err := parse(data)
	if err != nil || n == nil {
		return nil, err
	}
	if err := boundDocument(n); err != nil {
		return nil, err
	}
	return n, nil
}

func parseYAML(data []byte) (root *yaml.Node, fail *parseError) {
	// The parser panics on some texts that it should refuse.
	defer func() {
		if r := recover(); r != nil {
			root, fail = nil, &parseError{1, 1, fmt.Sprintf("cannot parse: %v", r)}
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	if err := d.Decode(&first); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, yamlError(data, err)
	}
	root = first.Content[0]
	switch err := d.Decode(&second); {
	case err == nil && isIndex(root):
		return nil, &parseError{second.Line, second.Column, "cannot parse: more than one document"}
	case err != nil && !errors.Is(err, io.EOF):
		return nil, yamlError(data, err)
	}
	return root, nil
}

var yamlErrorText = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// yamlError takes the line out of an error of the parser, which knows no column
// and leaves line 1 out.
func yamlError(data []byte, err error) *parseError {
	line, text := splitYAMLError(err)
	switch text {
	case "did not find expected '-' indicator", "did not find expected key", "found a tab character that violates indentation":
		// The parser tells where the block began, not where it stopped being one.
		if len(data) <= maxSearched {
			line = brokenLine(data, text)
		}
		text += ": check the indentation, which is made of spaces"
	case "found character that cannot start any token":
		if lines := bytes.Split(data, []byte("\n")); line <= len(lines) && bytes.HasPrefix(lines[line-1], []byte("\t")) {
			text += ": a tab, where the indentation is made of spaces"
		}
	case "mapping values are not allowed in this context":
		text += ": a space is missing after a colon, or a line is indented too far"
	}
	return &parseError{line, 1, "cannot parse: " + text}
}

func splitYAMLError(err error) (line int, text string) {
	line, text = 1, err.Error()
	if m := yamlErrorText.FindStringSubmatch(text); m != nil {
		text = text[len(m[0]):]
		if m[1] != "" {
			line, _ = strconv.Atoi(m[1])
		}
	}
	return line, text
}

// brokenLine finds the line with which an error of the parser appears: the
// lines before it can be parsed without that error.
func brokenLine(data []byte, text string) int {
	lines := bytes.SplitAfter(data, []byte("\n"))
	return 1 + sort.Search(len(lines)-1, func(last int) bool {
		var n yaml.Node
		err := yaml.Unmarshal(bytes.Join(lines[:last+1], nil), &n)
		if err == nil {
			return false
		}
		_, found := splitYAMLError(err)
		return found == text
	})
}

// boundDocument refuses what would take too long to read: values that contain
// themselves by an alias, aliases of aliases that multiply, deep nesting.
func boundDocument(root *yaml.Node) *parseError {
	left := maxNodes
	var walk func(n *yaml.Node, depth int) *parseError
	walk = func(n *yaml.Node, depth int) *parseError {
		if left--; left < 0 {
			return &parseError{n.Line, n.Column, fmt.Sprintf("too many values: more than %d, repeated aliases included", maxNodes)}
		}
		if depth > maxDepth {
			return &parseError{n.Line, n.Column, fmt.Sprintf("nested too deep: more than %d levels", maxDepth)}
		}
		if n.Kind == yaml.AliasNode {
			return walk(n.Alias, depth+1)
		}
		for _, child := range n.Content {
			if err := walk(child, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return walk(root, 0)
}

// isIndex reports whether a document is an index file, or means to be one
// (clause 14.1).
func isIndex(root *yaml.Node) bool {
	return fieldNode(root, "namespace") != nil || fieldNode(root, "entries") != nil
}

// fieldNode gives the value of a field, following aliases; nil if there is
// none or n is no map.
func fieldNode(n *yaml.Node, name string) *yaml.Node {
	if n = target(n); n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := target(n.Content[i]); key.Kind == yaml.ScalarNode && key.Value == name {
			return target(n.Content[i+1])
		}
	}
	return nil
}

// fieldKey gives the key of a field that there is.
func fieldKey(n *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if target(n.Content[i]).Value == name {
			return n.Content[i]
		}
	}
	return n
}

// target follows an alias to the node it stands for.
func target(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// wellFormed reports what YAML allows and an index file does not, at any depth
// below n: keys that occur twice in one map (clause 14.5), tags but those of the
// core schema (14.7), and merge keys, which would make a key occur twice without a
// trace. Aliases are not followed: what they stand for is checked where it is
// written.
func (r reporter) wellFormed(n *yaml.Node) {
	if n.Style&yaml.TaggedStyle != 0 && !slices.Contains(coreTags[n.Kind], n.ShortTag()) {
		r.errorf(n, "the tag %s is not supported here", n.ShortTag())
	}
	if n.Kind == yaml.MappingNode {
		seen := map[string]*yaml.Node{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Kind == yaml.ScalarNode && key.ShortTag() == "!!merge" {
				r.errorf(key, "merge keys (<<) are not supported: write the fields out")
				continue
			}
			id, ok := keyIdentity(target(key))
			if !ok {
				continue
			}
			if first, twice := seen[id]; twice {
				r.errorf(key, "duplicate key %q, first used in line %d", target(key).Value, first.Line)
				continue
			}
			seen[id] = key
		}
	}
	for _, child := range n.Content {
		r.wellFormed(child)
	}
}

// coreTags are the tags that may be written out.
var coreTags = map[yaml.Kind][]string{
	yaml.ScalarNode:   {"!!null", "!!bool", "!!int", "!!float", "!!str"},
	yaml.SequenceNode: {"!!seq"},
	yaml.MappingNode:  {"!!map"},
}

// keyIdentity gives equal texts for keys that are the same to a script: 1 and
// 1.0 are, 1 and "1" are not. ok is false for what can be no key.
func keyIdentity(key *yaml.Node) (id string, ok bool) {
	v, err := scalarValue(key)
	if key.Kind != yaml.ScalarNode || err != nil {
		return "", false
	}
	if numeric(v) {
		return "number " + strconv.FormatFloat(v.Float(), 'g', -1, 64), true
	}
	return v.TypeName() + " " + key.Value, true
}
