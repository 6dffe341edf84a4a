package understudycli

import (
	"runtime"
	"runtime/debug"
)

// version says of which version the program is, from which commit it was built and by
// which Go, as that wrote it into the program (22.1).
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return versionOf(info) + ", " + runtime.Version() + ", " + runtime.GOOS + "/" + runtime.GOARCH
}

// commitDigits are enough to tell commits apart.
const commitDigits = 12

func versionOf(info *debug.BuildInfo) string {
	text, commit, modified := info.Main.Version, "", false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value
		case "vcs.modified":
			modified = s.Value == "true"
		}
	}
	if text == "" {
		text = "of unknown version"
	}
	switch {
	case commit == "" && text == "(devel)":
		text += ", of an unknown commit"
	case commit != "":
		text += ", commit " + commit[:min(commitDigits, len(commit))]
		if modified {
			text += " with changes"
		}
	}
	return text
}
