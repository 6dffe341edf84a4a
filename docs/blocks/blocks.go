// Package blocks finds the code in documents, for the tests that run it.
package blocks

import "strings"

// Block is a piece of code in a document: what stands behind the three backquotes, and
// what is between them.
type Block struct {
	Language, File string
	Text           string
	Line           int // from 1
}

// Of gives the blocks of a text.
func Of(text string) []Block {
	var out []Block
	inside := false
	for i, line := range strings.Split(text, "\n") {
		switch info, fence := strings.CutPrefix(line, "```"); {
		case fence && !inside:
			language, file, _ := strings.Cut(info, " ")
			out = append(out, Block{Language: language, File: file, Line: i + 1})
			inside = true
		case fence:
			inside = false
		case inside:
			out[len(out)-1].Text += line + "\n"
		}
	}
	return out
}

// Files gives the files of a page as they are at a line. A page that shows one several times
// tells a story: at a line there is what stands above it, in its last version. Of other pages
// there are all, in whatever order they are shown.
func Files(of []Block, line int) map[string]string {
	files, above := map[string]string{}, map[string]string{}
	story := false
	for _, b := range of {
		if b.File == "" {
			continue
		}
		_, again := files[b.File]
		story = story || again
		if files[b.File] = b.Text; b.Line < line {
			above[b.File] = b.Text
		}
	}
	if story {
		return above
	}
	return files
}
