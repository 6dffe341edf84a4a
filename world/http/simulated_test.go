package http_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/http"
)

// simulated gives a house whose server is called by the test, which drives the simulation.
func simulated(t *testing.T, seed uint64, scripts map[string]string, c http.Config) *house {
	h := &house{t: t, engine: gopherlua.New()}
	h.Runtime = core.New(core.Options{
		Scheduler: core.NewSimulation(seed), Seed: seed + 1,
		Outside: func(string, hostapi.Op) core.Handling { return core.Perform() },
	})
	must(t, h.DefineHost(core.HostOptions{ID: hostID, Workers: 1}))
	must(t, h.StartHost(hostID))
	for name, text := range scripts {
		h.define("app:"+name, text)
	}
	for i := range c.Routes {
		c.Routes[i].ID, c.Routes[i].Host = "app:route", hostID
	}
	var err error
	h.server, err = http.New(h.Runtime, c)
	must(t, err)
	must(t, h.server.Start())
	t.Cleanup(func() { must(t, h.Shutdown(context.Background(), 0)) })
	return h
}

// serve makes a request.
func (h *house) serve(path string) (status int, body string) {
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Code, w.Body.String()
}

// 40.14, 48.10: in a simulated run the caller drives it; timeouts and the comments of an
// event stream, one every 15 seconds, are on the virtual clock; the same seed gives the
// same ids.
func TestSimulated(t *testing.T) {
	scripts := map[string]string{
		"id":    `return function(req) return req.id end`,
		"sleep": `local time = require("time") return function() time.sleep("20s") return "late" end`,
		"events": `local http, time = require("http"), require("time")
			return function(req)
				local w = assert(http.stream(req))
				w:event("a")
				time.sleep("31s")
				w:event("b")
			end`,
	}
	routes := func() http.Config {
		return http.Config{Routes: []http.Route{
			{Path: "/id", Process: "app:id"}, {Path: "/sleep", Process: "app:sleep"}, {Path: "/events", Process: "app:events"},
			{Path: "/short", Process: "app:sleep", Timeout: 19 * time.Second},
		}}
	}
	for seed := range uint64(10) {
		h, again := simulated(t, seed, scripts, routes()), simulated(t, seed, scripts, routes())
		_, one := h.serve("/id")
		_, two := again.serve("/id")
		if one != two || len(one) != 32 {
			t.Errorf("ids are %q and %q", one, two)
		}
		if status, text := h.serve("/sleep"); status != 200 || text != "late" {
			t.Errorf("it gives %d %q", status, text)
		}
		if status, _ := h.serve("/short"); status != 504 {
			t.Errorf("a timeout gives %d", status)
		}
		if _, text := h.serve("/events"); text != "data: a\n\n:\n\n:\n\ndata: b\n\n" {
			t.Errorf("the events are %q", text)
		}
	}
}

// 48.12: a map that no server has made is over; what only reads it works.
func TestRequestOfATest(t *testing.T) {
	h := simulated(t, 1, map[string]string{"it": `
		local http = require("http")
		return function()
			local req = { id = "x", headers = { ["content-type"] = "application/x-www-form-urlencoded", cookie = "a=1; b=2; a=3" }, body = "k=v&k=w&e=" }
			local out = {}
			for _, f in ipairs{ http.reply, http.hand_over, http.body, http.stream, http.websocket } do
				local _, err = f(req, f == http.hand_over and "x" or nil)
				out[#out + 1] = err:kind() .. " " .. tostring(err)
			end
			local form, c = assert(http.form(req)), http.cookies(req)
			out[#out + 1] = form.fields.k .. #form.all.k .. form.fields.e .. #form.files .. c.a .. c.b
			req.headers["content-type"] = "text/plain"
			out[#out + 1] = tostring(select(2, http.form(req)))
			req.headers["content-type"] = "multipart/form-data; boundary=B"
			req.body = "--B\r\ncontent-disposition: form-data; name=\"f\"\r\n\r\nv\r\n--B\r\ncontent-disposition: form-data; name=\"u\"; filename=\"n.txt\"\r\ncontent-type: text/x\r\n\r\ndata\r\n--B--\r\n"
			form = assert(http.form(req))
			out[#out + 1] = form.fields.f .. form.files[1].field .. form.files[1].name .. form.files[1].type .. form.files[1].data
			return table.concat(out, "; ")
		end`}, http.Config{})
	v, err := h.Exec(context.Background(), hostapi.Spawn{ID: "app:it", Host: hostID})
	must(t, err)
	over := strings.Repeat("NotFound request is over; ", 5)
	if want := over + "v2012; invalid form: content type text/plain; vun.txttext/xdata"; v.Str() != want {
		t.Errorf("it gives %q, want %q", v.Str(), want)
	}
}

