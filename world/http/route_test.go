package http_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world/http"
)

// 48.4: what a script sees of a request.
func TestRequestIsAMap(t *testing.T) {
	h := open(t, map[string]string{"echo": `return function(first, req) req.first = first return { json = req } end`}, http.Config{Routes: []http.Route{
		{ID: "app:r", Method: "POST", Path: "/items/{id}/{rest...}", Process: "app:echo", Input: []hostapi.Value{hostapi.String("input")}},
	}})
	a := h.do("POST", "/items/a%2Fb/c/d?q=1&q=2&e=", "body", "X-One", "1", "X-One", "2", "Cookie", "a=1; b=2")
	var got map[string]any
	must(t, json.Unmarshal([]byte(a.text), &got))
	want := `{"first":"input","host":"` + h.addr + `","method":"POST","params":{"id":"a/b","rest":"c/d"},"path":"/items/a/b/c/d",` +
		`"query":{"e":"","q":"1"},"query_all":{"e":[""],"q":["1","2"]},"remote":"127.0.0.1","route":"app:r","scheme":"http","body":"body"}`
	headers := got["headers"].(map[string]any)
	if headers["x-one"] != "1, 2" || headers["cookie"] != "a=1; b=2" {
		t.Errorf("headers are %v", headers)
	}
	if id := got["id"].(string); len(id) < 26 {
		t.Errorf("the id is %q", id)
	}
	delete(got, "headers")
	delete(got, "id")
	var wanted map[string]any
	must(t, json.Unmarshal([]byte(want), &wanted))
	text, _ := json.Marshal(got)
	wantText, _ := json.Marshal(wanted)
	if string(text) != string(wantText) {
		t.Errorf("got  %s\nwant %s", text, wantText)
	}
	h.gets("/items", 404, "404 page not found\n")
	if a := h.do("GET", "/items/1/2", ""); a.StatusCode != 405 || a.Header.Get("Allow") != "POST" {
		t.Errorf("another method gives %d, Allow %q", a.StatusCode, a.Header.Get("Allow"))
	}
}

