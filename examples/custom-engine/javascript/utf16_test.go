package javascript

import (
	"slices"
	"testing"
)

func TestUTF16(t *testing.T) {
	for _, test := range []struct {
		name, s string
		units   []uint16
	}{
		{"empty", "", nil},
		{"ASCII", "a\x00", []uint16{'a', 0}},
		{"two bytes", "é", []uint16{0xE9}},
		{"beyond the basic plane", "😀", []uint16{0xD83D, 0xDE00}},
		{"a low surrogate like an escape", "\U0001F480", []uint16{0xD83D, 0xDC80}},
		{"bytes", "a\xff\x80", []uint16{'a', 0xDCFF, 0xDC80}},
		{"a truncated character", "\xc3", []uint16{0xDCC3}},
		{"an encoded surrogate", "\xed\xb2\x80", []uint16{0xDCED, 0xDCB2, 0xDC80}},
		{"the replacement character itself", "\uFFFD", []uint16{0xFFFD}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := toUTF16(test.s); !slices.Equal(got, test.units) {
				t.Errorf("units %x, want %x", got, test.units)
			}
			if got := fromUTF16(test.units); got != test.s {
				t.Errorf("bytes %q, want %q", got, test.s)
			}
		})
	}
}

// Strings that scripts make need not come from bytes.
func TestFromUTF16(t *testing.T) {
	for _, test := range []struct {
		name  string
		units []uint16
		want  string
	}{
		{"high surrogate alone", []uint16{0xD83D, 'a'}, "\uFFFDa"},
		{"high surrogate at the end", []uint16{0xD83D}, "\uFFFD"},
		{"low surrogate that is no escape", []uint16{0xDC7F, 0xDD00}, "\uFFFD\uFFFD"},
		{"escapes that make a character", []uint16{0xDCC3, 0xDCA9}, "é"},
	} {
		if got := fromUTF16(test.units); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func FuzzUTF16(f *testing.F) {
	f.Add("a\xffé😀\xed\xa0\x80")
	f.Fuzz(func(t *testing.T, s string) {
		if got := fromUTF16(toUTF16(s)); got != s {
			t.Errorf("%q becomes %q", s, got)
		}
	})
}
