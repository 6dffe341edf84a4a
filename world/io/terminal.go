// Package io is the script module io: what the process reads and writes that the command
// has started (section 45 of docs/spec).
package io

import (
	"bytes"
	"context"
	stdio "io"

	"github.com/understudy-run/understudy/hostapi"
)

// Terminal is what one process reads and writes: a facility that is offered to it alone
// (core.Runtime.LaunchWith). Its fields are not changed.
type Terminal struct {
	Args []string
	// Write writes to the output, in the order of what is printed, and returns when that
	// is taken: core.Runtime.WriteOutput.
	Write func(ctx context.Context, text string) error
	// Err takes what eprint writes, from any goroutine.
	Err stdio.Writer

	in input
}

// NewTerminal gives a terminal that reads from in, which is read by one goroutine at a
// time, and only when somebody wants to read.
func NewTerminal(in stdio.Reader, args []string, write func(context.Context, string) error, err stdio.Writer) *Terminal {
	return &Terminal{Args: args, Write: write, Err: err, in: input{from: in, turn: make(chan struct{}, 1), pieces: make(chan piece, 1)}}
}

// How much is read at once, and of a line.
const (
	readPiece   = 64 << 10
	longestLine = 1 << 20
)

// input is what is read by whoever has put something into turn.
type input struct {
	from   stdio.Reader
	turn   chan struct{}
	pieces chan piece

	reading bool   // a goroutine waits for more
	have    []byte // was read and not taken
	err     error  // of reading on; io.EOF
}

type piece struct {
	data []byte
	err  error
}

func errNoTerminal() error { return hostapi.Errorf(hostapi.Unavailable, "no terminal") }

// claim makes the caller the one who reads; release lets another.
func (in *input) claim() error {
	select {
	case in.turn <- struct{}{}:
		return nil
	default:
		return errNoTerminal()
	}
}

func (in *input) release() { <-in.turn }

// fill reads more. What reads cannot be told to stop: the goroutine that does waits on, and
// what it brings is for who reads next.
func (in *input) fill(ctx context.Context) error {
	if in.err != nil {
		return in.err
	}
	if !in.reading {
		in.reading = true
		go func() {
			data := make([]byte, readPiece)
			n, err := in.from.Read(data)
			in.pieces <- piece{data[:n], err}
		}()
	}
	select {
	case p := <-in.pieces:
		in.reading = false
		in.have, in.err = append(in.have, p.data...), p.err
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take gives the first n bytes, and forgets them with what stands behind up to skip.
func (in *input) take(n, skip int) string {
	text := string(in.have[:n])
	in.have = in.have[skip:]
	if len(in.have) == 0 {
		in.have = nil
	}
	return text
}

// ended gives the error of an input that has nothing more; nil at its end.
func (in *input) ended() error {
	if in.err == stdio.EOF {
		return nil
	}
	return hostapi.Errorf(hostapi.Unavailable, "input lost")
}

// read gives at most n bytes, nil at the end.
func (in *input) read(ctx context.Context, n int) (hostapi.Value, error) {
	for len(in.have) == 0 {
		switch err := in.fill(ctx); {
		case in.err != nil && len(in.have) == 0:
			return hostapi.Value{}, in.ended()
		case err != nil:
			return hostapi.Value{}, err
		}
	}
	n = min(n, len(in.have))
	return hostapi.String(in.take(n, n)), nil
}

// line gives a line without its end, the last one also if it has none; nil at the end. Of
// one that is too long nothing is taken.
func (in *input) line(ctx context.Context) (hostapi.Value, error) {
	looked := 0
	for {
		end := bytes.IndexByte(in.have[looked:], '\n')
		switch looked += max(end, 0); {
		case end >= 0 && looked <= longestLine:
			return hostapi.String(in.take(len(bytes.TrimSuffix(in.have[:looked], []byte("\r"))), looked+1)), nil
		case end >= 0 || len(in.have) > longestLine:
			return hostapi.Value{}, hostapi.Errorf(hostapi.LimitExceeded, "line too long: more than %d bytes", longestLine)
		case in.err != nil && len(in.have) > 0:
			return hostapi.String(in.take(len(in.have), len(in.have))), nil
		case in.err != nil:
			return hostapi.Value{}, in.ended()
		}
		looked = len(in.have)
		if err := hostapi.Grow(ctx, readPiece); err != nil {
			return hostapi.Value{}, err
		}
		if err := in.fill(ctx); err != nil {
			return hostapi.Value{}, err
		}
	}
}

// pour puts all lines into a feed, those that are too long in pieces, and closes it.
func (in *input) pour(feed hostapi.Feed) {
	defer in.release()
	defer feed.Close()
	ctx := context.Background() // Put fails when the process has ended
	for {
		line, err := in.line(ctx)
		if err != nil && len(in.have) > longestLine {
			line, err = hostapi.String(in.take(longestLine, longestLine)), nil
		}
		if err != nil || line.IsNil() || feed.Put(ctx, line) != nil {
			return
		}
	}
}
