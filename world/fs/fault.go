package fs

import (
	"context"
	"errors"
	iofs "io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/understudy-run/understudy/hostapi"
)

// fault gives an error of a Tree as scripts see it (44.7): it names the path as the
// script gave it, and nothing of the machine.
func fault(err error, path string) error {
	var own *hostapi.Error
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &own):
		return own
	}
	kind, text := kindOf(err)
	return hostapi.Errorf(kind, "%s: %s", text, path)
}

func kindOf(err error) (hostapi.Kind, string) {
	var number syscall.Errno
	errors.As(err, &number)
	switch {
	case errors.Is(err, iofs.ErrNotExist):
		return hostapi.NotFound, "not found"
	case errors.Is(err, syscall.ENOTEMPTY): // before ErrExist, which takes it in
		return hostapi.Conflict, "not empty"
	case errors.Is(err, iofs.ErrExist):
		return hostapi.AlreadyExists, "exists"
	case number == syscall.EROFS:
		return hostapi.PermissionDenied, "read only"
	case errors.Is(err, iofs.ErrPermission):
		return hostapi.PermissionDenied, "permission denied"
	case number == syscall.EISDIR, number == syscall.ENXIO, number == syscall.ENODEV:
		return hostapi.Invalid, "not a regular file"
	case number == syscall.ENOTDIR:
		return hostapi.Invalid, "not a directory"
	case number == syscall.ENOSPC, number == syscall.EDQUOT:
		return hostapi.Unavailable, "no space"
	case number == syscall.EMFILE, number == syscall.ENFILE:
		return hostapi.Unavailable, "too many open files"
	case number == syscall.EFBIG:
		return hostapi.LimitExceeded, "file too large"
	case number == syscall.ELOOP:
		return hostapi.Invalid, "too many links"
	case number == syscall.ENAMETOOLONG, number == syscall.EINVAL, number == syscall.EXDEV, errors.Is(err, iofs.ErrInvalid):
		return hostapi.Invalid, "invalid path"
	case errors.Is(err, os.ErrClosed):
		return hostapi.Invalid, "file is closed"
	case escapes(err):
		return hostapi.PermissionDenied, "outside the volume"
	case number != 0:
		return hostapi.Internal, number.Error()
	}
	return hostapi.Internal, "cannot be done"
}

// escapes tells os.Root's own error, which has no name, from those of the system. A test
// fails if it is called otherwise some day.
func escapes(err error) bool {
	var p *iofs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		err = l.Err
	}
	return strings.Contains(err.Error(), "path escapes from parent")
}