// 48.6, 48.7, 48.14: answers.
func TestAnswers(t *testing.T) {
	h := open(t, map[string]string{"it": `
		local cases = {
			none = function() end,
			text = function() return "hi" end,
			map = function() return { status = 201, headers = { ["X-A"] = "1", ["x-b"] = {"2", "3"}, ["set-cookie"] = "a=1\nb=2", connection = "close", ["content-length"] = "99" }, body = "b", ok = true, url = "u" } end,
			json = function() return { json = { b = 1, a = { true } } } end,
			html = function() return { body = "<p>", headers = { ["content-type"] = "text/html" } } end,
			status = function() return { status = 100 } end,
			field = function() return { code = 200 } end,
			number = function() return 5 end,
			header = function() return { headers = { a = "b\r\nc: d" } } end,
			name = function() return { headers = { ["a b"] = "c" } } end,
			two = function() return { body = "a", json = 1 } end,
			utf = function() return { json = "\255" } end,
			nofile = function() return { file = { fs = "app:files", path = "x" } } end,
			notfound = function() return nil, errors.new{ kind = errors.NOT_FOUND, message = "no such item" } end,
			thrown = function() error(errors.new{ kind = errors.INVALID, message = "bad" }) end,
			conflict = function() return nil, errors.new{ kind = errors.CONFLICT, message = "c" } end,
			exists = function() return nil, errors.new{ kind = errors.ALREADY_EXISTS, message = "c" } end,
			denied = function() return nil, errors.new{ kind = errors.PERMISSION_DENIED, message = "c" } end,
			limited = function() return nil, errors.new{ kind = errors.RATE_LIMITED, message = "c" } end,
			large = function() return nil, errors.new{ kind = errors.LIMIT_EXCEEDED, message = "c" } end,
			away = function() return nil, errors.new{ kind = errors.UNAVAILABLE, message = "c" } end,
			odd = function() return nil, errors.new{ kind = "Odd", message = "secret" } end,
			plain = function() error("secret") end,
			key = function() assert(process.registry.lookup("nobody")) end,
			busy = function() local _, err = process.send("nobody", "t") return nil, errors.wrap(err, "x") end,
		}
		return function(req) return cases[req.params.case]() end`,
	}, http.Config{Routes: []http.Route{{Path: "/{case}", Process: "app:it"}}})
	for _, row := range []struct {
		path   string
		status int
		kind   string
		text   string
	}{
		{"none", 204, "", ""},
		{"text", 200, "text/plain; charset=utf-8", "hi"},
		{"map", 201, "text/plain; charset=utf-8", "b"},
		{"json", 200, "application/json", `{"a":[true],"b":1}`},
		{"html", 200, "text/html", "<p>"},
		{"notfound", 404, "application/json", `{"error":{"kind":"NotFound","message":"no such item"}}`},
		{"thrown", 400, "application/json", `{"error":{"kind":"Invalid","message":"bad"}}`},
		{"conflict", 409, "application/json", `{"error":{"kind":"Conflict","message":"c"}}`},
		{"exists", 409, "application/json", `{"error":{"kind":"AlreadyExists","message":"c"}}`},
		{"denied", 403, "application/json", `{"error":{"kind":"PermissionDenied","message":"c"}}`},
		{"limited", 429, "application/json", `{"error":{"kind":"RateLimited","message":"c"}}`},
		{"large", 413, "application/json", `{"error":{"kind":"LimitExceeded","message":"c"}}`},
		{"away", 503, "application/json", "id"},
		{"odd", 500, "application/json", "id"},
		{"plain", 500, "application/json", "id"},
		{"key", 500, "application/json", "id"},
		{"busy", 500, "application/json", "id"},
		{"status", 500, "application/json", "id"}, {"field", 500, "application/json", "id"}, {"number", 500, "application/json", "id"},
		{"header", 500, "application/json", "id"}, {"name", 500, "application/json", "id"}, {"two", 500, "application/json", "id"},
		{"utf", 500, "application/json", "id"}, {"nofile", 500, "application/json", "id"},
	} {
		a := h.do("GET", "/"+row.path, "")
		text := a.text
		if row.text == "id" {
			var body struct{ Error struct{ Kind, ID string } }
			if json.Unmarshal([]byte(a.text), &body) == nil && body.Error.Kind == "Internal" && strings.Contains(h.logged(), body.Error.ID) {
				text = "id"
			}
		}
		if a.StatusCode != row.status || a.Header.Get("Content-Type") != row.kind || text != row.text {
			t.Errorf("%s gives %d %q %q", row.path, a.StatusCode, a.Header.Get("Content-Type"), a.text)
		}
		if a.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: no nosniff", row.path)
		}
		if row.status == 503 && a.Header.Get("Retry-After") != "1" {
			t.Errorf("%s: no Retry-After", row.path)
		}
		if row.path == "map" && (a.Header.Get("X-A") != "1" || len(a.Header["X-B"]) != 2 || len(a.Header["Set-Cookie"]) != 2 || a.ContentLength != 1) {
			t.Errorf("the headers are %v", a.Header)
		}
	}
	if log := h.logged(); strings.Contains(log, "no such item") || !strings.Contains(log, "secret") || !strings.Contains(log, "invalid response") {
		t.Errorf("the log is %s", log)
	}
}

