// Package world gathers the modules by which scripts reach what is outside, and those
// that they need for it. Each is a package of its own below this one, so that a program
// links what it imports. Engines and core know none of them.
package world

import (
	"slices"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/base64"
	"github.com/understudy-run/understudy/world/cron"
	"github.com/understudy-run/understudy/world/crypto"
	"github.com/understudy-run/understudy/world/env"
	"github.com/understudy-run/understudy/world/fs"
	"github.com/understudy-run/understudy/world/hash"
	"github.com/understudy-run/understudy/world/hex"
	"github.com/understudy-run/understudy/world/http"
	"github.com/understudy-run/understudy/world/httpclient"
	"github.com/understudy-run/understudy/world/io"
	"github.com/understudy-run/understudy/world/json"
	"github.com/understudy-run/understudy/world/re"
	"github.com/understudy-run/understudy/world/schedule"
	"github.com/understudy-run/understudy/world/sql"
	"github.com/understudy-run/understudy/world/store"
	"github.com/understudy-run/understudy/world/uuid"
)

// Plain gives the modules that need no outside: they compute (section 42 of
// docs/spec). The slice is the caller's own, the modules are shared.
func Plain() []*hostapi.Module {
	return []*hostapi.Module{
		json.Module,
		base64.Module,
		hex.Module,
		hash.Module,
		crypto.Module,
		uuid.Module,
		re.Module,
		cron.Module,
	}
}

// Modules gives all modules: those of Plain, and those by which scripts reach what is
// outside. The slice is the caller's own, the modules are shared.
func Modules() []*hostapi.Module {
	return append(Plain(),
		httpclient.Module,
		fs.Module,
		env.Module,
		io.Module,
		sql.Module,
		store.Module,
		http.Module,
	)
}

// Kinds gives the kinds of entries by which apps say what their scripts reach (41.1), but
// for databases, which take long to compile: package sql/drivers has them. The slice is the
// caller's own, the kinds are shared.
func Kinds() []*spec.Kind {
	return slices.Concat(
		store.Kinds(),
		[]*spec.Kind{httpclient.Entries, fs.Entries, env.Entries, schedule.Kind},
		http.Kinds(),
	)
}
