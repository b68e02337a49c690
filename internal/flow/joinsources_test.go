package flow

import (
	"testing"

	"pgregory.net/rapid"
)

// Cubes joined by their sources hold the same packets, are disjoint where the cubes
// were, and no two of them differ in their sources alone.
func TestJoinSourcesKeepsThePackets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cubes := drawCubes(t, 4)
		for i := range cubes { // likely alike but for their sources
			if rapid.Bool().Draw(t, "same") {
				own := cubes[i].Source
				cubes[i] = cubes[0]
				cubes[i].Source = own
			}
		}
		joined := JoinSources(cubes)
		if got, want := SpaceOf(joined...), SpaceOf(cubes...); !got.Equal(want) {
			t.Fatalf("%v, want %v", got, want)
		}
		for i, c := range joined {
			for _, o := range joined[:i] {
				alike := c
				alike.Source = o.Source
				if sameCube(alike, o) {
					t.Fatalf("%v and %v are two", c, o)
				}
			}
		}
		apart := JoinSources(SpaceOf(cubes...).Cubes())
		for i, c := range apart {
			for _, o := range apart[:i] {
				if c.Overlaps(o) {
					t.Fatalf("%v and %v overlap", c, o)
				}
			}
		}
	})
}
