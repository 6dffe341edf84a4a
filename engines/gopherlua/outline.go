package gopherlua

import (
	"github.com/understudy-run/understudy/engines/internal/luacode"
	"github.com/understudy-run/understudy/engines/internal/luaoutline"
	"github.com/understudy-run/understudy/hostapi"
)

// Outline implements hostapi.Outliner.
func (*engine) Outline(src hostapi.Source) *hostapi.Outline { return luaoutline.Of(src) }

// Mend implements hostapi.Mender.
func (*engine) Mend(text string) string { return luacode.Mend(text) }
