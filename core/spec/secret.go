package spec

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// Secret is the value of a secret field, or where it comes from (41.8). The zero Secret
// is one that is not given.
type Secret struct {
	Env  string // name of a variable
	File string // relative to the data directory
	Text string // as it stands in the app file

	given bool
}

// Given says whether there is one.
func (s Secret) Given() bool { return s.given }

// largestSecret bounds what is read of a file.
const largestSecret = 1 << 20

// Value gives the secret, which is not shown from then on (41.9). Of a file the line end
// at its end does not count. The error says what is missing, without the value.
func (s Secret) Value(at Place) (string, error) {
	text := s.Text
	switch {
	case s.Env != "":
		var ok bool
		if text, ok = at.variable(s.Env); !ok {
			return "", hostapi.Errorf(hostapi.Unavailable, "variable not set: %s", s.Env)
		}
	case s.File != "":
		var err error
		if text, err = readSecret(at.Path(s.File)); err != nil {
			return "", hostapi.Errorf(hostapi.Unavailable, "file of a secret: %s", err)
		}
	}
	if at.Conceal != nil {
		at.Conceal(text)
	}
	return text, nil
}

func readSecret(file string) (string, error) {
	// Of a pipe, for instance, opening would wait for a writer.
	switch info, err := os.Stat(file); {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("%s is no regular file", file)
	}
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, largestSecret+1))
	switch {
	case err != nil:
		return "", err
	case len(data) > largestSecret:
		return "", errors.New(file + " is too large")
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r"), nil
}

// Secret gives a secret field.
func (f Fields) Secret(name string) Secret {
	if f.Describes() {
		f.note(name, Form{Type: FormSecret})
		return Secret{}
	}
	v, ok := f.get(name)
	switch {
	case !ok:
		return Secret{}
	case v.Type() == hostapi.TypeString:
		s := Secret{Text: v.Str(), given: true}
		f.d.App.Secret(f.path.field(name), s)
		return s
	case v.Map() == nil:
		f.mustBe(name, "{env: NAME}, {file: PATH} or a string", hostapi.TypeString, v)
		return Secret{}
	}
	before := len(f.d.Violations)
	from := f.Map(name, "env", "file")
	env, isEnv := from.Text("env")
	file, isFile := from.Text("file")
	switch {
	case len(f.d.Violations) > before:
		return Secret{}
	case isEnv == isFile || env == "" && file == "":
		f.Fail(name, "must be {env: NAME} or {file: PATH}")
		return Secret{}
	}
	s := Secret{given: true}
	s.Env, s.File = env, file
	if isFile {
		f.d.App.Path(from.path.field("file"), file, SecretFile)
	}
	f.d.App.Secret(f.path.field(name), s)
	return s
}
