package store

import (
	"context"

	"github.com/understudy-run/understudy/core/spec"
)

var about = map[string]string{
	"file":      "The file, relative to the data directory (41.7).",
	"max_value": "Bytes of a value at most.",
	"max_size":  "Bytes of all values at most.",
	"sync":      "Whether a write waits until it is on the disk, where it is otherwise after 100ms.",
}

// Kinds gives the kinds store.file and store.memory (47.6).
func Kinds() []*spec.Kind {
	return []*spec.Kind{
		{
			Name: KindFile, Doc: "Keys and values in a file (section 47).", Module: Module.Name, InTests: true,
			Fields: []string{"file", "max_value", "max_size", "sync"}, About: about,
			Read: readFile,
		},
		{
			Name: KindMemory, Doc: "Keys and values that end with the program (section 47).", Module: Module.Name, InTests: true,
			Fields: []string{"max_value", "max_size"}, About: about,
			Read: readMemory,
		},
	}
}

// fileEntry is an entry of kind store.file.
type fileEntry struct{ config FileConfig }

func readFile(f spec.Fields) any {
	f.Require("file")
	maxValue, maxSize := sizes(f, DefaultMaxFile)
	return fileEntry{FileConfig{
		Path: f.File("file", spec.Database), MaxValue: maxValue, MaxSize: maxSize, NoSync: !f.Switch("sync", true),
	}}
}

// sizes reads the bounds.
func sizes(f spec.Fields, absent int64) (maxValue, maxSize int64) {
	maxValue = f.Size("max_value", 1, DefaultMaxValue)
	maxSize = f.Size("max_size", 64<<10, absent)
	if maxValue > largestValue {
		f.Fail("max_value", "must be at most 1GiB")
	}
	if maxSize > largestSize {
		f.Fail("max_size", "must be at most %dGiB", largestSize>>30)
	}
	return maxValue, maxSize
}

// What the library bears.
const (
	largestValue = 1 << 30
	largestSize  = 1 << 46
)

// Open implements spec.Resource.
func (e fileEntry) Open(_ context.Context, at spec.Place) (any, error) {
	c := e.config
	if at.Test {
		return NewMemory(MemoryConfig{MaxValue: c.MaxValue, MaxSize: c.MaxSize}), nil
	}
	c.Path = at.Path(c.Path)
	return OpenFile(c)
}

// memoryEntry is an entry of kind store.memory.
type memoryEntry struct{ config MemoryConfig }

func readMemory(f spec.Fields) any {
	maxValue, maxSize := sizes(f, DefaultMaxMemory)
	return memoryEntry{MemoryConfig{MaxValue: maxValue, MaxSize: maxSize}}
}

// Open implements spec.Resource.
func (e memoryEntry) Open(context.Context, spec.Place) (any, error) { return NewMemory(e.config), nil }
