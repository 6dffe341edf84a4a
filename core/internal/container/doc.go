// Package container has the collections of the core that Go's library does not.
package container
