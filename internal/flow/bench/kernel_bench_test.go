package bench

import (
	"testing"

	"github.com/wayleave/wayleave/internal/flow"
	"github.com/wayleave/wayleave/internal/flow/workload"
)

// BenchmarkKernel measures each question alone on policies compiled afresh;
// choose some with -bench 'Kernel/1000r/20k/Q3'.
func BenchmarkKernel(b *testing.B) {
	for _, size := range []struct{ rules, tag int }{{10, 5000}, {100, 5000}, {100, 20_000}, {300, 5000}, {1000, 5000}, {1000, 20_000}} {
		w := realistic(size.rules, size.tag)
		s := newSubject(w)
		b.Run(w.Name+"/compile", func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				f := s.fresh()
				b.StartTimer()
				s.compile(f)
			}
		})
		for _, q := range questions {
			b.Run(w.Name+"/"+q.name, func(b *testing.B) {
				benchmark(b, s, q.ask)
			})
		}
	}
}

func benchmark(b *testing.B, s *subject, ask func(*subject, *flow.Policy, *workload.Flow)) {
	for range b.N {
		b.StopTimer()
		f := s.fresh()
		p := s.compile(f)
		b.StartTimer()
		ask(s, p, f)
	}
}
