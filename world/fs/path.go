package fs

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// resolve gives the name in the volume of a path that a script gave (44.2): a leading
// slash means the volume, "." and ".." are resolved by what the path says. What would
// lead out is refused.
func resolve(path string) (string, error) {
	if path == "" || strings.Contains(path, "\x00") {
		return "", hostapi.Errorf(hostapi.Invalid, "invalid path: %q", path)
	}
	var parts []string
	for part := range strings.SplitSeq(path, "/") {
		switch part {
		case "", ".":
		case "..":
			if len(parts) == 0 {
				return "", outside(path)
			}
			parts = parts[:len(parts)-1]
		default:
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return ".", nil
	}
	return strings.Join(parts, "/"), nil
}

func outside(path string) error {
	return hostapi.Errorf(hostapi.PermissionDenied, "outside the volume: %s", path)
}
