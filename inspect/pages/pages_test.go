package pages

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, method, target string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w.Result()
}

// The browser runs no script and reads no style but ours (63.6).
func TestPagesAllowNothingFromElsewhere(t *testing.T) {
	for _, target := range []string{"/", "/app.js", "/nothing"} {
		allowed := get(t, "GET", target).Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
			if !strings.Contains(allowed, want) {
				t.Errorf("%s: policy without %q: %s", target, want, allowed)
			}
		}
		if strings.Contains(allowed, "unsafe") || strings.Contains(allowed, "http") {
			t.Errorf("%s: policy allows more: %s", target, allowed)
		}
	}
}

func TestPagesAreServedAsWhatTheyAre(t *testing.T) {
	for target, want := range map[string]string{"/": "text/html", "/app.css": "text/css", "/app.js": "text/javascript", "/icon.svg": "image/svg+xml"} {
		r := get(t, "GET", target)
		if got := r.Header.Get("Content-Type"); r.StatusCode != http.StatusOK || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %d %s, want %s", target, r.StatusCode, got, want)
		}
	}
	if r := get(t, "POST", "/"); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %s", r.Status)
	}
	if r := get(t, "GET", "/nothing.js"); r.StatusCode != http.StatusNotFound {
		t.Errorf("no such file: %s", r.Status)
	}
}

// No page names another host, has a script or a style inside, makes markup of text, or
// imports what is not there.
func TestPagesStandAlone(t *testing.T) {
	refused := regexp.MustCompile(`(?i)https?://|<style|<script>|\son\w+=["']|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function`)
	imported := regexp.MustCompile(`from "\./([^"]+)"`)
	files := 0
	err := fs.WalkDir(static, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := static.ReadFile(name)
		if err != nil {
			return err
		}
		text := strings.ReplaceAll(string(data), "http://www.w3.org/2000/svg", "") // a name, which is never fetched
		if found := refused.FindString(text); found != "" {
			t.Errorf("%s: %s", name, found)
		}
		for _, m := range imported.FindAllStringSubmatch(text, -1) {
			if _, err := fs.Stat(static, path.Join("static", m[1])); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		return nil
	})
	if err != nil || files < 10 {
		t.Error(files, err)
	}
}