// 48.2, 48.8: a process that holds a name answers by http.reply, from any process that has
// the request; the first answer counts.
func TestReply(t *testing.T) {
	h := open(t, map[string]string{
		"named": `
			local http = require("http")
			return function()
				process.registry.register("front")
				local requests = process.listen("http.request")
				while true do
					local req = requests:receive()
					if req.path == "/end" then error("away") end
					if req.path == "/return" then return "nobody sees it" end
					if req.path == "/other" then
						print(tostring(http.hand_over(req, "back")))
					else
						local ok, err = http.reply(req, { json = { path = req.path } })
						local again, late = http.reply(req, "again")
						print(tostring(ok), tostring(again), tostring(late), late:kind())
					end
				end
			end`,
		"back": `
			local http = require("http")
			return function()
				process.registry.register("back")
				local requests = process.listen("http.request")
				while true do
					local req = requests:receive()
					local ok, err = http.reply(req, { code = 5 })
					print(tostring(ok), tostring(err), err:kind())
				end
			end`,
	}, http.Config{Routes: []http.Route{{Path: "/", To: "front"}}})
	if a := h.do("GET", "/x", ""); a.StatusCode != 503 || a.Header.Get("Retry-After") != "1" {
		t.Errorf("without a holder it gives %d", a.StatusCode)
	}
	h.start("app:named")
	h.gets("/a", 200, `{"path":"/a"}`)
	if line := <-h.told; line != "true nil request is over NotFound" {
		t.Errorf("the answers gave %q", line)
	}
	h.start("app:back")
	if a := h.do("GET", "/other", ""); a.StatusCode != 500 {
		t.Errorf("an answer that is none gives %d", a.StatusCode)
	}
	if one, two := <-h.told, <-h.told; one+"/"+two != "true/nil invalid response: field code Invalid" && two+"/"+one != "true/nil invalid response: field code Invalid" {
		t.Errorf("they print %q, %q", one, two)
	}
	if a := h.do("GET", "/end", ""); a.StatusCode != 500 {
		t.Errorf("a process that fails gives %d", a.StatusCode)
	}
	h.start("app:named")
	if a := h.do("GET", "/return", ""); a.StatusCode != 500 {
		t.Errorf("a process that exits gives %d", a.StatusCode)
	}
}

// 48.8: who was handed a request has it: the end of who handed it on is none of it, its
// own is.
func TestHandOverBinds(t *testing.T) {
	h := open(t, map[string]string{
		"first":  `local http = require("http") return function(req) assert(http.hand_over(req, "second")) return "ignored" end`,
		"nobody": `local http = require("http") return function(req) local ok, err = http.hand_over(req, "nobody") return tostring(ok) .. " " .. err:kind() end`,
		"second": `
			local http = require("http")
			return function()
				process.registry.register("second")
				local req = process.listen("http.request"):receive()
				process.listen("go"):receive()
				if req.path == "/die" then error("x") end
				http.reply(req, "second")
			end`,
	}, http.Config{Routes: []http.Route{{Path: "/", Process: "app:first"}, {Path: "/nobody", Process: "app:nobody"}}})
	h.gets("/nobody", 200, "nil NotFound")
	for path, status := range map[string]int{"/live": 200, "/die": 500} {
		pid := h.start("app:second")
		got := make(chan answer)
		go func() { got <- h.do("GET", path, "") }()
		h.end("app:first")
		must(t, h.Send(pid, "go"))
		if a := <-got; a.StatusCode != status {
			t.Errorf("%s gives %d %q", path, a.StatusCode, a.text)
		}
	}
}

// 48.2: the member of a group with the fewest requests gets the next.
func TestGroup(t *testing.T) {
	scopes := `
		local http, pg = require("http"), require("pg")
		return function(name)
			local g = assert(pg.open("app:pool"))
			assert(g:join("api"))
			local requests, stop = process.listen("http.request"), process.listen("go")
			print("ready")
			local held = {}
			while true do
				local r = channel.select{ requests:case_receive(), stop:case_receive() }
				if r.channel == requests then
					held[#held + 1] = r.value
					print("got", name)
				else
					for _, req in ipairs(held) do http.reply(req, name) end
					held = {}
				end
			end
		end`
	h := open(t, map[string]string{"member": scopes}, http.Config{Routes: []http.Route{{Path: "/", Group: http.Group{Scope: "app:pool", Name: "api"}}}})
	h.DefineScope(coreScope("app:pool"))
	must(t, h.StartScope("app:pool"))
	if a := h.do("GET", "/", ""); a.StatusCode != 503 {
		t.Errorf("an empty group gives %d", a.StatusCode)
	}
	pids := map[string]hostapi.PID{}
	for _, name := range []string{"a", "b", "c"} {
		pids[name] = h.start("app:member", hostapi.String(name))
		<-h.told
	}
	answers := make(chan string, 9)
	count := map[string]int{}
	for range 9 {
		go func() {
			a, err := h.try("GET", "/", "")
			if err != nil {
				answers <- err.Error()
			} else {
				answers <- a.text
			}
		}()
		count[<-h.told]++
	}
	for _, name := range []string{"a", "b", "c"} {
		if n := count["got "+name]; n != 3 {
			t.Errorf("%s has %d requests", name, n)
		}
		must(t, h.Send(pids[name], "go"))
	}
	for range 9 {
		if text := <-answers; pids[text] == "" {
			t.Errorf("an answer is %q", text)
		}
	}
}

