//go:build unix

package fs

import (
	"fmt"
	iofs "io/fs"
	"syscall"
)

// systemID gives the device and the number of a file on it; "" for what has none.
func systemID(info iofs.FileInfo) string {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%x-%x", s.Dev, s.Ino)
}
