package gopherlua

import (
	"testing"

	"github.com/understudy-run/understudy/engines/internal/luatest"
)

// Errors of instructions name what the reference names (19.15).
func TestNames(t *testing.T) { suite().Names(t) }

// What is expected of them is what the reference says.
func TestNamesOfReference(t *testing.T) { luatest.NamesOfReference(t, "lua5.1", true) }
