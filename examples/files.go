package examples

import "embed"

// Files are the apps of this directory, for the command's init.
//
//go:embed all:planner all:shipper orders/README.md all:orders/src all:webhook all:worker-pool all:supervision all:supervision-tree all:polyglot
var Files embed.FS
