package sqlite_test

import (
	"bytes"
	stdsql "database/sql"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/understudy-run/understudy"
)

// lines collects what scripts print.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.more <- struct{}{}:
	default:
	}
	return l.text.Write(p)
}

// 40.9, 40.11: processes with open transactions, cursors and statements under way are
// killed again and again. Every row whose commit has returned is there, of a transaction
// both rows or none, none of those that were not committed; and nothing is left.
func TestStorm(t *testing.T) {
	processes, kills := 1000, 2000
	switch {
	case os.Getenv("UNDERSTUDY_LONG") != "":
		kills = 20_000
	case testing.Short():
		processes, kills = 100, 300
	}
	file := t.TempDir() + "/storm.db"
	out := &lines{more: make(chan struct{}, 1)}
	s := open(t, file, nil, understudy.Options{Output: out})
	s.gives(`true`, with+`return assert(db:script("CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER)"))`)
	s.define("stormy", with+`local from = ...
		for i = from, from + 99998, 2 do
			local tx = assert(db:begin{timeout = "10m"})
			assert(tx:execute("INSERT INTO t VALUES (?, 1)", {i}))
			if i % 3 == 0 then -- never committed
				assert(tx:execute("INSERT INTO t VALUES (?, -1)", {i + 1}))
				local c = assert(tx:rows("SELECT id FROM t")) c:next()
				local early = (i - from) % 4 == 0
				if early then assert(tx:rollback()) end
				local other = assert(db:rows("SELECT id FROM t")) other:next()
				if not early then assert(tx:rollback()) end
				other:close()
			else
				assert(tx:execute("INSERT INTO t VALUES (?, 2)", {i + 1}))
				assert(tx:commit())
				print(i)
			end
		end`)
	start := func(i int) *understudy.Process {
		p, err := s.rt.Start(t.Context(), "test:stormy", i*100_000)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	running := make([]*understudy.Process, processes)
	for i := range running {
		running[i] = start(i)
	}
	seed := rand.New(rand.NewPCG(1, 2))
	for k := range kills {
		if k%5 == 0 { // so that something is committed in between
			<-out.more
		}
		i := seed.IntN(processes)
		if err := running[i].Kill(); err != nil {
			t.Fatal(err)
		}
		if _, err := running[i].Wait(t.Context()); err == nil {
			t.Fatal("was not killed")
		}
		running[i] = start(processes + k)
	}
	for _, p := range running {
		if err := p.Kill(); err != nil {
			t.Fatal(err)
		}
		_, _ = p.Wait(t.Context())
	}
	s.stop() // which waits for releases that took longer than a second
	if _, _, used, waiting := s.db.InUse(); used != 0 || waiting != 0 {
		t.Errorf("%d connections in use, %d operations waiting", used, waiting)
	}
	stacks := make([]byte, 16<<20)
	if text := string(stacks[:runtime.Stack(stacks, true)]); strings.Contains(text, "world/sql.(*") {
		t.Errorf("goroutines are left:\n%s", text)
	}
	db, err := stdsql.Open("sqlite", file+"?_busy_timeout=0&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin() // no lock is left
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	there := map[int]int{}
	rows, err := tx.Query("SELECT id, n FROM t")
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var id, n int
		if err := rows.Scan(&id, &n); err != nil {
			t.Fatal(err)
		}
		there[id] = n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for id, n := range there {
		if n == -1 || n == 1 && (id%3 == 0 || there[id+1] != 2) || n == 2 && there[id-1] != 1 {
			t.Errorf("row %d, %d beside %d and %d", id, n, there[id-1], there[id+1])
		}
	}
	committed := strings.Fields(out.text.String())
	for _, line := range committed {
		if id, err := strconv.Atoi(line); err != nil || there[id] != 1 {
			t.Errorf("committed %s is not there", line)
		}
	}
	if len(committed) == 0 {
		t.Error("nothing was committed")
	}
	t.Logf("%d kills, %d commits, %d rows", kills, len(committed), len(there))
}
