package http

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// maxParts is how many parts a form has at most.
const maxParts = 1000

func errForm(format string, args ...any) error {
	return hostapi.Errorf(hostapi.Invalid, "invalid form: "+format, args...)
}

// formOf reads the form that is the body of a request.
func formOf(kind, body string) (*hostapi.Record, error) {
	kind, params, err := mime.ParseMediaType(kind)
	values, files := url.Values{}, []hostapi.Value(nil)
	switch {
	case err != nil:
		return nil, errForm("no content type")
	case kind == "application/x-www-form-urlencoded":
		if values, err = url.ParseQuery(body); err != nil {
			return nil, errForm("%s", err)
		}
	case kind == "multipart/form-data" && params["boundary"] != "":
		if files, err = readParts(multipart.NewReader(strings.NewReader(body), params["boundary"]), values); err != nil {
			return nil, err
		}
	default:
		return nil, errForm("content type %s", kind)
	}
	first, all := valuesOf(values)
	return &hostapi.Record{Shape: formShape, Values: []hostapi.Value{first, all, hostapi.ListOf(files...)}}, nil
}

// readParts reads the parts of a form: fields into values, and files.
func readParts(r *multipart.Reader, values url.Values) (files []hostapi.Value, err error) {
	for n := 0; ; n++ {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, errForm("%s", err)
		}
		if n == maxParts {
			return nil, hostapi.Errorf(hostapi.LimitExceeded, "too many parts")
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, errForm("%s", err)
		}
		if part.FileName() == "" {
			values.Add(part.FormName(), string(data))
			continue
		}
		files = append(files, hostapi.MapOf(
			hostapi.Field("field", hostapi.String(part.FormName())),
			hostapi.Field("name", hostapi.String(part.FileName())),
			hostapi.Field("type", hostapi.String(part.Header.Get("Content-Type"))),
			hostapi.Field("data", hostapi.String(string(data))),
		))
	}
}

// cookiesOf gives the first cookie of each name.
func cookiesOf(header string) hostapi.Value {
	r := http.Request{Header: http.Header{"Cookie": {header}}}
	var entries []hostapi.Entry
	seen := map[string]bool{}
	for _, c := range r.Cookies() {
		if !seen[c.Name] {
			seen[c.Name] = true
			entries = append(entries, hostapi.Field(c.Name, hostapi.String(c.Value)))
		}
	}
	return hostapi.MapOf(entries...)
}

var formShape = &hostapi.Shape{
	Name: "form",
	Doc:  "What a form holds (48.15).",
	Fields: []hostapi.Param{
		{Name: "fields", Type: "map", Accept: hostapi.AcceptTable, Doc: "the first value of each name"},
		{Name: "all", Type: "map", Accept: hostapi.AcceptTable, Doc: "the list of the values of each name"},
		{Name: "files", Type: "list of map", Accept: hostapi.AcceptTable, Doc: "each a map {field, name, type, data}"},
	},
}
