// Package postgrestest starts a PostgreSQL of their own for tests.
package postgrestest

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Start starts a cluster in a temporary directory, reached by a socket there, and gives
// the DSN of its database. It ends with the test. Where PostgreSQL is not installed, or
// cannot run, the test is skipped and says so. It is called on the test's goroutine.
func Start(t testing.TB) (dsn string) {
	t.Helper()
	initdb, server := find("initdb"), find("postgres")
	if initdb == "" || server == "" {
		t.Skip("no PostgreSQL here: initdb and postgres were not found (Debian package postgresql)")
	}
	who, err := account()
	if err != nil {
		t.Skip("PostgreSQL does not run as root, and there is no user postgres: ", err)
	}
	dir, err := os.MkdirTemp("", "understudy-postgres-") // short: it holds a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if who != nil {
		if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	data := filepath.Join(dir, "data")
	command := func(name string, args ...string) *exec.Cmd {
		c := exec.Command(name, args...)
		c.Dir, c.SysProcAttr = dir, &syscall.SysProcAttr{Credential: who}
		return c
	}
	if out, err := command(initdb, "-D", data, "-A", "trust", "-U", "understudy", "-E", "UTF8", "--locale=C", "--no-sync").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	c := command(server, "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=40")
	log, err := c.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ready, ended := make(chan bool, 1), make(chan struct{})
	go func() { // until the server ends
		defer close(ended)
		lines := bufio.NewScanner(log)
		for lines.Scan() {
			if strings.Contains(lines.Text(), "ready to accept connections") {
				ready <- true
			}
		}
		_, _ = io.Copy(io.Discard, log)
		select {
		case ready <- false:
		default:
		}
	}()
	t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGINT) // at once, but properly
		<-ended
		_ = c.Wait()
	})
	if !<-ready {
		t.Fatal("postgres has ended before it was ready")
	}
	return "host=" + dir + " user=understudy dbname=postgres sslmode=disable"
}

// find gives the path of a program of PostgreSQL, "" if there is none. Debian puts them
// beside its path, by version.
func find(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) == 0 {
		return ""
	}
	slices.Sort(found)
	return found[len(found)-1]
}

// account gives the user that the server runs as, nil for our own.
func account() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}
