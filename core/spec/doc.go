// Package spec is what can be said about processes before they run: services,
// supervisors and their children, mailboxes and limits (sections 15 to 17 of
// docs/spec). It has the types, their defaults, and the one Decoder that reads
// them, whether a script gives the values or an index file of an app does.
package spec
