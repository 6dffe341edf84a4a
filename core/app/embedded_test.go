package app_test

import (
	"embed"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/app"
)

// What is embedded without all: has no _index.yaml: the error says so.
func TestEmbeddedWithoutIndex(t *testing.T) {
	_, found := app.Load(embed.FS{}, app.Options{})
	if errs := found.Errors(); len(errs) != 1 || !strings.Contains(errs[0].Message, "all:DIR") {
		t.Errorf("found is %v", found)
	}
}
