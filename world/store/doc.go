// Package store keeps keys and values that outlive processes, in a file or in memory, for
// the script module store (section 47 of docs/spec). A Driver is what keeps them.
package store
