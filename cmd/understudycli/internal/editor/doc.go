// Package editor serves editors while apps are written: diagnostics, completion, hover and
// definitions by the Language Server Protocol 3.17 (clause 61.4). What is to be said of an
// app it asks of package app, which checks it as the command does.
package editor
