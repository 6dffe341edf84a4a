package hostapi

// Speller is implemented by engines of languages that cannot write every name as it is:
// for reference texts.
type Speller interface {
	// Spelled gives a name of a function, field or keyword as scripts write it.
	Spelled(name string) string
}
