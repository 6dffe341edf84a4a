package conformance

import "github.com/understudy-run/understudy/hostapi"

// badge is a sendable object of the module "stage" (1.19).
type badge struct {
	hostapi.Handle
	text *string // two badges are the same if this pointer is
}

// ObjectType says what scripts can do with a badge.
func (*badge) ObjectType() *hostapi.ObjectType { return badgeType }

// String is its text form.
func (b *badge) String() string { return "badge(" + *b.text + ")" }

// Share makes it sendable.
func (b *badge) Share() hostapi.Sendable { return &badge{text: b.text} }

var badgeType = &hostapi.ObjectType{
	Name: "badge",
	Doc:  "Something sendable.",
	Methods: []*hostapi.Func{
		{
			Name:    "text",
			Doc:     "What is written on it.",
			Results: []hostapi.Param{{Name: "text", Accept: hostapi.AcceptString}},
			Run: func(c hostapi.Call) error {
				c.Push(hostapi.String(*c.Self().(*badge).text))
				return nil
			},
		},
		{
			Name:    "same",
			Doc:     "Whether both stand for the same.",
			Params:  []hostapi.Param{{Name: "other", Accept: hostapi.AcceptAny}},
			Results: []hostapi.Param{{Name: "same", Accept: hostapi.AcceptBool}},
			Run: func(c hostapi.Call) error {
				other, ok := c.Arg(0).Object().(*badge)
				c.Push(hostapi.Bool(ok && other.text == c.Self().(*badge).text))
				return nil
			},
		},
	},
}

var makeBadge = &hostapi.Func{
	Name:    "badge",
	Doc:     "Makes a sendable object.",
	Params:  []hostapi.Param{{Name: "text", Accept: hostapi.AcceptString}},
	Results: []hostapi.Param{{Name: "badge", Object: badgeType, Accept: hostapi.AcceptObject}},
	Run: func(c hostapi.Call) error {
		text := c.Arg(0).Str()
		c.Push(hostapi.Wrap(&badge{text: &text}))
		return nil
	},
}
