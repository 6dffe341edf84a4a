// Command understudy runs supervised actors written in scripts.
package main

import (
	_ "time/tzdata" // time zones also where the system has no database

	"github.com/understudy-run/understudy/cmd/understudycli"
)

func main() { understudycli.Main(understudycli.Options{}) }
