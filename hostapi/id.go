package hostapi

import "strings"

// CheckID gives the error for text that is no id of an entry: an id has the form
// namespace:name (0.3). It is Invalid "invalid ID".
func CheckID(id string) error {
	if !ValidID(id) {
		return Errorf(Invalid, "invalid ID %q (namespace:name required)", id)
	}
	return nil
}

// ValidID reports whether text has the form of an entry's id.
func ValidID(id string) bool {
	namespace, name, found := strings.Cut(id, ":")
	return found && namespace != "" && name != "" && !strings.Contains(name, ":")
}
