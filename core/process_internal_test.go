package core

import (
	"reflect"
	"testing"
)

func TestProcessFitsItsSizeClass(t *testing.T) {
	if size := reflect.TypeFor[process]().Size(); size > 760 {
		t.Errorf("a process takes %d bytes: more than 760 make each of a million 128 longer", size)
	}
}
