package understudycli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/inspect"
)

func treeCommand() *cli.Command {
	return lookCommand("tree", "shows the services and supervisors of a running node with what they keep running", "",
		"A line for each service, supervisor and child: its state, since when, how often\nit was restarted, and the last failure.", 0, 0, nil,
		func(l *looking) error {
			var node inspect.Node
			if err := l.Get(l.ctx, "node", nil, &node); err != nil {
				return err
			}
			return show(l, "tree", nil, func(t inspect.Tree) error {
				writeTree(l.c.App.Writer, t, node.Now)
				return nil
			})
		})
}

func writeTree(w io.Writer, t inspect.Tree, now time.Time) {
	for _, n := range t.Tree {
		writeNode(w, "", "", &n, now)
	}
	if len(t.Tree) == 0 {
		fmt.Fprintln(w, "no services and no supervisors")
	}
}

// writeNode writes a node of the tree with all below it. first stands before its own line,
// rest before what is below.
func writeNode(w io.Writer, first, rest string, n *inspect.TreeNode, now time.Time) {
	fmt.Fprintln(w, first+nodeLine(n, now))
	for i := range n.Children {
		branch, below := "├─ ", "│  "
		if i == len(n.Children)-1 && n.More == 0 {
			branch, below = "└─ ", "   "
		}
		writeNode(w, rest+branch, rest+below, &n.Children[i], now)
	}
	if n.More > 0 {
		fmt.Fprintf(w, "%s└─ ... and %d more\n", rest, n.More)
	}
}

// nodeLine says what is known of a node of the tree.
func nodeLine(n *inspect.TreeNode, now time.Time) string {
	words := []string{visible(n.ID, "")}
	if n.Strategy != "" {
		words = append(words, fmt.Sprintf("[%s, %d in %s]", n.Strategy, n.Intensity, ago(seconds(n.Period))))
	}
	words = append(words, n.State)
	if n.PID != "" && n.PID != n.ID {
		words = append(words, n.PID)
	}
	if n.Entry != "" && n.Entry != n.ID {
		words = append(words, visible(n.Entry, ""))
	}
	if n.Since != nil {
		words = append(words, "for "+ago(now.Sub(*n.Since)))
	}
	if n.Restarts > 0 {
		words = append(words, fmt.Sprintf("restarts: %d", n.Restarts))
	}
	if n.Error != nil {
		words = append(words, "last: "+clipped(firstLine(n.Error.Message), 100))
	}
	return strings.Join(words, "  ")
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
