package memory

import "testing"

const crowdLimit = 16 << 20

// openCrowd has old processes when the guard begins to watch, and recent ones of
// another entry after that.
func openCrowd(t *testing.T, old, recent int) *guarded {
	g := openGuarded(t, old)
	g.guard.limit = crowdLimit
	g.memory.live = crowdLimit * 8 / 10
	g.guard.look()
	g.spawn("test:flood", recent)
	return g
}

func span(from, to int) (out []int) {
	for i := from; i < to; i++ {
		out = append(out, i)
	}
	return out
}

// Processes of which each holds hardly anything are killed if they came by the
// hundred while memory fell; those that were there before are spared.
func TestGuardKillsCrowd(t *testing.T) {
	g := openCrowd(t, 5, 200)
	g.memory.live = crowdLimit * 95 / 100
	g.expect("near the limit", 1, span(5, 205)...)
	g.memory.live = crowdLimit / 2
	g.expect("after relief", 3, span(5, 205)...)
}

// openFlood gives a guard that has looked at 300 processes of one entry while memory
// fell, after which so many more of them have come.
func openFlood(t *testing.T, more int) *guarded {
	g := openCrowd(t, 0, 0)
	g.memory.live = crowdLimit / 2
	g.guard.look() // all is well
	g.spawn("test:flood", 300)
	g.memory.live = crowdLimit * 8 / 10
	g.guard.look()
	g.spawn("test:flood", more)
	return g
}

// Of a crowd of one entry the young are killed first, and without relief more of
// the others in each round.
func TestGuardKillsTheYoungOfACrowd(t *testing.T) {
	g := openFlood(t, 100)
	g.memory.live = crowdLimit * 95 / 100
	g.expect("first round", 1, span(200, 400)...)
}

// When memory is out the whole crowd goes.
func TestGuardKillsTheWholeCrowd(t *testing.T) {
	g := openFlood(t, 200)
	g.memory.live = crowdLimit
	g.expect("at the limit", 1, span(0, 500)...)
}

// Who spawns one more of a crowd dies with it, old as it may be.
func TestGuardKillsTheMaker(t *testing.T) {
	g := openCrowd(t, 5, 200)
	g.all[2].makes = []uint64{g.all[204].serial}
	g.memory.live = crowdLimit * 95 / 100
	g.expect("near the limit", 1, append([]int{2}, span(5, 205)...)...)
}

// A few processes that were spawned meanwhile are not what filled the memory:
// who works is.
func TestGuardSparesAFew(t *testing.T) {
	g := openCrowd(t, 5, 60)
	g.all[3].steps.Add(1 << 20)
	g.memory.live = crowdLimit * 95 / 100
	g.expect("near the limit", 1, 3)
}

// A process that is known to hold much is to blame, and not the crowd.
func TestGuardSparesTheCrowd(t *testing.T) {
	g := openCrowd(t, 5, 200)
	g.all[3].memory.Store(crowdLimit / 4)
	g.memory.live = crowdLimit * 95 / 100
	g.expect("near the limit", 1, 3)
}
