package understudycli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
)

// lspEditor speaks with the command as a child process. It frames its
// messages itself, so that what the server's library makes of them is tried too.
type lspEditor struct {
	t     *testing.T
	cmd   *exec.Cmd
	stdin io.WriteCloser
	in    *bufio.Reader
	last  *int // id of the last request
	root  string
	texts map[string]string // open documents
	edits map[string]int    // their versions
	// answers that came before they were asked for, and the newest diagnostics of each file
	answers     map[int]rpcMessage
	diagnostics map[string]published
	asked       []rpcMessage // requests of the server
	logged      []string
}

type rpcMessage struct {
	ID     *int            `json:"id,omitempty"`
	Method string          `json:"method,omitempty"`
	Params json.RawMessage `json:"params,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
	Error  *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

type lspPosition struct{ Line, Character int }

type lspRange struct{ Start, End lspPosition }

type published struct {
	URI         string
	Version     int
	Diagnostics []struct {
		Range    lspRange
		Severity int
		Source   string
		Message  string
	}
}

// object is a JSON object to send.
type object = map[string]any

// newClient writes the files of an app into a new directory and starts the command.
func newClient(t *testing.T, files map[string]string) *lspEditor {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		writeFile(t, filepath.Join(root, name), text)
	}
	return startClient(t, root)
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func startClient(t *testing.T, root string) *lspEditor {
	t.Helper()
	c := &lspEditor{
		t: t, cmd: exec.Command(os.Args[0], "lsp"), root: root, last: new(int), texts: map[string]string{}, edits: map[string]int{},
		answers: map[int]rpcMessage{}, diagnostics: map[string]published{},
	}
	c.cmd.Env = append(os.Environ(), asCommand+"=1")
	c.cmd.Stderr = os.Stderr
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.stdin, c.in = stdin, bufio.NewReader(stdout)
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = c.cmd.Wait() // nil the second time
	})
	return c
}

// part is the editor for a part of a test.
func (c *lspEditor) part(t *testing.T) *lspEditor {
	part := *c
	part.t = t
	return &part
}

// initialize begins, with the root as the one folder.
func (c *lspEditor) initialize() json.RawMessage {
	c.t.Helper()
	return c.initializeWith(object{"workspaceFolders": []object{{"uri": c.uri("."), "name": "app"}}})
}

func (c *lspEditor) initializeWith(params object) json.RawMessage {
	c.t.Helper()
	params["processId"] = os.Getpid()
	params["capabilities"] = object{
		"workspace":    object{"didChangeWatchedFiles": object{"dynamicRegistration": true}},
		"textDocument": object{"publishDiagnostics": object{"versionSupport": true}},
	}
	result := c.request("initialize", params)
	c.notify("initialized", object{})
	return result
}

// end shuts the server down and gives its exit status.
func (c *lspEditor) end() int {
	c.t.Helper()
	c.request("shutdown", nil)
	c.notify("exit", nil)
	return c.wait()
}

func (c *lspEditor) wait() int {
	c.t.Helper()
	_ = c.cmd.Wait()
	return c.cmd.ProcessState.ExitCode()
}

func (c *lspEditor) uri(file string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(c.root, file))}).String()
}

func (c *lspEditor) send(m object) {
	c.t.Helper()
	m["jsonrpc"] = "2.0"
	body, err := json.Marshal(m)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(c.stdin, "Content-Length: %d\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n%s", len(body), body); err != nil {
		c.t.Fatal(err)
	}
}

func (c *lspEditor) notify(method string, params any) {
	c.t.Helper()
	c.send(object{"method": method, "params": params})
}

// ask sends a request and does not wait.
func (c *lspEditor) ask(method string, params any) int {
	c.t.Helper()
	*c.last++
	m := object{"id": *c.last, "method": method}
	if params != nil {
		m["params"] = params
	}
	c.send(m)
	return *c.last
}

// answer waits for what a request gave.
func (c *lspEditor) answer(id int) rpcMessage {
	c.t.Helper()
	for {
		if m, ok := c.answers[id]; ok {
			return m
		}
		c.read()
	}
}

func (c *lspEditor) request(method string, params any) json.RawMessage {
	c.t.Helper()
	m := c.answer(c.ask(method, params))
	if m.Error != nil {
		c.t.Fatalf("%s: error %d: %s; log: %q", method, m.Error.Code, m.Error.Message, c.logged)
	}
	return m.Result
}

// read reads one message.
func (c *lspEditor) read() {
	c.t.Helper()
	length := 0
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			c.t.Fatalf("the server has ended: %v", err)
		}
		if line = strings.TrimSpace(line); line == "" {
			break
		}
		if value, ok := strings.CutPrefix(line, "Content-Length: "); ok {
			if length, err = strconv.Atoi(value); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(c.in, body); err != nil {
		c.t.Fatal(err)
	}
	var m rpcMessage
	if err := json.Unmarshal(body, &m); err != nil {
		c.t.Fatalf("%s: %v", body, err)
	}
	switch {
	case m.Method == "textDocument/publishDiagnostics":
		var p published
		if err := json.Unmarshal(m.Params, &p); err != nil {
			c.t.Fatal(err)
		}
		c.diagnostics[p.URI] = p
	case m.Method == "window/logMessage":
		c.logged = append(c.logged, string(m.Params))
	case m.Method != "" && m.ID != nil:
		c.asked = append(c.asked, m)
		c.send(object{"id": *m.ID, "result": nil})
	case m.ID != nil:
		c.answers[*m.ID] = m
	}
}

// open opens a file, with the text on the disk or another one.
func (c *lspEditor) open(file, text string) {
	c.t.Helper()
	if text == "" {
		data, err := os.ReadFile(filepath.Join(c.root, file))
		if err != nil {
			c.t.Fatal(err)
		}
		text = string(data)
	}
	c.texts[file], c.edits[file] = text, 1
	c.notify("textDocument/didOpen", object{"textDocument": object{"uri": c.uri(file), "languageId": "any", "version": 1, "text": text}})
}

// edit replaces the first place of a text by another, as an incremental change.
func (c *lspEditor) edit(file, old, new string) {
	c.t.Helper()
	text := c.texts[file]
	at := strings.Index(text, old)
	if at < 0 {
		c.t.Fatalf("%s has no %q:\n%s", file, old, text)
	}
	c.texts[file] = text[:at] + new + text[at+len(old):]
	c.edits[file]++
	c.notify("textDocument/didChange", object{
		"textDocument": object{"uri": c.uri(file), "version": c.edits[file]},
		"contentChanges": []object{{
			"range": object{"start": placeIn(text, at), "end": placeIn(text, at+len(old))}, "text": new,
		}},
	})
}

// replace replaces the whole text of an open file.
func (c *lspEditor) replace(file, text string) {
	c.t.Helper()
	c.texts[file] = text
	c.edits[file]++
	c.notify("textDocument/didChange", object{
		"textDocument": object{"uri": c.uri(file), "version": c.edits[file]}, "contentChanges": []object{{"text": text}},
	})
}

// placeIn gives the position of a byte as the protocol counts: lines, and units of UTF-16.
func placeIn(text string, at int) object {
	before := text[:at]
	line := before[strings.LastIndex(before, "\n")+1:]
	return object{"line": strings.Count(before, "\n"), "character": len(utf16.Encode([]rune(line)))}
}

// problems waits for the diagnostics of the newest version of an open file, and gives them
// as line:character: severity: message.
func (c *lspEditor) problems(file string) []string {
	c.t.Helper()
	for c.diagnostics[c.uri(file)].Version != c.edits[file] {
		c.read()
	}
	return c.known(file)
}

// known are the newest diagnostics that have arrived.
func (c *lspEditor) known(file string) []string {
	out := []string{}
	for _, d := range c.diagnostics[c.uri(file)].Diagnostics {
		severity := map[int]string{1: "error", 2: "warning"}[d.Severity]
		out = append(out, fmt.Sprintf("%d:%d-%d: %s: %s", d.Range.Start.Line+1, d.Range.Start.Character+1, d.Range.End.Character+1, severity, d.Message))
	}
	return out
}

// at gives the params of a question about the first place of a text: before the ^ in it.
func (c *lspEditor) at(file, marked string) object {
	c.t.Helper()
	before, after, _ := strings.Cut(marked, "^")
	i := strings.Index(c.texts[file], before+after)
	if i < 0 {
		c.t.Fatalf("%s has no %q:\n%s", file, before+after, c.texts[file])
	}
	return object{"textDocument": object{"uri": c.uri(file)}, "position": placeIn(c.texts[file], i+len(before))}
}
