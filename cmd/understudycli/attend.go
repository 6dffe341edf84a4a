package understudycli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// attend does work that a signal ends (21.1): the first one, SIGINT or SIGTERM, is
// told and makes the context of work done; at the second, work is left where it is,
// and the error says so. The program then exits. It is called once, from the
// goroutine of the command.
func attend(stderr io.Writer, work func(asked context.Context) error) error {
	return attendUnless(stderr, func(os.Signal) bool { return false }, work)
}

// attendUnless is attend, but for the signals that takes deals with, which it says.
func attendUnless(stderr io.Writer, takes func(os.Signal) bool, work func(asked context.Context) error) error {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	asked, ask := context.WithCancel(context.Background())
	defer ask()
	ended := make(chan error, 1)
	go func() { ended <- work(asked) }()
	for {
		select {
		case err := <-ended:
			return err
		case sig := <-signals:
			if takes(sig) {
				continue
			}
			if asked.Err() != nil {
				return status{statusFailed, "understudy: second signal, ended at once"}
			}
			fmt.Fprintf(stderr, "understudy: %s, shutting down; once more to end at once\n", sig)
			ask()
		}
	}
}
