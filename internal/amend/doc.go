// Package amend writes a change into the files that people keep: the Terraform
// configuration or the template that states what is changed.
//
// Text is inserted and numbers are replaced at places found by the parsers of
// the languages; every other byte, comments and layout with it, stays. What is
// inserted follows the style of its neighbours: their indentation, the order of
// their attributes, a block of the group or a resource of its own.
//
// What cannot be written without changing more than is meant (rules that come
// from a loop, a module that is called twice, a value that an expression makes)
// is left, with the reason. The steps of one group or table are written all or
// none.
package amend
