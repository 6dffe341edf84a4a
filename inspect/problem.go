package inspect

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/understudy-run/understudy/hostapi"
)

// Problem is what every answer that is no success says.
type Problem struct {
	Kind    string       `json:"kind" doc:"a kind of error as scripts see them: NotFound, Invalid, PermissionDenied, Unavailable, ... (11.2)"`
	Message string       `json:"message"`
	Report  *CrashReport `json:"report,omitempty" doc:"of a process that has failed lately (status 410)"`
}

// Refusal is the body of such an answer.
type Refusal struct {
	Error Problem `json:"error"`
}

// problem is an error with the status it is answered with.
type problem struct {
	status int
	Problem
}

func (p *problem) Error() string { return p.Message }

func refused(status int, message string) *problem {
	return &problem{status, Problem{Kind: string(hostapi.PermissionDenied), Message: message}}
}

func invalid(format string, args ...any) *problem {
	return &problem{http.StatusBadRequest, Problem{Kind: string(hostapi.Invalid), Message: fmt.Sprintf(format, args...)}}
}

// problemOf gives an error of the runtime as an answer.
func problemOf(err error) *problem {
	var p *problem
	if errors.As(err, &p) {
		return p
	}
	e := hostapi.AsError(err)
	status, ok := map[hostapi.Kind]int{
		hostapi.NotFound: http.StatusNotFound, hostapi.Invalid: http.StatusBadRequest, hostapi.PermissionDenied: http.StatusForbidden,
		hostapi.Unavailable: http.StatusServiceUnavailable, hostapi.AlreadyExists: http.StatusConflict, hostapi.Conflict: http.StatusConflict,
		hostapi.Timeout: http.StatusGatewayTimeout, hostapi.RateLimited: http.StatusTooManyRequests,
	}[e.Kind]
	if !ok {
		status = http.StatusInternalServerError
	}
	return &problem{status, Problem{Kind: string(e.Kind), Message: e.Error()}}
}

func writeProblem(w http.ResponseWriter, p *problem) {
	if p.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="understudy"`)
	}
	writeJSON(w, p.status, Refusal{p.Problem})
}

// writeJSON writes an answer. What it holds is data: markup in it stands as escapes.
func writeJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		status = http.StatusInternalServerError
		text, _ = json.Marshal(Refusal{Problem{Kind: string(hostapi.Internal), Message: err.Error()}})
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // who does not read it has gone
}
