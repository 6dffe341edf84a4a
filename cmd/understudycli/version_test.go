package understudycli

import (
	"runtime/debug"
	"testing"
)

func TestVersionTellsTheCommit(t *testing.T) {
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"}
	for _, c := range []struct {
		info debug.BuildInfo
		want string
	}{
		{debug.BuildInfo{}, "of unknown version"},
		{debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, "(devel), of an unknown commit"},
		{debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, "v1.2.3"}, // by go install: a proxy tells no commit
		{debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{commit, {Key: "vcs.modified", Value: "false"}}}, "v1.2.3, commit 0123456789ab"},
		{debug.BuildInfo{Main: debug.Module{Version: "v1.2.4-0.20260101000000-0123456789ab+dirty"}, Settings: []debug.BuildSetting{commit, {Key: "vcs.modified", Value: "true"}}},
			"v1.2.4-0.20260101000000-0123456789ab+dirty, commit 0123456789ab with changes"},
	} {
		if got := versionOf(&c.info); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
