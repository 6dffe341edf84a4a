#!/usr/bin/env bash
# What:      MoveBucket moves the bucket as it was before the transaction: what the same transaction
#            has put into it or deleted from it is undone.
# Versions:  go.etcd.io/bbolt v1.5.0
# Expected:  The comment of Bucket.MoveBucket lists when it gives an error; there is no word of
#            changes under way. Writes of a transaction are seen by its later operations, and are
#            there after the commit.
# Seen:      No error, and after the commit the moved bucket has the key that was deleted and not the
#            one that was put; a bucket that was made in the transaction arrives empty. A repair is
#            proposed upstream (etcd-io/bbolt pull request 1239).
# Hurts:     Whoever completes a job and moves it to the done bucket in one transaction: the result
#            is lost.
set -euo pipefail
trap 'exit 2' ERR # it cannot be tried here

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GOFLAGS=-mod=mod
go mod init finding
go get go.etcd.io/bbolt@v1.5.0
version=$(go list -m go.etcd.io/bbolt | paste -sd ' ')

cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
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
	db, err := bolt.Open(dir+"/db", 0o600, nil)
	check(err)
	defer db.Close()
	check(db.Update(func(tx *bolt.Tx) error {
		open, err := tx.CreateBucket([]byte("open"))
		check(err)
		_, err = tx.CreateBucket([]byte("done"))
		check(err)
		job, err := open.CreateBucket([]byte("job"))
		check(err)
		return job.Put([]byte("state"), []byte("running"))
	}))
	check(db.Update(func(tx *bolt.Tx) error {
		open, done := tx.Bucket([]byte("open")), tx.Bucket([]byte("done"))
		job := open.Bucket([]byte("job"))
		check(job.Delete([]byte("state")))
		check(job.Put([]byte("result"), []byte("42")))
		return open.MoveBucket([]byte("job"), done)
	}))
	check(db.View(func(tx *bolt.Tx) error {
		job := tx.Bucket([]byte("done")).Bucket([]byte("job"))
		fmt.Printf("state %q, result %q", job.Get([]byte("state")), job.Get([]byte("result")))
		return nil
	}))
}
GO

expected='state "", result "42"'
seen=$(go run .)
known='state "running", result ""'

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
