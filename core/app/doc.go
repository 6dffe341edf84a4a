// Package app loads apps: directories of YAML and JSON index files whose
// entries name hosts, scripts, services and supervisors (section 14 of
// docs/spec, and the fields of sections 15 to 18).
//
// [Load] reads a file system, checks the whole app, compiles every script, and
// gives the typed [App], or everything that is wrong with it at once
// (clause 14.6). It starts nothing.
//
//	index.go, document.go      find the files, parse them with positions
//	fields.go                  read the fields of one map strictly
//	entry.go and one per kind  entries with their fields, references as written
//	reference.go, placement.go references to ids, hosts of clause 14.14
//	source.go, compile.go      texts and programs
//	order.go, reload.go        start order; comparison of two versions
//
// An App is immutable and safe for concurrent use.
package app
