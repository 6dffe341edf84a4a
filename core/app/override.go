package app

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/understudy-run/understudy/core/spec"
)

// settingPlace stands for the file of what the caller sets (71.7).
const settingPlace = "--set"

// set sets or adds one field: text is ENTRY.path=value (71.7).
func (s *settings) set(files []*indexFile, text string) {
	fail := func(format string, args ...any) {
		s.add(Diagnostic{Position: Position{File: settingPlace}, Message: fmt.Sprintf(format, args...)})
	}
	where, value, found := strings.Cut(text, "=")
	if !found {
		fail("write it as ENTRY.path=value, not %s", text)
		return
	}
	entries := map[string]*indexFile{}
	nodes := map[string]int{}
	namespaces := map[string]bool{}
	for _, f := range files {
		list := fieldNode(f.root, "entries")
		if ns := fieldNode(f.root, "namespace"); ns != nil {
			namespaces[ns.Value] = true
		}
		if list == nil || list.Kind != yaml.SequenceNode {
			continue
		}
		for i, n := range list.Content {
			if id := f.idOf(target(n)); id != "" && entries[id] == nil {
				entries[id], nodes[id] = f, i
			}
		}
	}
	key := where
	if !strings.Contains(where, ":") {
		if len(namespaces) > 1 {
			fail("%s: write the entry as namespace:name, the app has %d namespaces", where, len(namespaces))
			return
		}
		for ns := range namespaces {
			key = ns + ":" + where
		}
	}
	id := ""
	for known := range entries {
		if (key == known || strings.HasPrefix(key, known+".")) && len(known) > len(id) {
			id = known
		}
	}
	if id == "" {
		guess, _, _ := strings.Cut(key, ".")
		fail("no entry %s%s", guess, spec.Suggest(guess, sortedKeys(entries)))
		return
	}
	path := strings.TrimPrefix(strings.TrimPrefix(key, id), ".")
	n, err := settingNode(value)
	if err == nil {
		err = settable(path, n)
	}
	if err == nil {
		f := entries[id]
		f.unalias()
		f.changed = true
		err = put(fieldNode(f.root, "entries").Content[nodes[id]], strings.Split(path, "."), n)
	}
	if err != nil {
		fail("%s: %s", where, err)
	}
}

// settingNode reads a value by clause 22.4.
func settingNode(text string) (*yaml.Node, error) {
	v, err := ParseArg(text)
	if err != nil {
		return nil, err
	}
	if s := v.Str(); s == text {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: text}, nil
	}
	n, fail := parseJSON([]byte(text))
	if fail != nil {
		return nil, fail
	}
	unplace(n)
	return n, nil
}

// unplace takes the positions away: the value stands in no file.
func unplace(n *yaml.Node) {
	n.Line, n.Column = 0, 0
	for _, child := range n.Content {
		unplace(child)
	}
}

// settable says what cannot be set: fields that say which code runs.
func settable(path string, value *yaml.Node) error {
	data := false
	for _, step := range strings.Split(path, ".") {
		switch {
		case step == "":
			return fmt.Errorf("a field is missing: write ENTRY.path=value")
		case !data && slices.Contains(spec.CodeFields(), step):
			return fmt.Errorf("%s says which code runs with which rights, and cannot be set", step)
		}
		data = data || slices.Contains(dataFields, step)
	}
	return settableValue(value, data)
}

func settableValue(n *yaml.Node, data bool) error {
	if data {
		return nil
	}
	for i, child := range n.Content {
		inside := false
		if n.Kind == yaml.MappingNode {
			if i%2 == 0 {
				if slices.Contains(spec.CodeFields(), child.Value) {
					return fmt.Errorf("%s says which code runs with which rights, and cannot be set", child.Value)
				}
				continue
			}
			inside = slices.Contains(dataFields, n.Content[i-1].Value)
		}
		if err := settableValue(child, inside); err != nil {
			return err
		}
	}
	return nil
}

// put puts a value where a path leads to, and makes what is not there on the way.
func put(n *yaml.Node, path []string, value *yaml.Node) error {
	at, err := place(n, path[0])
	if err != nil {
		return err
	}
	if len(path) == 1 {
		*at = value
		return nil
	}
	if *at == nil || kindName(*at) == "null" {
		*at = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		if path[1] == "1" {
			*at = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		}
	}
	if err := put(*at, path[1:], value); err != nil {
		return fmt.Errorf("%s: %w", path[0], err)
	}
	return nil
}

// place gives the place of a field, or of a position in a list; it is made if it is
// absent.
func place(n *yaml.Node, step string) (**yaml.Node, error) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if target(n.Content[i]).Value == step {
				return &n.Content[i+1], nil
			}
		}
		key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: step}
		n.Content = append(n.Content, key, nil)
	case yaml.SequenceNode:
		i, err := strconv.Atoi(step)
		switch {
		case err != nil || i < 1 || i > len(n.Content)+1:
			return nil, fmt.Errorf("no position %s: the list has %d", step, len(n.Content))
		case i <= len(n.Content):
			return &n.Content[i-1], nil
		}
		n.Content = append(n.Content, nil)
	default:
		return nil, fmt.Errorf("it is %s, which has no %s", aKind(n), step)
	}
	return &n.Content[len(n.Content)-1], nil
}
