// Command understudy runs supervised actors written in scripts.
package main

import (
	_ "time/tzdata" // time zones also where the system has no database

	_ "golang.org/x/crypto/x509roots/fallback" // and authorities where it has none, as in an empty container

	"github.com/understudy-run/understudy/cmd/understudycli"
)

func main() { understudycli.Main(understudycli.Options{}) }
