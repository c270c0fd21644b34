// Package packstore keeps the objects and the commit graph of one bare repository. It
// knows Git's packs and indexes, and nothing of refs, remotes or what is in a tree.
//
// In the order in which data flows:
//
//   - Pack. Everything arrives as a pack: from a fetch, which Store.Add writes to a file of
//     its own (add.go), or as what was just pushed. That was made here, so that
//     Store.AddEncoded keeps it with the index that EncodePack made (encode.go).
//   - Index. Of what was fetched, one pass hashes the objects that are stored whole, a second makes those that
//     are stored as deltas (index.go, resolve.go). Memory is spent on one chain of deltas
//     at a time; an object too large for that is left out of the index. Then the pack, its
//     index and its commits get their names beside each other (folder.go), and a list that names the
//     pack takes the place of the list before.
//   - Object. Store.Object finds a pack by its index (pack.go), unpacks the entry and the
//     bases it builds on (unpack.go, inflate.go), checks that the content has the id it was
//     asked for, and keeps what was read last (cache.go). Limits are checked before memory
//     is spent. An Overlay puts objects that were not sent yet on top of a Store.
//   - Commit graph. All commits of all packs are in memory with their parents and a height
//     (graph.go); each pack keeps those of its own in a file beside it, so that opening
//     reads no objects.
//   - Walk. Descends, MergeBases, Between and FirstParents go through the graph, highest
//     commits first (walk.go, history.go).
//   - Repack. Every fetch and every push adds a pack, and a look-up asks all of them, so
//     small packs of alike size are joined (repack.go). Clone links the packs into a second
//     folder for another process.
//
// An object that is missing or garbled is ErrCorrupt and makes the Store Damaged. Nothing
// is repaired here: the mirror then fills a new Store from the remote, and readers keep
// the old one as long as they need it.
package packstore
