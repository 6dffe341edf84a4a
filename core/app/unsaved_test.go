package app

import (
	"context"
	"io/fs"
	"testing"
	"testing/fstest"
)

// Texts and files are one file system, by the rules of those.
func TestUnsavedTextsAreFiles(t *testing.T) {
	u := unsaved{
		FS:    fstest.MapFS{"a.yaml": {Data: []byte("saved")}, "sub/b.lua": {Data: []byte("b")}},
		ctx:   context.Background(),
		texts: map[string]string{"a.yaml": "unsaved", "sub/c.lua": "c", "new/deep/d.lua": "d"},
	}
	walked := map[string]string{}
	err := fs.WalkDir(u, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(u, file)
		walked[file] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"a.yaml": "unsaved", "sub/b.lua": "b", "sub/c.lua": "c", "new/deep/d.lua": "d"}
	for file, text := range want {
		if walked[file] != text {
			t.Errorf("%s holds %q, want %q", file, walked[file], text)
		}
	}
	if len(walked) != len(want) {
		t.Errorf("there are %v", walked)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Look(ctx, t.TempDir(), nil, Options{}, nil); err != context.Canceled {
		t.Errorf("a survey that was cancelled: %v", err)
	}
}
