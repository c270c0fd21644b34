// Package demo plays the story of levee demo. A Demo is a world in a folder, with a repository, people,
// keys and a clock of its own; its acts run the commands of the program as from a shell, and each says
// what must then be so. In a cluster the world is a ClusterDemo, with acts of its own.
package demo