// 48.8: after the timeout the client gets 504 and the process CANCEL with its reason.
func TestTimeout(t *testing.T) {
	h := open(t, map[string]string{"slow": `
		return function()
			local e = process.events():receive()
			print(e.kind, e.reason, tostring(e.deadline ~= nil))
		end`,
	}, http.Config{Routes: []http.Route{{Path: "/", Process: "app:slow", Timeout: time.Millisecond}}})
	if a := h.do("GET", "/", ""); a.StatusCode != 504 {
		t.Errorf("it gives %d", a.StatusCode)
	}
	if line := <-h.told; line != "pid.cancel http timeout true" {
		t.Errorf("it was told %q", line)
	}
}

// 48.9: a client that goes is told to the process, without a deadline; the place of the
// request is free when that has ended.
func TestClientGone(t *testing.T) {
	h := open(t, map[string]string{"slow": `
		return function(req)
			if req.path == "/b" then return "b" end
			local events = process.events()
			print("here")
			local e = events:receive()
			print(e.kind, e.reason, tostring(e.deadline))
			process.listen("go"):receive()
		end`,
	}, http.Config{Routes: []http.Route{{Path: "/", Process: "app:slow", Concurrency: 1, Queue: -1}}})
	c, _ := h.dial()
	if _, err := c.Write([]byte("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	<-h.told
	c.Close()
	if line := <-h.told; line != "pid.cancel client gone nil" {
		t.Errorf("it was told %q", line)
	}
	if a := h.do("GET", "/b", ""); a.StatusCode != 503 {
		t.Errorf("while the process lives another request gives %d", a.StatusCode)
	}
	must(t, h.Send(h.Processes()[0], "go"))
	h.end("app:slow")
	for h.do("GET", "/b", "").StatusCode != 200 { // the place is free once the end was told to all
	}
}

// 48.2: requests beyond concurrency wait in a queue, those beyond that get 503.
func TestQueue(t *testing.T) {
	h := open(t, map[string]string{"it": `
		return function(req)
			print(req.path)
			process.listen("go"):receive()
			return req.path
		end`,
	}, http.Config{Routes: []http.Route{{Path: "/", Process: "app:it", Concurrency: 1, Queue: 1, QueueWait: time.Minute}}})
	answers := make(chan answer, 3)
	get := func() { a, _ := h.try("GET", "/x", ""); answers <- a }
	go get()
	<-h.told
	go get()
	go get()
	if a := <-answers; a.StatusCode != 503 { // the second or the third
		t.Errorf("the third gets %d", a.StatusCode)
	}
	for i := range 2 {
		if i > 0 {
			<-h.told
		}
		must(t, h.Send(h.Processes()[0], "go"))
		if a := <-answers; a.StatusCode != 200 {
			t.Errorf("it gives %d", a.StatusCode)
		}
	}
}

// 48.2: nobody waits longer than queue_wait for a place.
func TestQueueWait(t *testing.T) {
	h := open(t, map[string]string{"it": `return function(req) print("here") process.listen("go"):receive() end`},
		http.Config{Routes: []http.Route{{Path: "/", Process: "app:it", Concurrency: 1, QueueWait: time.Millisecond}}})
	first := make(chan answer, 1)
	go func() { a, _ := h.try("GET", "/", ""); first <- a }()
	<-h.told
	if a := h.do("GET", "/", ""); a.StatusCode != 503 {
		t.Errorf("it gives %d", a.StatusCode)
	}
	must(t, h.Send(h.Processes()[0], "go"))
	if a := <-first; a.StatusCode != 204 {
		t.Errorf("the first gets %d", a.StatusCode)
	}
}
