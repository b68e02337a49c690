package azure

import "net/netip"

// NextHopType of a route, in Azure's spelling (RT-14).
type NextHopType string

// Next hop types a user route can name (RT-14).
const (
	VnetLocal             NextHopType = "VnetLocal"
	InternetNextHop       NextHopType = "Internet"
	VirtualAppliance      NextHopType = "VirtualAppliance"
	VirtualNetworkGateway NextHopType = "VirtualNetworkGateway"
	NoneNextHop           NextHopType = "None"
)

// RouteTable is a Microsoft.Network/routeTables resource.
type RouteTable struct {
	Resource
	// Routes in input order; nil and empty as in VirtualNetwork.Subnets.
	Routes []*Route
	// UnknownRoutes stand for any number of routes of which the input tells
	// nothing.
	UnknownRoutes []*Unknown
	// DisableBGPRoutePropagation removes gateway routes (RT-12); default false.
	DisableBGPRoutePropagation Value[bool]
	// Subnets are the read-only back-references (JSON-4).
	Subnets []Reference
}

// Route is one user-defined route.
type Route struct {
	Resource
	// Table holds the route; set by Build.
	Table *RouteTable
	// Destination is one prefix or one service tag (RT-15).
	Destination AddressTerm
	NextHopType Value[NextHopType]
	// NextHopIPAddress goes with VirtualAppliance and nothing else (RT-14).
	NextHopIPAddress Value[netip.Addr]
	// HasBGPOverride is read-only (RT-20).
	HasBGPOverride Value[bool]
}
