// Package definitions makes, from the tables of script modules, what language servers want
// to know of them (61.2): definition files for LuaLS, and a stub for Starlark. What it says
// is what the tables say, so a module of an embedding program is known like the standard
// ones. It only makes texts; who calls it writes them.
package definitions
