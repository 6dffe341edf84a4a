// Package browser has no code, only tests: pages that Understudy or its examples serve, as
// a real browser shows them. They are a module of their own, so that nobody who builds
// Understudy compiles the browser's protocol.
//
// The tests start Chromium, headless, and are skipped where there is none. Where
// UNDERSTUDY_SCREENSHOTS names a directory, pictures of the pages are left there.
package browser
