package terminal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Ask puts a question to whoever sits at the terminal. Nothing said is no.
func (s IO) Ask(question string) (bool, error) {
	fmt.Fprint(s.Err, question)
	answer, err := bufio.NewReader(s.In).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false, fmt.Errorf("read the answer: %w", err)
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes", nil
}
