package gopherlua

import (
	"github.com/understudy-run/understudy/engines/internal/luaerror"
	"github.com/understudy-run/understudy/hostapi"
)

// Where implements hostapi.Locator.
func (in *instance) Where(t hostapi.Task) (string, []hostapi.Frame) {
	for s := in.strands; s != nil; s = s.next {
		if s.task.host == t {
			frames := s.standing()
			return luaerror.Trace(frames), frames
		}
	}
	return "", nil
}

// standing gives the call stack of a strand, innermost first: that of the coroutine
// which it waits for, then that of each of its protected calls.
func (s *strand) standing() (frames []hostapi.Frame) {
	if s.child != nil {
		frames = s.child.standing()
	}
	for i := len(s.levels) - 1; i >= 0 && len(frames) < luaerror.MaxFrames; i-- {
		frames = append(frames, framesOf(s.levels[i])...)
	}
	return frames[:min(len(frames), luaerror.MaxFrames)]
}
