package flow

import "slices"

// coarsen returns the transport in which the classes of each fork are one, cut
// no finer than that takes, and what classes are called there.
func (t *transport) coarsen(forks []fork) (*transport, []int32) {
	to := make([]int32, t.n) // fork, counted from 1
	for i, f := range forks {
		f.in.all(func(class int) bool {
			to[class] = int32(i + 1)
			return true
		})
	}
	v := &transport{}
	rows := joinLines(t.rows, func(row int) []int32 {
		return t.slice(to, row, row+1, 0, t.columns, 0, t.cells)
	})
	columns := joinLines(t.columns, func(column int) []int32 {
		return t.slice(to, 0, t.rows, column, column+1, 0, t.cells)
	})
	cells := joinLines(t.cells, func(cell int) []int32 {
		return t.slice(to, 0, t.rows, 0, t.columns, cell, cell+1)
	})
	rowOrder, columnOrder, cellOrder := newOrder(len(rows)), newOrder(len(columns)), newOrder(len(cells))
	for p := range portProtocols.All() {
		v.row[p] = int(rowOrder.number(rows[t.row[p]]))
	}
	v.source = t.source.rename(func(class int32) int32 { return columnOrder.number(columns[class]) })
	v.destination = t.destination.rename(func(class int32) int32 { return cellOrder.number(cells[class]) })
	v.rows, v.columns, v.cells = rowOrder.n, columnOrder.n, cellOrder.n
	v.grid = make([]int32, v.rows*v.columns*v.cells)
	for row := range t.rows {
		for column := range t.columns {
			for cell := range t.cells {
				at := v.at(int(rowOrder.to[rows[row]]), int(columnOrder.to[columns[column]]), int(cellOrder.to[cells[cell]]))
				v.grid[at] = to[t.grid[t.at(row, column, cell)]]
			}
		}
	}
	order := newOrder(len(forks) + 1)
	order.number(0)
	for i, class := range v.grid {
		v.grid[i] = order.number(class)
	}
	for p := range allProtocols.Minus(portProtocols).All() {
		v.single[p] = order.number(to[t.single[p]])
	}
	v.n = order.n
	v.measure()
	for class := range to {
		to[class] = order.to[to[class]]
	}
	return v, to
}

// slice returns what the classes of a part of the grid are called.
func (t *transport) slice(to []int32, row, rows, column, columns, cell, cells int) []int32 {
	var out []int32
	for r := row; r < rows; r++ {
		for c := column; c < columns; c++ {
			for d := cell; d < cells; d++ {
				out = append(out, to[t.grid[t.at(r, c, d)]])
			}
		}
	}
	return out
}

// joinLines gives equal lines of a grid one number.
func joinLines(n int, line func(int) []int32) []int32 {
	number := make([]int32, n)
	byHash := make(map[uint64][]int)
	for i := range n {
		own := line(i)
		h := hashSeed
		for _, class := range own {
			h = spread(h, uint64(class))
		}
		same := slices.IndexFunc(byHash[h], func(k int) bool { return slices.Equal(line(k), own) })
		if same >= 0 {
			number[i] = number[byHash[h][same]]
			continue
		}
		number[i] = int32(i)
		byHash[h] = append(byHash[h], i)
	}
	return number
}

// equal reports whether two transports are the same cut with the same numbers.
func (t *transport) equal(o *transport) bool {
	return t.row == o.row && t.single == o.single && slices.Equal(t.grid, o.grid) &&
		t.source.equal(o.source) && t.destination.equal(o.destination)
}
