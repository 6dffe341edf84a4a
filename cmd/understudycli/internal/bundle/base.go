package bundle

import (
	"bytes"
	"debug/buildinfo"
	"debug/elf"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
)

// Platform is where a program runs, as "linux/arm64".
type Platform struct{ OS, Arch string }

func (p Platform) String() string { return p.OS + "/" + p.Arch }

// OwnPlatform gives the platform of this program.
func OwnPlatform() Platform { return Platform{runtime.GOOS, runtime.GOARCH} }

// CheckBase gives the platform of a program that is to contain an app for another one,
// which must be this program of the same version (62.3).
func CheckBase(base []byte) (Platform, error) {
	own, ok := debug.ReadBuildInfo()
	if !ok {
		return Platform{}, errors.New("this program does not know its own version")
	}
	info, err := buildinfo.Read(bytes.NewReader(base))
	if err != nil {
		return Platform{}, errNoSlot
	}
	is, want := identify(info), identify(own)
	switch {
	case is.path != want.path:
		return Platform{}, fmt.Errorf("it is %s, and this is %s", is.path, want.path)
	case is != want:
		return Platform{}, fmt.Errorf("it is %s, and this is %s: build with the same version", is, want)
	}
	return Platform{setting(info, "GOOS"), setting(info, "GOARCH")}, nil
}

// identity tells versions of a program apart. Of two that were built from changed working
// copies of one commit it cannot.
type identity struct{ path, version, commit, modified string }

func identify(info *debug.BuildInfo) identity {
	return identity{info.Path, info.Main.Version + info.Main.Sum, setting(info, "vcs.revision"), setting(info, "vcs.modified")}
}

func (i identity) String() string {
	text := "version " + i.version
	if i.version == "" {
		text = "of unknown version"
	}
	if i.commit != "" {
		text += ", commit " + i.commit
	}
	if i.modified == "true" {
		text += ", modified"
	}
	return text
}

func setting(info *debug.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// NeedsLibraries reports whether a program for Linux needs a loader, and with it
// libraries, which an empty container does not have. Those for other systems find theirs
// wherever they run.
func NeedsLibraries(program []byte) bool {
	f, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		return false
	}
	return slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP })
}
