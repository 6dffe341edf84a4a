// Package understudycli is the command understudy, for programs that have modules,
// engines or an app of their own:
//
//	func main() {
//		understudycli.Main(understudycli.Options{Modules: []*hostapi.Module{inventory}})
//	}
//
// Such a program runs, checks and executes apps, lists modules and plays the
// conformance suite as the command does.
package understudycli
