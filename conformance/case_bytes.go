package conformance

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// bytesCases are those of section 42 that are about bytes: base64, hex, hash, crypto, uuid.
// What is computed is what RFC 4648, 1321, 3174, 6234, 2202, 4231 and 9562 say.
func bytesCases() []Case {
	const dns = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
	return []Case{
		{
			Name:    "bytes/base64",
			Claim:   "base64 is that of RFC 4648; both alphabets are read, padded or not, and nothing else.",
			Clauses: "42.6",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for plain, text := range map[string]string{
					"": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "fooba": "Zm9vYmE=", "foobar": "Zm9vYmFy", "\xfb\xff\x00": "+/8A",
				} {
					a.Gives(Call("base64.encode", plain), text)
					a.Gives(Call("base64.decode", text), plain)
					a.Gives(Call("base64.decode", strings.TrimRight(text, "=")), plain)
				}
				a.Gives(CallWith("base64.encode", fields{"url": true}, "\xfb\xff"), "-_8")
				a.Gives(Call("base64.decode", "-_8"), "\xfb\xff")
				a.Gives(Call("base64.decode", "-_8="), "\xfb\xff")
				for _, bad := range []string{"Z", "Zg=", "Zg===", "=", "Zm9v====", "Zm 9v", "Zm9v\n", "Zh==", "Zm9v!", "Z=g="} {
					a.Gives(Call("base64.decode", bad), nil, Fails(hostapi.Invalid, "invalid base64"))
				}
				long := strings.Repeat("all work and no play ", 5000)
				a.Gives(Call("base64.decode", Call("base64.encode", long)), long)
			},
		},
		{
			Name:    "bytes/hex",
			Claim:   "Two digits are a byte.",
			Clauses: "42.6",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Call("hex.encode", "\x00\xfeA"), "00fe41")
				a.Gives(Call("hex.decode", "00FEfe41"), "\x00\xfe\xfeA")
				for _, bad := range []string{"0", "0g", "00 ", "0x00"} {
					a.Gives(Call("hex.decode", bad), nil, Fails(hostapi.Invalid, "invalid hex"))
				}
				long := strings.Repeat("\x7f", 100_000)
				a.Gives(Call("hex.decode", Call("hex.encode", long)), long)
			},
		},
		{
			Name:    "bytes/hash",
			Claim:   "Digests and authentication codes are those of their standards, as digits or as bytes.",
			Clauses: "42.9",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for name, want := range map[string]string{
					"md5": "900150983cd24fb0d6963f7d28e17f72", "sha1": "a9993e364706816aba3e25717850c26c9cd0d89d",
					"sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
					"sha512": "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
				} {
					a.Gives(Call("hash."+name, "abc"), want)
					a.Gives(Call("hex.encode", Call("hash."+name, "abc", true)), want)
				}
				for name, want := range map[string]string{
					"hmac_sha1":   "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
					"hmac_sha256": "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
					"hmac_sha512": "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
				} {
					a.Gives(Call("hash."+name, "what do ya want for nothing?", "Jefe"), want)
				}
				a.Gives(Call("hash.hmac_sha256", "Test Using Larger Than Block-Size Key - Hash Key First", strings.Repeat("\xaa", 131)),
					"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
				// A million letters a, of FIPS 180.
				a.Gives(Call("hash.sha256", strings.Repeat("a", 1_000_000)), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
				a.Throws(Call("hash.md5", 1), Fails(hostapi.Invalid, ""))
			},
		},
		{
			Name:    "bytes/random",
			Claim:   "Random bytes and letters are as many as asked for, of the alphabet, and others each time.",
			Clauses: "42.10",
			Scenario: func(s *Stage) {
				a := s.Actor()
				random := func(name string, args ...any) string {
					return a.Do(Call("crypto.random."+name, args...)).First().Str()
				}
				if x, y := random("bytes", 16), random("bytes", 16); len(x) != 16 || len(y) != 16 || x == y {
					s.Fail("16 bytes are %q and %q", x, y)
				}
				if x := random("bytes", 1<<20); len(x) != 1<<20 {
					s.Fail("%d bytes", len(x))
				}
				counts := map[rune]int{}
				for _, r := range random("string", 6000, "aé€") {
					counts[r]++
				}
				// The chance that one of three has less than 1800 of 6000 is below 1e-7.
				if len(counts) != 3 || min(counts['a'], counts['é'], counts['€']) < 1800 {
					s.Fail("letters are drawn as %v", counts)
				}
				if x := random("string", 1000); strings.Trim(x, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") != "" || len(x) != 1000 {
					s.Fail("1000 letters are %q", x)
				}
				for _, n := range []any{0, -1, 1.5, 1<<20 + 1} {
					a.Throws(Call("crypto.random.bytes", n), Fails(hostapi.Invalid, "n must be"))
					a.Throws(Call("crypto.random.string", n), Fails(hostapi.Invalid, "n must be"))
				}
				for _, alphabet := range []string{"", "a", "\xff\xfe", strings.Repeat("ab", 129)} {
					a.Throws(Call("crypto.random.string", 1, alphabet), Fails(hostapi.Invalid, "alphabet"))
				}
			},
		},
		{
			Name:    "bytes/constant_time_compare",
			Claim:   "Texts are equal if all of their bytes are.",
			Clauses: "42.10",
			Scenario: func(s *Stage) {
				a := s.Actor()
				long := strings.Repeat("x", 40_000)
				for _, row := range []struct {
					a, b string
					want bool
				}{
					{"", "", true}, {"a", "a", true}, {"a", "b", false}, {"a", "", false}, {"", "a", false}, {"ab", "a", false},
					{long, long, true}, {long, long[1:] + "y", false}, {"y" + long, "x" + long, false}, {long + "y", long + "x", false},
				} {
					a.Gives(Call("crypto.constant_time_compare", row.a, row.b), row.want)
				}
			},
		},
		{
			Name:    "bytes/uuid",
			Claim:   "Identifiers are those of RFC 9562: of their version and variant, v5 by its name, v7 by the clock.",
			Clauses: "42.11",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for name, version := range map[string]byte{"v4": '4', "v7": '7'} {
					x, y := a.Do(Call("uuid."+name)).First().Str(), a.Do(Call("uuid."+name)).First().Str()
					if x == y || len(x) != 36 || x[14] != version || !strings.Contains("89ab", x[19:20]) {
						s.Fail("%s gives %s, then %s", name, x, y)
					}
					a.Gives(Call("uuid.validate", x), true)
				}
				a.Do(Let("before", Call("uuid.v7")), Call("time.sleep", "1us"), Let("after", Call("uuid.v7")))
				if x, y := a.Do(Get("before")).First().Str(), a.Do(Get("after")).First().Str(); x >= y {
					s.Fail("%s was made before %s", x, y)
				}
				a.Gives(Call("uuid.v5", dns, "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2")
				a.Gives(Call("uuid.v5", strings.ToUpper(dns), "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2")
				a.Throws(Call("uuid.v5", "dns", "www.example.com"), Fails(hostapi.Invalid, "invalid UUID"))
				a.Gives(Call("uuid.validate", strings.ToUpper(dns)), true)
				for _, x := range []any{"", 5, nil, strings.ReplaceAll(dns, "-", ""), "{" + dns + "}", dns + "0", "g" + dns[1:], strings.ReplaceAll(dns, "-", "0"), List()} {
					a.Gives(Call("uuid.validate", x), false)
				}
			},
		},
	}
}
