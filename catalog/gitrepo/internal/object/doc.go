// Package object reads what is written in commits and tags: headers, people, messages with their
// trailers, and signatures over the bytes as they are stored. Only what makes an object useless is an
// error; what two programs might read in two ways is remembered, and ends its verification.
package object
