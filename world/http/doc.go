// Package http is the HTTP server of scripts (section 48 of docs/spec): servers, routes
// and static files as entries, and the module http, by which scripts answer.
//
// A request flows from the listener by net/http's ServeMux to its route. That reads the
// body, takes a place, makes the request a payload and hands it to a process: to a new
// one, to the holder of a name, or to a member of a group. What that answers, or its end
// if it does not, goes back to the goroutine of the connection, which writes it. An
// exchange is this one hand-over; whoever settles it first counts.
package http
