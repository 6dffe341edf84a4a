// Package modules gathers the script modules: tables of functions, objects and
// constants written once against hostapi and bound by every engine.
//
// An engine passes each function to hostapi.Invoke and knows nothing of what it
// does. Reference documentation and listings are made from the same tables.
package modules

import (
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/channel"
	"github.com/understudy-run/understudy/hostapi/modules/coroutine"
	"github.com/understudy-run/understudy/hostapi/modules/ctx"
	"github.com/understudy-run/understudy/hostapi/modules/errors"
	"github.com/understudy-run/understudy/hostapi/modules/log"
	"github.com/understudy-run/understudy/hostapi/modules/os"
	"github.com/understudy-run/understudy/hostapi/modules/pg"
	"github.com/understudy-run/understudy/hostapi/modules/process"
	"github.com/understudy-run/understudy/hostapi/modules/supervisor"
	"github.com/understudy-run/understudy/hostapi/modules/time"
	"github.com/understudy-run/understudy/hostapi/modules/trace"
)

// Standard gives the modules of the runtime, always in this order: first the
// globals of every script, then those that an entry must list (14.15 of
// docs/spec). The slice is the caller's own, the modules are shared.
func Standard() []*hostapi.Module {
	return []*hostapi.Module{
		process.Module,
		channel.Module,
		coroutine.Module,
		errors.Module,
		os.Module,
		time.Module,
		ctx.Module,
		log.Module,
		pg.Module,
		supervisor.Module,
		trace.Module,
	}
}
