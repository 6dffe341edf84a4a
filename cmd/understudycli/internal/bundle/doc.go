// Package bundle makes executables that contain an app, and reads them (section 62).
//
// Such an executable is the program itself, of any platform, with an archive behind it
// (a zip file, so that any unzip lists it) and the place and hash of that written into
// a slot in the data of the program. What signs executables later puts its signature
// behind the archive and moves nothing.
package bundle
