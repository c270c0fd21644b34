// Package guess says what somebody probably meant by a word that is not taken: the
// nearest of the words that are (Closest), another way of writing a scalar (Scalar), a
// name made of any text (Name). A guess only ever ends up in a remedy: nothing is read
// as what it was guessed to be.
package guess
