// Package check asks for every row of a bound service profile whether the
// packets it needs get through, and says what the answer means for the
// service: verdict, outcome, blockers, consequence.
//
// It knows tables and answers; how packets travel is the business of reach.
package check
