package plain

// asking is one question on its way through the network, under one reading.
type asking struct {
	*Twin
	// fixed are the options decided for this run; others have their value in
	// the twin's switches.
	fixed map[Option]bool
	// touched are the options on which something in this run depended, in the
	// order in which they were met.
	touched []Option
	hops    []Hop
}

// on reads an option. Call it only where its value makes a difference: what is
// read is what the answer may turn on.
func (a *asking) on(o Option) bool {
	known := false
	for _, t := range a.touched {
		known = known || t == o
	}
	if !known {
		a.touched = append(a.touched, o)
	}
	if taken, ok := a.fixed[o]; ok {
		return taken
	}
	return a.switches.On[o]
}

// pass records a hop that lets the packet go on.
func (a *asking) pass(h Hop) { a.hops = append(a.hops, h) }

// end records the hop that ends the way, with its verdict.
func (a *asking) end(v Verdict, h Hop) *Answer {
	a.hops = append(a.hops, h)
	return &Answer{Verdict: v, Decider: h, Hops: a.hops, Reading: a.reading()}
}

func (a *asking) reading() map[Option]bool {
	reading := map[Option]bool{}
	for _, o := range a.touched {
		reading[o] = a.on(o)
	}
	return reading
}
