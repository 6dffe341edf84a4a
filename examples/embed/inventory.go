package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/define"
)

// warehouse is a server that knows prices: here one of our own.
func warehouse() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("item") != "apples" {
			http.Error(w, "not in stock", http.StatusNotFound)
			return
		}
		fmt.Fprint(w, 3)
	}))
}

// inventory gives the module that asks it. The context means that a call waits for the
// outside: the actor that made it, and no other; and that a kill ends the request.
func inventory(url string) *hostapi.Module {
	return define.Module("inventory", "What the shop has.",
		define.Func("price", "The price of one item.", func(ctx context.Context, item string) (price int, err error) {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"?item="+item, nil)
			if err != nil {
				return 0, err
			}
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				return 0, hostapi.Errorf(hostapi.Unavailable, "%v", err)
			}
			defer answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				return 0, hostapi.Errorf(hostapi.NotFound, "not in stock")
			}
			_, err = fmt.Fscan(answer.Body, &price)
			return price, err
		}, "item"))
}