// 48.3, 48.6: static files, with ranges and without what begins with a dot; a file as
// answer if its volume is granted.
func TestFiles(t *testing.T) {
	files := fstest.MapFS{
		"index.html": {Data: []byte("<p>home"), ModTime: time.Unix(1_700_000_000, 0)}, "app.js": {Data: []byte("0123456789"), ModTime: time.Unix(1_700_000_000, 0)},
		".secret": {Data: []byte("x")}, "dir/.git/config": {Data: []byte("x")}, "sub/index.html": {Data: []byte("sub")}, "empty/x": {Data: []byte("x")},
	}
	c := http.Config{
		Routes: []http.Route{{Path: "/file/{name...}", Process: "app:file"}, {Path: "/other/{name...}", Process: "app:other"}},
		Statics: []http.Static{
			{ID: "app:s", Path: "/", Files: files, Cache: "max-age=60"},
			{ID: "app:spa", Path: "/spa", Files: files, SPA: true},
		},
	}
	script := `return function(req) return { file = { fs = "app:files", path = req.params.name } } end`
	h := open(t, map[string]string{"file": script, "other": script}, c)
	h.DefineResource("app:files", "fs.dir", files)
	h.define("app:file", script, spec.Grant{ID: "app:files"})
	for _, row := range []struct {
		method, path, header, value string
		status                      int
		text                        string
	}{
		{"GET", "/", "", "", 200, "<p>home"}, {"GET", "/app.js", "", "", 200, "0123456789"}, {"HEAD", "/app.js", "", "", 200, ""},
		{"GET", "/app.js", "Range", "bytes=2-4", 206, "234"}, {"GET", "/app.js", "Range", "bytes=-3", 206, "789"}, {"GET", "/app.js", "Range", "bytes=90-", 416, ""},
		{"GET", "/app.js", "If-Modified-Since", "Wed, 15 Nov 2023 00:00:00 GMT", 304, ""},
		{"GET", "/.secret", "", "", 404, "Not Found\n"}, {"GET", "/dir/.git/config", "", "", 404, "Not Found\n"}, {"GET", "/%2esecret", "", "", 404, "Not Found\n"},
		{"GET", "/sub/", "", "", 200, "sub"}, {"GET", "/sub", "", "", 301, ""}, {"GET", "/empty", "", "", 404, "Not Found\n"}, {"GET", "/empty/", "", "", 404, "Not Found\n"},
		{"POST", "/app.js", "", "", 405, "Method Not Allowed\n"}, {"GET", "/none", "", "", 404, "Not Found\n"},
		{"GET", "/spa/some/page", "", "", 200, "<p>home"}, {"GET", "/spa/app.js", "", "", 200, "0123456789"},
		{"GET", "/file/app.js", "", "", 200, "0123456789"}, {"GET", "/file/none", "", "", 404, "Not Found\n"}, {"GET", "/file/..%2f..%2fetc", "", "", 404, "Not Found\n"},
		{"GET", "/file/app.js", "Range", "bytes=0-0", 206, "0"},
	} {
		var headers []string
		if row.header != "" {
			headers = []string{row.header, row.value}
		}
		a := h.do(row.method, row.path, "", headers...)
		if a.StatusCode != row.status || a.text != row.text && row.text != "" {
			t.Errorf("%s %s gives %d %q", row.method, row.path, a.StatusCode, a.text)
		}
		if cache := a.Header.Get("Cache-Control"); (cache == "max-age=60") != (row.status < 300 && len(row.path) < 8) && row.status != 304 && row.status != 301 && row.status != 416 {
			t.Errorf("%s: Cache-Control %q", row.path, cache)
		}
	}
	if a := h.do("GET", "/sub", ""); a.Header.Get("Location") != "/sub/" {
		t.Errorf("a directory leads to %q", a.Header.Get("Location"))
	}
	if a := h.do("GET", "/other/app.js", ""); a.StatusCode != 500 || !strings.Contains(h.logged(), "not granted: app:files") {
		t.Errorf("a volume that is not granted gives %d", a.StatusCode)
	}
	if _, err := http.New(h.Runtime, http.Config{Routes: []http.Route{{ID: "a", Path: "/{x}"}, {ID: "b", Path: "/{y}"}}}); err == nil || !strings.HasPrefix(err.Error(), "b: ") {
		t.Errorf("a conflict gives %v", err)
	}
}
