// Package httpclient is the script module http_client, and the client behind it: HTTP
// requests to where the administrator allows them (section 43 of docs/spec).
//
// A Client is a resource of kind http.client. Its guard looks at every URL, redirects
// included, before a request goes out, and at every address before a connection is made,
// so that no name, no redirect and no form of writing an address leads to the machine
// itself or its neighbours (43.8).
package httpclient
