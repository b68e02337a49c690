// Package keeper keeps a lab running between commands: one process holds every
// namespace of it, and everything the lab runs runs below that process.
//
// The keeper is the first process of a PID namespace of its own. When it ends,
// however it ends, the kernel ends all processes of that namespace, and the
// network namespaces, which nothing else holds, go with their links, routes and
// rules. Nothing is mounted, named or set outside. What remains on disk after a
// kill is a folder with a lock that nobody holds.
//
// A [Place] is that folder. Commands find the keeper by the lock, whose holder
// the kernel names, and talk to it through a socket. Labs exist on Linux alone;
// elsewhere every call fails with one message.
package keeper
