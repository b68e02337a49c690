package flow

import (
	"testing"

	"pgregory.net/rapid"
)

// What is left of a box is every product of its classes that no box taken away holds,
// once; and it stays so when the memory of its other pieces is used for the next box.
func TestCarverLeavesWhatNoBoxHolds(t *testing.T) {
	const sources, destinations, services = 70, 150, 5
	side := func(t *rapid.T, n int) bitmap {
		b := newBitmap(n)
		for _, class := range rapid.SliceOfN(rapid.IntRange(0, n-1), 1, n).Draw(t, "classes") {
			b.set(class)
		}
		return b
	}
	draw := func(t *rapid.T) box { return box{side(t, sources), side(t, destinations), side(t, services)} }
	rapid.Check(t, func(t *rapid.T) {
		c := newCarver(&meter{grant: defaultWork, pause: func() bool { return false }, memory: defaultMemory}, 1)
		others := make([]box, rapid.IntRange(0, 6).Draw(t, "boxes"))
		for i := range others {
			if others[i] = draw(t); i > 0 && rapid.Bool().Draw(t, "the destinations of the last") {
				others[i].d = others[i-1].d
			}
		}
		wholes, lefts := []box{draw(t), draw(t), draw(t)}, [3][]box{}
		for i := range wholes {
			c.start(&wholes[i])
			for k := range others {
				if !c.take(&others[k]) {
					t.Fatal("the meter ran out")
				}
				if rapid.Bool().Draw(t, "sides are moved together") {
					c.compact()
				}
			}
			lefts[i] = c.left()
		}
		for i := range wholes {
			for s := range sources {
				for d := range destinations {
					for v := range services {
						want := 0
						if holds(&wholes[i], s, d, v) {
							want = 1
						}
						for k := range others {
							if holds(&others[k], s, d, v) {
								want = 0
							}
						}
						got := 0
						for k := range lefts[i] {
							if holds(&lefts[i][k], s, d, v) {
								got++
							}
						}
						if got != want {
							t.Fatalf("box %d: %d pieces hold (%d, %d, %d), want %d", i, got, s, d, v, want)
						}
					}
				}
			}
		}
	})
}

func holds(b *box, s, d, t int) bool { return b.s.has(s) && b.d.has(d) && b.t.has(t) }
