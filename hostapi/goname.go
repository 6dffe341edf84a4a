package hostapi

import (
	"reflect"
	"strings"
	"unicode"
)

// goField is a field of a Go struct as scripts see it.
type goField struct {
	name      string // key of the map
	index     []int
	omitEmpty bool
}

// goFields gives the fields of a struct type that are exported, those of embedded
// structs included.
func goFields(t reflect.Type) []goField {
	var fields []goField
	for _, f := range reflect.VisibleFields(t) {
		tag, options, _ := strings.Cut(f.Tag.Get("script"), ",")
		if !f.IsExported() || tag == "-" || f.Anonymous && tag == "" && f.Type.Kind() == reflect.Struct {
			continue
		}
		if tag == "" {
			tag = snakeCase(f.Name)
		}
		fields = append(fields, goField{tag, f.Index, options == "omitempty"})
	}
	return fields
}

// snakeCase gives the name that scripts use for a Go name: MaxRetries is max_retries,
// UserID user_id, HTTPPort http_port.
func snakeCase(name string) string {
	runes := []rune(name)
	var b strings.Builder
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 &&
			(!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
