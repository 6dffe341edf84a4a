package store

import "encoding/binary"

// expiryKey gives the key by which what expires is found in order of time. Times before
// 1970 come first.
func expiryKey(expires int64, key string) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(expires)^1<<63), key...)
}

// splitExpiryKey takes such a key apart.
func splitExpiryKey(b []byte) (expires int64, key string) {
	if len(b) < 8 {
		return 0, ""
	}
	return int64(binary.BigEndian.Uint64(b) ^ 1<<63), string(b[8:])
}
