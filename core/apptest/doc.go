// Package apptest runs the tests that authors of scripts write for their actors
// (section 60 of docs/spec): on a virtual clock, each under many schedules.
//
// The data flows so: [Load] reads the app, with its test files, and lists the tests; a
// [Suite] plays each of them, one runtime for each schedule; what came of one is a
// [Result], which the caller shows. [Run] does all of it as sub-tests of go test.
//
//	suite.go, case.go    what there is to test
//	play.go              one run of a test: a runtime and the process of the test
//	record.go            what has happened in it
//	module.go and others the script module test
package apptest
