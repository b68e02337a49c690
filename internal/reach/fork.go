package reach

// fork tells pieces apart of which there are two, once something has blocked their
// packets: one that goes on until they are stopped, as a query for what comes first has
// it, and one that goes on as if they were not.
type fork uint8

const (
	undivided fork = iota
	first
	onward
)

// excludes reports whether two pieces are different ones of the two.
func (k fork) excludes(o fork) bool { return k != o && k != undivided && o != undivided }

// forked takes out what is stopped of the pieces, and divides those that something has
// blocked meanwhile.
func forked(pieces []piece) (ended, live []piece) {
	for _, p := range pieces {
		if p.fork == onward || p.verdict() != Blocked {
			live = append(live, p)
			continue
		}
		stopped := p
		stopped.fork = first
		ended = append(ended, stopped)
		if p.fork == undivided {
			p = p.with(p.packets)
			p.fork = onward
			live = append(live, p)
		}
	}
	return ended, live
}
