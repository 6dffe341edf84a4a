#!/usr/bin/env bash
# What:      In a key-value bucket with MaxValueSize, Create and Update refuse values that Put
#            accepts, and in a bucket for small values keys cannot be deleted or purged.
# Versions:  github.com/nats-io/nats.go v1.55.0 against github.com/nats-io/nats-server/v2 v2.15.2
# Expected:  The comment of KeyValueConfig: MaxValueSize is the maximum size of a value in bytes. A
#            value of that size may be put, so it may be created; a deletion has no value.
# Seen:      The limit is that of the message with its headers, which Create, Update, Delete and
#            Purge need: with 64 bytes the largest value to create has 12, with 10 bytes nothing can
#            be created, deleted or purged.
# Hurts:     Buckets of counters, locks and flags with a tight limit: the first deletion fails in
#            production, with "message size exceeds maximum allowed".
set -euo pipefail
trap 'exit 2' ERR # it cannot be tried here

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get github.com/nats-io/nats-server/v2@v2.15.2 github.com/nats-io/nats.go@v1.55.0
version=$(go list -m github.com/nats-io/nats-server/v2 github.com/nats-io/nats.go | paste -sd ' ')

cat > main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	dir, err := os.MkdirTemp("", "")
	check(err)
	defer os.RemoveAll(dir)
	s, err := server.NewServer(&server.Options{DontListen: true, JetStream: true, StoreDir: dir, NoLog: true, NoSigs: true})
	check(err)
	s.Start()
	defer s.Shutdown()
	s.ReadyForConnections(10 * time.Second)
	nc, err := nats.Connect("", nats.InProcessServer(s))
	check(err)
	js, err := jetstream.New(nc)
	check(err)
	ctx := context.Background()
	for _, size := range []int{64, 10} {
		kv, err := js.CreateKeyValue(ctx, jetstream.KeyValueConfig{
			Bucket: fmt.Sprint("b", size), MaxValueSize: int32(size), Storage: jetstream.MemoryStorage,
		})
		check(err)
		value := make([]byte, size)
		ok := func(err error) bool { return err == nil }
		rev, err := kv.Put(ctx, "a", value)
		fmt.Print(size, ": put ", ok(err))
		_, err = kv.Update(ctx, "a", value, rev)
		fmt.Print(", update ", ok(err))
		_, err = kv.Create(ctx, "b", value)
		fmt.Print(", create ", ok(err))
		fmt.Print(", delete ", ok(kv.Delete(ctx, "a")), ", purge ", ok(kv.Purge(ctx, "a")), "; ")
	}
}
GO

expected="64: put true, update true, create true, delete true, purge true; 10: put true, update true, create true, delete true, purge true; "
seen=$(go run .)
known="64: put true, update false, create false, delete true, purge true; 10: put true, update false, create false, delete false, purge false; "

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
