package plain

import (
	"maps"
	"slices"

	"github.com/wayleave/wayleave/internal/azure"
)

// Settled answers a question under every reading of the open points it
// touches (META-1). The verdict is that of all readings, or Undecided where
// readings differ, and then names the switches it turns on; the rest of the
// answer is that of the twin's own reading.
//
// The type of an ICMP packet counts as not known: the answer holds for every
// type.
func (t *Twin) Settled(q Question) (Answer, error) {
	answer, err := t.Follow(q)
	if err != nil {
		return Answer{}, err
	}
	var readings []Answer
	for _, q := range t.everyType(q) {
		more, err := t.readings(q, map[Option]bool{})
		if err != nil {
			return Answer{}, err
		}
		readings = append(readings, more...)
	}
	turns := map[string]bool{}
	for _, other := range readings {
		if other.Verdict == answer.Verdict {
			continue
		}
		for option, taken := range other.Reading {
			if taken != t.switches.On[option] {
				turns[option.Switch()] = true
			}
		}
	}
	answer.Reading = nil
	if len(turns) > 0 && answer.Verdict != Undecided {
		answer.Verdict = Undecided
		answer.TurnsOn = slices.Sorted(maps.Keys(turns))
	}
	return answer, nil
}

// readings answers under every combination of the options that come up.
func (t *Twin) readings(q Question, fixed map[Option]bool) ([]Answer, error) {
	answer, touched, err := t.follow(q, fixed)
	if err != nil {
		return nil, err
	}
	for _, o := range touched {
		if _, ok := fixed[o]; ok {
			continue
		}
		var all []Answer
		for _, taken := range []bool{false, true} {
			more := maps.Clone(fixed)
			more[o] = taken
			answers, err := t.readings(q, more)
			if err != nil {
				return nil, err
			}
			all = append(all, answers...)
		}
		return all, nil
	}
	return []Answer{answer}, nil
}

// everyType is the question itself or, for ICMP, one question for each range
// of ICMP types that no rule of the network divides.
func (t *Twin) everyType(q Question) []Question {
	if q.Packet.Protocol != protoICMP {
		return []Question{q}
	}
	starts := map[uint16]bool{0: true} // where a range begins
	var rules []*azure.SecurityRule
	for _, group := range t.network.NetworkSecurityGroups {
		rules = append(rules, group.Rules...)
	}
	for _, r := range t.network.AdminRules {
		rules = append(rules, r.Match)
	}
	for _, rule := range rules {
		for _, term := range rule.DestinationPorts.Terms {
			if term.First <= 255 {
				starts[term.First] = true
			}
			if term.Last < 255 {
				starts[term.Last+1] = true
			}
		}
	}
	var questions []Question
	for start := range starts {
		q.Packet.DestinationPort = start
		questions = append(questions, q)
	}
	return questions
}
