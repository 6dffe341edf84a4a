package uuid

import (
	"encoding/hex"
	"testing"
	"time"
)

// The time of the example of RFC 9562, A.6, and a part of a millisecond behind it.
func TestStamp(t *testing.T) {
	var id [16]byte
	stamp(&id, time.UnixMilli(0x017F22E279B0).Add(500*time.Microsecond))
	if got := hex.EncodeToString(id[:8]); got != "017f22e279b00800" {
		t.Errorf("got %s", got)
	}
}
