package app

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Hash identifies a version of an entry.
type Hash [sha256.Size]byte

// String gives the beginning in hexadecimal, for logs.
func (h Hash) String() string { return hex.EncodeToString(h[:6]) }

// hash digests what makes the entry what it is: its fields and the meta of its
// file, without positions and comments; the engine; the sources.
func (h *Header) hash(f *indexFile, e Entry) Hash {
	digest := sha256.New()
	writeNode(digest, h.node)
	digest.Write(f.metaHash[:])
	if p, ok := e.(*Process); ok {
		fmt.Fprintf(digest, "engine %q\n", p.Engine.Info().Name)
	}
	sources := slices.Clone(h.sources)
	slices.SortFunc(sources, func(a, b sourceText) int { return strings.Compare(a.path, b.path) })
	for _, s := range sources {
		fmt.Fprintf(digest, "source %q %d\n%s", s.path, len(s.text), s.text)
	}
	return Hash(digest.Sum(nil))
}

func hashNode(n *yaml.Node) Hash {
	digest := sha256.New()
	writeNode(digest, n)
	return Hash(digest.Sum(nil))
}

func writeNode(digest hash.Hash, n *yaml.Node) {
	n = target(n)
	fmt.Fprintf(digest, "%d %q %q %d\n", n.Kind, n.ShortTag(), n.Value, len(n.Content))
	for _, c := range n.Content {
		writeNode(digest, c)
	}
}

// Changes are the differences between two versions of an app (13.14, 13.15).
// All lists are sorted.
type Changes struct {
	// Replaced are ids of process and library entries that are new or different:
	// they take effect for spawns, restarts and upgrades from now on.
	Replaced []string
	// Removed are ids of process and library entries that are gone.
	Removed []string
	// NeedRun are ids of all other entries that are new, different or gone, and
	// of those that became another kind of thing: they need a new run.
	NeedRun []string
}

// Empty reports whether nothing has changed.
func (c Changes) Empty() bool { return len(c.Replaced)+len(c.Removed)+len(c.NeedRun) == 0 }

// Compare says what has changed from one version of an app to a newer one.
func Compare(from, to *App) Changes {
	ids := map[string]bool{}
	for id := range from.byID {
		ids[id] = true
	}
	for id := range to.byID {
		ids[id] = true
	}
	var c Changes
	for _, id := range sortedKeys(ids) {
		before, after := from.byID[id], to.byID[id]
		switch {
		case before != nil && after != nil && before.Head().Hash == after.Head().Hash && before.Head().Kind == after.Head().Kind:
		case after == nil && reloadable(before):
			c.Removed = append(c.Removed, id)
		case reloadable(before) && reloadable(after) && sameRole(before, after):
			c.Replaced = append(c.Replaced, id)
		default:
			c.NeedRun = append(c.NeedRun, id)
		}
	}
	return c
}

// reloadable reports whether new versions of an entry can take effect while the
// app runs. Absent entries do not prevent it.
func reloadable(e Entry) bool {
	switch e.(type) {
	case nil, *Process, *Library:
		return true
	}
	return false
}

func sameRole(a, b Entry) bool {
	if a == nil || b == nil {
		return true
	}
	_, p := a.(*Process)
	_, q := b.(*Process)
	return p == q
}

// Outdates gives the replaced ids that concern a process: its own and those of
// libraries it imports, directly or not (13.17). Sorted.
func (p *Process) Outdates(replaced []string) []string {
	var out []string
	for _, id := range replaced {
		if id == p.ID || slices.Contains(p.Libraries, id) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}
