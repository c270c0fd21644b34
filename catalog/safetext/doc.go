// Package safetext shows people what others wrote without letting it deceive them.
//
// A character that cannot be seen, or changes how others are seen, is Hidden; of a whole
// text FindInvisible finds the first that is there for no reason of spelling. What looks
// like a space to people and is none to a parser is found by FindBlank. Values in
// sentences go through Code, which no value can leave, with an Aside where something
// hidden is in them; lines for terminals and logs go through Shown.
package safetext
