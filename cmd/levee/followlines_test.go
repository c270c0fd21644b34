package main

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// move takes a name and its value out of its place and puts it where it belongs.
func (f *follower) move(is []string) bool {
	line := f.lines[f.at]
	runes := []rune(line)
	from, to := word(line, f.Column)
	var pair string
	var below []string
	if strings.ContainsAny(string(runes[:from]), "{[") {
		_, end := word(line, to+3)
		pair = string(runes[from:end])
	} else {
		pair = strings.TrimSpace(line)
		for _, l := range f.lines[f.at+1 : f.end(f.at)] {
			below = append(below, l[min(indentOf(line), indentOf(l)):])
		}
	}
	count := len(f.lines)
	if !f.remove(nil) {
		return false
	}
	gone := count - len(f.lines)
	shift := func(n int) int { // lines are counted as they were before
		if n > f.at {
			return max(n-gone, f.at)
		}
		return n
	}
	if m := inLine.FindStringSubmatch(is[1]); m != nil && len(below) == 0 {
		n, _ := strconv.Atoi(m[1])
		if n = shift(n); n < 1 || n > len(f.lines) {
			return false
		}
		f.at, f.Column = n-1, 1
		if open := strings.LastIndex(f.lines[n-1], "{"); open >= 0 {
			f.Column = len([]rune(f.lines[n-1][:open])) + 1
		}
		return f.inBraces(n-1, pair, m[2] == "brace", m[3] != "")
	}
	m := ownLine.FindStringSubmatch(is[1])
	if m == nil {
		if m = atEdge.FindStringSubmatch(is[1]); m == nil {
			return false
		}
		m = append(m, "0")
	}
	after, _ := strconv.Atoi(m[1])
	spaces, _ := strconv.Atoi(m[2])
	block := []string{strings.Repeat(" ", spaces) + pair}
	for _, l := range below {
		block = append(block, strings.Repeat(" ", spaces)+l)
	}
	if after = shift(after); after > len(f.lines) {
		return false
	}
	if under := regexp.MustCompile("in a new group `([^`:]+):`").FindStringSubmatch(is[1]); under != nil {
		block = append([]string{strings.Repeat(" ", max(spaces-2, 0)) + under[1] + ":"}, block...)
	}
	f.lines = slices.Insert(f.lines, after, block...)
	return true
}

func (f *follower) indent(is []string) bool {
	n, _ := strconv.Atoi(is[0])
	f.lines[f.at] = strings.Repeat(" ", n) + strings.TrimLeft(f.lines[f.at], " \t\u00a0")
	return true
}

// rewrite writes a line anew; its beginning stays.
func (f *follower) rewrite(is []string) bool {
	n := f.at
	if is[0] != "" {
		n, _ = strconv.Atoi(is[0])
		n--
	}
	if n < 0 || n >= len(f.lines) {
		return false
	}
	text := is[1]
	if strings.TrimLeft(text, " ") == text {
		text = strings.Repeat(" ", indentOf(f.lines[n])) + text
	}
	f.lines[n] = text
	return true
}

var someLines = regexp.MustCompile(`([0-9]+)(?: to ([0-9]+))?`)

func (f *follower) deleteLines(is []string) bool {
	gone := map[int]bool{}
	for _, m := range someLines.FindAllStringSubmatch(is[0], -1) {
		from, _ := strconv.Atoi(m[1])
		to, err := strconv.Atoi(m[2])
		if err != nil {
			to = from
		}
		for n := from; n <= to; n++ {
			gone[n] = true
		}
	}
	var kept []string
	for i, l := range f.lines {
		if !gone[i+1] {
			kept = append(kept, l)
		}
	}
	f.lines = kept
	return len(gone) > 0
}

func (f *follower) renameFile(is []string) bool {
	if _, taken := f.files[is[0]]; taken {
		return false
	}
	f.files[is[0]] = f.files[f.Path]
	delete(f.files, f.Path)
	return true
}

func (f *follower) renameFolder(is []string) bool {
	dir := f.Path[:strings.LastIndex(f.Path, "/")]
	if is[1] != "" {
		src := f.files[f.Path]
		f.files[f.Path] = regexp.MustCompile(`name: [^,}\n]+`).ReplaceAllLiteralString(src, is[1])
	}
	for p, src := range f.files {
		if rest, ok := strings.CutPrefix(p, dir+"/"); ok {
			delete(f.files, p)
			f.files[is[0]+"/"+rest] = src
		}
	}
	return true
}
