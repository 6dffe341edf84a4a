package app

import (
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// The kinds of entries that do not depend on a language (clause 14.8). Scripts
// have the kinds process.<language> and library.<language> of each language,
// and those ending in "script", whose language the engine decides.
const (
	KindHost       = "process.host"
	KindService    = "process.service"
	KindSupervisor = "process.supervisor"
	KindScope      = "pg.scope"
	KindScript     = "process.script"
	KindLibrary    = "library.script"
)

// languageOf gives the language that a kind names, "" if the engine decides.
func languageOf(kind string) string {
	_, language, _ := strings.Cut(kind, ".")
	if language == "script" {
		return ""
	}
	return language
}

// kinds lists the legal kinds: those of the languages of clause 14.8, and of
// every other language that an engine speaks, and those from outside the core.
func kinds(engines []hostapi.Engine, further []*spec.Kind) []string {
	out := []string{KindHost, KindService, KindSupervisor, KindScope, KindScript, KindLibrary}
	languages := []string{"lua", "starlark"}
	for _, e := range engines {
		languages = append(languages, e.Info().Language)
	}
	for _, l := range languages {
		if process := "process." + l; !slices.Contains(out, process) {
			out = append(out, process, "library."+l)
		}
	}
	for _, k := range further {
		out = append(out, k.Name)
	}
	return out
}
