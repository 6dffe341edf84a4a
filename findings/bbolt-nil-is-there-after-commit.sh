#!/usr/bin/env bash
# What:      A key that was put with a nil value is missing for Get until the transaction is
#            committed, and there afterwards.
# Versions:  go.etcd.io/bbolt v1.5.0
# Expected:  The README: Get gives nil if the key does not exist, and "you can have a zero-length
#            value set to a key which is different than the key not existing". A cursor finds the key
#            all the time, and with []byte{} in place of nil Get does too.
# Seen:      nil in the transaction, an empty slice after it.
# Hurts:     Sets and indexes, which are put with nil: "have I seen it" in one transaction of many
#            puts says no for what was just put.
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
	key := []byte("seen")
	check(db.Update(func(tx *bolt.Tx) error {
		set, err := tx.CreateBucket([]byte("set"))
		check(err)
		check(set.Put(key, nil))
		found, _ := set.Cursor().Seek(key)
		fmt.Printf("cursor %q, Get nil: %v; ", found, set.Get(key) == nil)
		return nil
	}))
	check(db.View(func(tx *bolt.Tx) error {
		fmt.Print("committed, Get nil: ", tx.Bucket([]byte("set")).Get(key) == nil)
		return nil
	}))
}
GO

expected='cursor "seen", Get nil: false; committed, Get nil: false'
seen=$(go run .)
known='cursor "seen", Get nil: true; committed, Get nil: false'

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
