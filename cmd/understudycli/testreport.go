package understudycli

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/apptest"
)

// testReport shows results as they come: to people, to programs, and as a file.
type testReport struct {
	c   *cli.Context
	dir string
	sum apptest.Sum
	// coverage is nil unless it is asked for.
	coverage *apptest.Coverage
}

func (t *testReport) add(r apptest.Result) {
	t.sum.Add(r)
	switch {
	case t.c.Bool("json"):
		t.json(testRecord(r))
	case r.Status == apptest.Failed:
		fmt.Fprint(t.c.App.Writer, t.failure(r))
	case r.Status == apptest.Skipped:
		fmt.Fprintf(t.c.App.Writer, "skip  %s (%s): %s\n", r.Case, r.Case.Engine, block(r.Reason))
	}
}

// failure is what people need to see.
func (t *testReport) failure(r apptest.Result) string {
	text := fmt.Sprintf("FAIL  %s (%s)\n    %s\n", r.Case, r.Case.Engine, block(r.Text()))
	if r.Case.Broken == nil {
		text += "    again: " + t.again(r) + "\n"
	}
	return text
}

// again is the command that repeats a run.
func (t *testReport) again(r apptest.Result) string {
	words := []string{"understudy test --engine " + r.Case.Engine}
	if wantsCoverage(t.c) { // a process has other steps
		words = append(words, "--"+coverageFlag)
	}
	if t.c.Bool("real") {
		words = append(words, "--real")
	} else {
		words = append(words, fmt.Sprintf("--seed %d --schedules 1", r.Seed))
	}
	for _, set := range t.c.StringSlice("set") {
		words = append(words, "--set "+quoted(set))
	}
	if file := t.c.String("env-file"); file != "" {
		words = append(words, "--env-file "+quoted(file))
	}
	if t.dir != builtIn {
		words = append(words, quoted(filepath.ToSlash(t.dir)))
	}
	return strings.Join(append(words, quoted(r.Case.String())), " ")
}

// quoted gives a word of a shell.
func quoted(word string) string {
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,", r)
	}) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// finish tells the sum of all.
func (t *testReport) finish(of int) error {
	if file := t.c.String("junit"); file != "" {
		if err := t.junit(file); err != nil {
			return status{statusFailed, fmt.Sprintf("understudy: --junit: %v", err)}
		}
	}
	if t.c.Bool("json") {
		passed, failed, skipped, runs := t.sum.Count()
		summary := map[string]any{
			"tests": len(t.sum.Results), "passed": passed, "failed": failed, "skipped": skipped, "runs": runs, "not_run": of - len(t.sum.Results),
		}
		if t.coverage != nil {
			summary["coverage"] = coverageJSON(t.coverage)
		}
		t.json(map[string]any{"summary": summary})
	} else {
		fmt.Fprint(t.c.App.Writer, t.sum.Text(of))
		if t.c.Bool(coverageFlag) {
			fmt.Fprint(t.c.App.Writer, t.coverage.Text())
		}
	}
	if err := t.writeCoverage(); err != nil {
		return err
	}
	if t.sum.Failed() {
		return status{statusFailed, ""}
	}
	return nil
}

// writeCoverage writes the files that are asked for.
func (t *testReport) writeCoverage() error {
	dir := t.dir
	if dir == builtIn {
		dir = ""
	}
	for flag, write := range map[string]func(io.Writer) error{
		coverageOutFlag:  func(w io.Writer) error { return writeLCOV(w, dir, t.coverage) },
		coverageHTMLFlag: func(w io.Writer) error { return writePage(w, t.coverage) },
	} {
		file := t.c.String(flag)
		if file == "" {
			continue
		}
		var text bytes.Buffer
		err := write(&text)
		if err == nil {
			err = os.WriteFile(file, text.Bytes(), 0o644)
		}
		if err != nil {
			return status{statusFailed, fmt.Sprintf("understudy: --%s: %v", flag, err)}
		}
	}
	return nil
}

func (t *testReport) json(v any) {
	line, err := json.Marshal(v)
	if err != nil {
		line, _ = json.Marshal(map[string]string{"error": err.Error()})
	}
	fmt.Fprintf(t.c.App.Writer, "%s\n", line)
}

// testJSON is a result as programs get it.
type testJSON struct {
	File      string         `json:"file"`
	Test      string         `json:"test,omitempty"`
	Engine    string         `json:"engine"`
	Status    apptest.Status `json:"status"`
	Schedules int            `json:"schedules"`
	Seed      uint64         `json:"seed"`
	Seconds   float64        `json:"seconds"`
	Reason    string         `json:"reason,omitempty"`
	Kind      string         `json:"kind,omitempty"`
	Message   string         `json:"message,omitempty"`
	Place     string         `json:"place,omitempty"`
	Stack     string         `json:"stack,omitempty"`
	Processes []string       `json:"processes,omitempty"`
	Events    []string       `json:"events,omitempty"`
	Output    []string       `json:"output,omitempty"`
}

func testRecord(r apptest.Result) testJSON {
	j := testJSON{
		File: r.Case.File, Test: r.Case.Name, Engine: r.Case.Engine, Status: r.Status, Schedules: r.Schedules, Seed: r.Seed,
		Seconds: r.Took.Seconds(), Reason: r.Reason, Processes: r.Where,
	}
	if r.Err != nil {
		j.Kind, j.Message, j.Stack = string(r.Err.Kind), r.Err.Error(), r.Err.Trace()
		j.Place = r.Place()
		for _, e := range r.Events {
			j.Events = append(j.Events, e.String())
		}
		j.Output = r.Output
	}
	return j
}

// The shape of JUnit files, as far as their readers agree on it.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string     `xml:"classname,attr"`
		Name    string     `xml:"name,attr"`
		Time    string     `xml:"time,attr"`
		Failure *junitText `xml:"failure"`
		Skipped *junitText `xml:"skipped"`
	}
	junitText struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func (t *testReport) junit(file string) error {
	var all junitSuites
	index := map[string]int{}
	seconds := map[string]float64{}
	for _, r := range t.sum.Results {
		name := r.Case.File + " (" + r.Case.Engine + ")"
		i, ok := index[name]
		if !ok {
			i = len(all.Suites)
			index[name] = i
			all.Suites = append(all.Suites, junitSuite{Name: name})
		}
		s := &all.Suites[i]
		c := junitCase{Class: name, Name: r.Case.Name, Time: fmt.Sprintf("%.3f", r.Took.Seconds())}
		switch r.Status {
		case apptest.Failed:
			s.Failures++
			c.Failure = &junitText{r.Err.Error(), t.failure(r)}
		case apptest.Skipped:
			s.Skipped++
			c.Skipped = &junitText{Message: r.Reason}
		}
		s.Tests++
		seconds[name] += r.Took.Seconds()
		s.Time = fmt.Sprintf("%.3f", seconds[name])
		s.Cases = append(s.Cases, c)
	}
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append([]byte(xml.Header), append(text, '\n')...), 0o644)
}
