// Package service holds what managed services need of a network, as data: one
// YAML profile an edition of a published requirement table, with its source
// and date. It finds services among the resources of a network and binds a
// profile to the subnets a service runs in.
//
// The package knows tables and words of tables. It decides nothing about
// traffic, and holds no requirement in code.
package service
