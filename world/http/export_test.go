package http

import "github.com/understudy-run/understudy/hostapi"

// Unanswered counts the requests that a runtime keeps.
func Unanswered(s hostapi.Sharer) int {
	q := requestsOf(s)
	q.mu.RLock()
	defer q.mu.RUnlock()
	return len(q.m)
}
