// Package inspect lets people look into a running runtime: an HTTP API in JSON, streams of
// what happens, pages for a browser, and the actions that go with them (section 63 of
// docs/spec).
//
// It stands apart from the core, of which it sees the methods of Runtime only: who does not
// look pays for none of it. A program that embeds the runtime mounts Handler; the command
// does so for run --inspect.
package inspect
