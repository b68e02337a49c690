package fabric

import "sync"

// memo keeps what a frozen fabric is asked for again and again, by what it is
// asked about. It is safe for concurrent use; two who ask at once may both derive.
type memo[K comparable, V any] struct{ values sync.Map }

func (m *memo[K, V]) of(key K, derive func() V) V {
	if v, ok := m.values.Load(key); ok {
		return v.(V)
	}
	v := derive()
	m.values.Store(key, v)
	return v
}
