package hostapi

import (
	"log/slog"
	"time"
)

// Process is what the modules can do in the name of the process that calls
// them. The core implements it. All methods are called on the goroutine of the
// process's running task. Those marked "suspends" may park that task; called
// during the top level they fail with Invalid "cannot block during module load"
// if they would have to wait. Every method that returns an error may return
// ErrKilled; other errors are *Error values with the kinds and texts of the
// clause named.
type Process interface {
	Identity
	Spawner
	Messenger
	Talker
	Watcher
	Registrar
	Concurrency
	Clock
	Surroundings
	Outside
	Facilities
}

// Identity tells who the process is.
type Identity interface {
	// PID is the same for life (2.27).
	PID() PID
	// Host is the id of the host that the process is on (70.4).
	Host() string
	// EntryID is the entry whose code is running (2.28).
	EntryID() string
	// Options gives the current options (2.29).
	Options() Options
	// SetOptions replaces them (2.30).
	SetOptions(Options) error
}

// Options are the options of a process (2.30). Both are false at first.
type Options struct {
	// TrapLinks turns failures of linked processes into LINK_DOWN events.
	TrapLinks bool
	// Upgradable asks for OUTDATED events.
	Upgradable bool
}

// Spawner starts processes and replaces code.
type Spawner interface {
	// Spawn creates a process and returns when it is live (2.1 to 2.7).
	// Suspends.
	Spawn(Spawn) (PID, error)
	// Exec creates a process, waits for its end and gives its value, or the
	// error it failed with (13.1 to 13.3). Suspends.
	Exec(Spawn) (Value, error)
	// Upgrade replaces the code of the process by that of an entry, "" for the
	// one running. On success it returns ErrKilled, since the calling task is
	// over (13.5 to 13.13). Suspends.
	Upgrade(id string, args []Value) error
}

// Spawn says what to start and how.
type Spawn struct {
	ID   string  // process entry
	Host string  // host entry; "": that of the entry, else of the caller (70.4)
	Args []Value // payloads for the method

	Link    bool // link caller and new process
	Monitor bool // let the caller monitor it

	Name     string     // registered for the new process (13.20)
	Named    bool       // also if Name is "", which is an invalid one
	Context  []Entry    // context values added to the inherited ones (13.19)
	Messages []Outgoing // sent right after creation, in order (13.21)

	// Trace is the span that an embedding program is in which spawns it; that of a
	// process is known.
	Trace TraceContext
}

// Outgoing is a message to be sent.
type Outgoing struct {
	Topic    string
	Payloads []Value
	Trace    TraceContext // the span that an embedding program is in which sends it
}

// Messenger sends and receives.
type Messenger interface {
	// Send puts one message into the mailbox of dest, a PID or a name. It never
	// waits (3.1 to 3.6).
	Send(dest, topic string, payloads []Value) error
	// SendValue is Send with one payload, which most messages have: it makes less.
	SendValue(dest, topic string, payload Value) error
	// Inbox is the view of all messages without a listener; it yields *Message
	// objects (3.11). The same channel every time.
	Inbox() Channel
	// Events is the view of events; it yields records of EventShape (3.12). The
	// same channel every time.
	Events() Channel
	// Listen opens the view of one topic. It yields *Message objects if
	// messages is set, else the payload itself (3.13, 3.14).
	Listen(topic string, messages bool) (Channel, error)
	// Unlisten closes a channel of Listen (3.15).
	Unlisten(Channel) error
}

// Watcher links, monitors and stops processes. dest is a PID or a name.
type Watcher interface {
	Monitor(dest string) error   // 6.1 to 6.3
	Unmonitor(dest string) error // 6.4
	Link(dest string) error      // 5.2, 5.3
	Unlink(dest string) error    // 5.4
	// Cancel asks dest to stop and kills it after grace, unless grace is
	// negative, which stands for no deadline (7.1 to 7.8).
	Cancel(dest string, grace time.Duration, reason string) error
	// Terminate kills dest. Of oneself it returns ErrKilled (7.9 to 7.11).
	Terminate(dest string) error
}

// Registrar keeps names (section 12).
type Registrar interface {
	// Register gives pid a name; "" stands for the caller (12.1).
	Register(name string, pid PID) error
	// Lookup gives the holder of a name (12.3).
	Lookup(name string) (PID, error)
	// Unregister frees a name and reports whether anyone held it (12.4).
	Unregister(name string) (bool, error)
}

// Concurrency offers coroutines and channels inside the process.
type Concurrency interface {
	// Go starts a coroutine that calls fn; it runs before the caller goes on
	// (9.1, 9.4). Suspends.
	Go(fn Function, args []Value) (Coroutine, error)
	// Yield lets the other runnable coroutines run (9.5). Suspends.
	Yield() error
	// NewChannel makes a private channel (8.1). Capacity 0 is unbuffered;
	// a negative one is Invalid "invalid capacity".
	NewChannel(capacity int) (Channel, error)
	// Select waits for the first ready case in list order, or returns index -1
	// at once if none is ready and wait is false (8.10 to 8.20). A send case of
	// a closed channel is an *Error. Suspends.
	Select(cases []*Case, wait bool) (Selected, error)
}

// Clock is the runtime's clock as the process sees it (10.18).
type Clock interface {
	// Now is the current time, in the runtime's local time zone.
	Now() time.Time
	// Started is when the process started.
	Started() time.Time
	// Sleep suspends for at least d; at once if d ≤ 0 (10.6).
	Sleep(d time.Duration) error
	// NewTimer makes a timer that fires once after d > 0, yields value of the
	// time on its channel and closes it (10.7, 10.8).
	NewTimer(d time.Duration, value func(time.Time) Value) (Timer, error)
	// NewTicker makes a ticker with period d > 0 (10.9).
	NewTicker(d time.Duration, value func(time.Time) Value) (Ticker, error)
}

// Timer is a running timer (10.8).
type Timer interface {
	// Channel is the same every time.
	Channel() Channel
	// Stop reports whether the timer was pending; it then closes the channel.
	Stop() bool
	// Reset reports whether the timer was pending; it then fires d from now.
	Reset(d time.Duration) bool
}

// Ticker is a running ticker (10.9).
type Ticker interface {
	// Channel is the same every time.
	Channel() Channel
	// Stop ends the ticks and closes the channel.
	Stop()
}

// Surroundings are the context values and the output of the process.
type Surroundings interface {
	// ContextValue gives one context value (13.24).
	ContextValue(key string) (Value, bool)
	// ContextValues gives all of them, in order of their keys.
	ContextValues() []Entry
	// Print writes one line to the runtime's output (13.25).
	Print(line string) error
	// Log writes one structured record (13.26).
	Log(level slog.Level, message string, fields []slog.Attr) error
	// Seed gives the seed of the process's random generator: drawn by the
	// runtime, the same for the life of the process.
	Seed() uint64
}
