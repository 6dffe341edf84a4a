// Package check finds what is wrong with a script before it runs (clause 14.19): it
// lays what an engine tells of a source, its outline, beside the tables of the modules
// that scripts call and the entries of the app. It knows no language and no module, so
// that a new one needs no line here.
package check
