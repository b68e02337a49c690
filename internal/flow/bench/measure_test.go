package bench

import (
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// sampling bounds how long one measurement goes on: at most most samples, and
// no further one once budget is spent.
type sampling struct {
	most   int
	budget time.Duration
	wall   bool // what counts is how long one waits, not what the processor does
	// alone keeps the garbage collector out. It first runs at 4 MB, which of
	// several sizes only the largest may reach: a step that is not the work's. Nor
	// does the memory that a run leaves go back to the system, so that the pages of
	// the next are not new, of which the largest has most.
	alone bool
}

// job is something to measure: prepare makes fresh state, untimed, and returns the
// function. So many runs make up a sample, 1 if less: one that is short would be
// measured as long as the caches are cold.
type job struct {
	prepare  func() (run func())
	together int
}

// seldom makes the collector wait until the heap is 84 MB, 21 times the least, or 21
// times what is in use, and keep so much from the system.
const seldom = 2000

// usual is enough for a median that a single interruption does not move.
var usual = sampling{most: 15, budget: 3 * time.Second}

// once is for what takes long.
var once = sampling{most: 1}

// medians are the median times of jobs, which take turns: the speed of a machine
// changes. The time is that of the processor, the garbage collector's included, unless
// the wall clock is asked for: what else runs on the machine hardly moves it.
func (s sampling) medians(jobs ...job) []time.Duration {
	if s.alone {
		defer debug.SetGCPercent(debug.SetGCPercent(seldom))
	}
	times := make([][]time.Duration, len(jobs))
	budget := s.budget * time.Duration(len(jobs))
	for began, n := time.Now(), 0; n == 0 || n < s.most && time.Since(began) < budget; n++ {
		for k := range jobs {
			times[k] = append(times[k], s.sample(jobs[k]))
		}
	}
	medians := make([]time.Duration, len(jobs))
	for k, t := range times {
		slices.Sort(t)
		medians[k] = t[len(t)/2]
	}
	return medians
}

// median is the median time of a function that prepare makes.
func (s sampling) median(prepare func() (run func())) time.Duration {
	return s.medians(job{prepare, 1})[0]
}

// sample is the time of a run.
func (s sampling) sample(j job) time.Duration {
	runs := make([]func(), max(1, j.together))
	for i := range runs {
		runs[i] = j.prepare()
	}
	runtime.GC()
	start := s.now()
	for _, run := range runs {
		run()
	}
	return (s.now() - start) / time.Duration(len(runs))
}

var processStart = time.Now()

// now is the reading of the clock.
func (s sampling) now() time.Duration {
	if used, ok := processorTime(); ok && !s.wall {
		return used
	}
	return time.Since(processStart)
}

// exponent is the slope of log y over log x by least squares: y grows like x
// to that power.
func exponent(x []float64, y []time.Duration) float64 {
	var sx, sy, sxx, sxy float64
	n := float64(len(x))
	for i := range x {
		a, b := math.Log(x[i]), math.Log(float64(y[i]))
		sx, sy, sxx, sxy = sx+a, sy+b, sxx+a*a, sxy+a*b
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}
