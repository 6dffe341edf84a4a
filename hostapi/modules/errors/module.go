// Package errors is the script module errors: making, wrapping and examining
// errors (section 11 of docs/spec). The methods of errors are in
// [hostapi.ErrorType].
package errors

import "github.com/understudy-run/understudy/hostapi"

// Module is the module errors. It is a global of every script (14.15).
var Module = (&hostapi.Module{
	Name:   "errors",
	Doc:    "Errors with kind, message, details, and whether retrying may help (section 11).",
	Always: true,
	Funcs:  []*hostapi.Func{newFunc, wrapFunc, isFunc, callStackFunc},
	Consts: kinds,
	Types:  []*hostapi.ObjectType{hostapi.ErrorType},
}).Named().Prompt()

var kinds = []hostapi.Const{
	kind("NOT_FOUND", hostapi.NotFound, "no such process, name, entry, host, key, group scope or child"),
	kind("ALREADY_EXISTS", hostapi.AlreadyExists, "name taken, already monitored, child present"),
	kind("INVALID", hostapi.Invalid, "bad argument, value that cannot be sent, misuse"),
	kind("PERMISSION_DENIED", hostapi.PermissionDenied, "not used by the runtime; for scripts"),
	kind("CONFLICT", hostapi.Conflict, "listen mode, or state does not allow it"),
	kind("UNAVAILABLE", hostapi.Unavailable, "host not running or full, mailbox full, shutting down"),
	kind("TIMEOUT", hostapi.Timeout, "start or exec took too long"),
	kind("RATE_LIMITED", hostapi.RateLimited, "too many coroutines"),
	kind("CANCELED", hostapi.Canceled, "terminated, or grace period expired"),
	kind("LIMIT_EXCEEDED", hostapi.LimitExceeded, "fuel or memory budget exhausted"),
	kind("INTERNAL", hostapi.Internal, "script failure, linked failure, deadlock, fault"),
	kind("UNKNOWN", hostapi.Unknown, "default of errors.new; the empty string"),
}

func kind(name string, k hostapi.Kind, doc string) hostapi.Const {
	return hostapi.Const{Name: name, Value: hostapi.String(string(k)), Doc: "kind: " + doc + " (11.2)"}
}
