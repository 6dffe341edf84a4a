package understudycli

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/inspect"
)

func sendCommand() *cli.Command {
	return lookCommand("send", "sends a message to a process of a running node", "PROCESS TOPIC [PAYLOAD...]",
		"A PAYLOAD that is a JSON value is that value, otherwise the text itself. The\nmessage has no sender. An action: it needs the token.", 2, -1, nil,
		func(l *looking) error {
			b := inspect.SendBody{Topic: l.c.Args().Get(1)}
			for _, text := range l.c.Args().Slice()[2:] {
				v, err := app.ParseArg(text)
				if err != nil {
					return usage("payload %q: %v", text, err)
				}
				b.Payloads = append(b.Payloads, v)
			}
			return l.act("send", b, "sent to %s")
		})
}

func cancelCommand() *cli.Command {
	flags := []cli.Flag{
		&cli.StringFlag{Name: "grace", Usage: "kill it if it has not ended after `DURATION`", DefaultText: "never"},
		&cli.StringFlag{Name: "reason", Usage: "`TEXT` that the process is told"},
	}
	return lookCommand("cancel", "asks a process of a running node to stop", "PROCESS",
		"It gets a CANCEL event, and is killed at the end of --grace. An action: it needs\nthe token.", 1, 1, flags,
		func(l *looking) error {
			if _, err := durationFlag(l.c, "grace"); err != nil {
				return err
			}
			return l.act("cancel", inspect.CancelBody{Grace: l.c.String("grace"), Reason: l.c.String("reason")}, "%s is asked to stop")
		})
}

func terminateCommand() *cli.Command {
	return lookCommand("terminate", "kills a process of a running node", "PROCESS",
		"It ends at once, and nothing in it can catch that. An action: it needs the token.", 1, 1, nil,
		func(l *looking) error { return l.act("terminate", inspect.Nothing{}, "%s is killed") })
}

// act asks for an action on the process that the first argument means, and says that it was
// done.
func (l *looking) act(name string, body any, done string) error {
	pid, err := l.pid(l.c.Args().First())
	if err != nil {
		return err
	}
	if err := l.Post(l.ctx, processPath(pid)+"/"+name, body, nil); err != nil {
		return err
	}
	if l.c.Bool("json") {
		return l.line(map[string]string{"pid": pid})
	}
	_, err = fmt.Fprintf(l.c.App.Writer, done+"\n", pid)
	return err
}
