package spec_test

import (
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/spec"
)

func TestEnvFile(t *testing.T) {
	got, err := spec.ParseEnvFile("\ufeff# comment\n\nA=1\r\n export B=two words? # no\n")
	if err == nil {
		t.Errorf("spaces without quotes: %v", got)
	}
	got, err = spec.ParseEnvFile("\ufeff# comment\n\nA=1\r\n  B = x\n")
	if err == nil || !strings.HasPrefix(err.Error(), "line 4: ") {
		t.Errorf("a space before =: %v, %v", got, err)
	}
	got, err = spec.ParseEnvFile("\ufeff# comment\n\nA=1\r\nexport B=two # comment\nC='a $B \\ \"'\nD=\"a $B \\\" \\\\ \\x\" \nE=\nF=a'b c'd\nG=a#b\nH=\"one\ntwo\"\nI=a\\ b\nA=2")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"A": "2", "B": "two", "C": `a $B \ "`, "D": `a $B " \ \x`, "E": "", "F": "ab cd", "G": "a#b", "H": "one\ntwo", "I": "a b",
	} {
		if v, ok := got[name]; v != want || !ok {
			t.Errorf("%s is %q, want %q", name, v, want)
		}
	}
	for text, want := range map[string]string{
		"A=1\nsecret words": "line 2: write NAME=value",
		"A=\"x\nB=1":        "line 1: the quote is not closed",
		"9=1":               "line 1: write NAME=value",
		"A = 1":             "line 1: write NAME=value, without spaces around the =",
		"A=b c":             "line 1: a value with spaces must be quoted",
	} {
		if _, err := spec.ParseEnvFile(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
