package json

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/understudy-run/understudy/hostapi"
)

// Number is a number of which every digit counts (42.4).
type Number struct {
	hostapi.Handle
	text string
}

var numberType = &hostapi.ObjectType{
	Name: "json_number",
	Doc:  "A number with the digits it was given; its text form, and what is sent, are these digits (42.4).",
}

// ObjectType says that scripts can do nothing with it but write it.
func (*Number) ObjectType() *hostapi.ObjectType { return numberType }

// String gives the digits.
func (n *Number) String() string { return n.text }

// StandsFor implements hostapi.StandIn.
func (n *Number) StandsFor() hostapi.Value { return hostapi.String(n.text) }

// newNumber reads a number as JSON writes it.
func newNumber(text string) (*Number, error) {
	v := jsontext.Value(text)
	if v.Kind() != '0' || strings.ContainsAny(text, " \t\r\n") || !v.IsValid() {
		return nil, hostapi.Errorf(hostapi.Invalid, "invalid number %q", text)
	}
	return &Number{text: text}, nil
}
