// Package repl runs what people type as a process of an app (61.7).
package repl
