package app

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/understudy-run/understudy/hostapi"
)

// ParseArg reads an argument of the command line (clause 22.4): a JSON value is
// that value, any other text the string itself. The errors are those of
// hostapi.Value.UnmarshalJSON.
func ParseArg(text string) (v hostapi.Value, err error) {
	if !utf8.ValidString(text) || !json.Valid([]byte(text)) {
		return hostapi.String(text), nil
	}
	err = v.UnmarshalJSON([]byte(text))
	return v, err
}
