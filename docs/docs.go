// Package docs carries the documents of this directory in the program, so that the
// command can show what it cites, and tests can hold what they say.
package docs

import (
	"embed"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed *.md guide/*.md spec/*.md
var files embed.FS

// Document is one document.
type Document struct {
	Name  string // as a topic: "embedding", "guide/pools"
	File  string // as a link: "embedding.md", "guide/pools.md"
	Title string
	Text  string
}

// List gives all documents. The index of a directory has the name of that.
func List() []Document {
	var list []Document
	_ = fs.WalkDir(files, ".", func(file string, d fs.DirEntry, err error) error { // of what is embedded: never fails
		if err == nil && path.Ext(file) == ".md" {
			text, _ := fs.ReadFile(files, file)
			name := strings.TrimSuffix(strings.TrimSuffix(file, ".md"), "/index")
			list = append(list, Document{name, file, title(string(text)), string(text)})
		}
		return nil
	})
	return list
}

// title gives the first heading.
func title(text string) string {
	for _, line := range strings.Split(text, "\n") {
		if heading, ok := strings.CutPrefix(line, "# "); ok {
			return heading
		}
	}
	return ""
}

// Spec gives the specification, all of it.
func Spec() string {
	var b strings.Builder
	for _, d := range List() {
		if strings.HasPrefix(d.Name, "spec/") {
			b.WriteString(d.Text)
		}
	}
	return b.String()
}

var number = regexp.MustCompile(`^(?:\d+(?:\.\d+)?|[A-Z])$`)

// Find gives what a topic names: a document, by its name or the last part of that; or
// of the specification a clause (16.5), a section (16) or an appendix (A). ok is false
// if there is no such thing.
func Find(topic string) (text string, ok bool) {
	if number.MatchString(topic) {
		return part(Spec(), topic)
	}
	topic = strings.TrimSuffix(topic, ".md")
	list := List()
	i := slices.IndexFunc(list, func(d Document) bool { return d.Name == topic })
	if i < 0 {
		i = slices.IndexFunc(list, func(d Document) bool { return path.Base(d.Name) == topic })
	}
	if i < 0 {
		return "", false
	}
	return list[i].Text, true
}

// FindIn gives a clause or section of one document.
func FindIn(topic, clause string) (text string, ok bool) {
	if text, ok = Find(topic); !ok || !number.MatchString(clause) {
		return "", false
	}
	return part(text, clause)
}

// Clauses gives the numbers of all clauses of the specification, in order.
func Clauses() []string {
	var numbers []string
	for _, m := range regexp.MustCompile(`(?m)^- \*\*(\d+\.\d+)\*\*`).FindAllStringSubmatch(Spec(), -1) {
		numbers = append(numbers, m[1])
	}
	return numbers
}

// part cuts a clause or a section with all its clauses out of a document. Before a
// clause stands the heading of its section.
func part(text, number string) (string, bool) {
	begins := func(line string) bool {
		return strings.HasPrefix(line, "## "+number+" ") || strings.HasPrefix(line, "## Appendix "+number+":")
	}
	ends := func(line string) bool { return strings.HasPrefix(line, "## ") || strings.HasPrefix(line, "# ") }
	clause := strings.Contains(number, ".")
	if clause {
		begins = func(line string) bool { return strings.HasPrefix(line, "- **"+number+"** ") }
		ends = func(line string) bool { return strings.HasPrefix(line, "#") || strings.HasPrefix(line, "- **") }
	}
	var out []string
	heading := ""
	for _, line := range strings.Split(text, "\n") {
		switch {
		case begins(line):
			if clause {
				out = append(out, heading)
			}
			out = append(out, line)
		case len(out) > 0 && ends(line):
			return strings.TrimRight(strings.Join(out, "\n"), "\n") + "\n", true
		case len(out) > 0:
			out = append(out, line)
		case strings.HasPrefix(line, "## "):
			heading = line
		}
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n") + "\n", len(out) > 0
}
