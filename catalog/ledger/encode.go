package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/levee-gitops/levee/catalog"
)

// ErrInvalid reports a record or state that cannot be: one that cannot be read, or that
// contradicts what is recorded already.
var ErrInvalid = errors.New("the record is not valid")

// MaxFile is how many bytes a record or a state may have.
const MaxFile = 4 << 20

// Encode writes a record or a state as it lies in the tree: canonical JSON and a
// final newline.
func Encode(v any) ([]byte, error) {
	raw, err := Canonical(v)
	if err != nil {
		return nil, err
	}
	if len(raw) >= MaxFile {
		return nil, fmt.Errorf("%w: it has %d bytes, more than %d", ErrInvalid, len(raw), MaxFile)
	}
	line := make([]byte, len(raw), len(raw)+1) // it is kept until it is pushed, with thousands of others
	copy(line, raw)
	return append(line, '\n'), nil
}

// Canonical writes any value as RFC 8785 does. Types and raw JSON become plain values
// first, so that neither the order of fields nor the spelling of numbers remains.
func Canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrInvalid, err)
	}
	var plain any
	if err := json.Unmarshal(raw, &plain); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrInvalid, err)
	}
	if raw, err = catalog.Canonical(plain); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrInvalid, err)
	}
	return raw, nil
}

// Decode reads what encode wrote. A field it does not know is an error: it may be
// what matters.
func Decode(raw []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("%w: %v", ErrInvalid, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("%w: something follows its end", ErrInvalid)
	}
	return nil
}

// ReadRecord reads a record and its body. It must be written as we write it, so
// that it has one hash and says one thing.
func ReadRecord(raw []byte) (Record, any, error) {
	var r Record
	if err := Decode(raw, &r); err != nil {
		return r, nil, err
	}
	again, err := Encode(r)
	if err != nil {
		return r, nil, err
	}
	if !bytes.Equal(again, raw) {
		return r, nil, fmt.Errorf("%w: it is not in canonical form", ErrInvalid)
	}
	body, err := r.Read()
	return r, body, err
}

// Read returns the body of a record as a value of its kind's type, such as
// Decision or catalog.Approval.
func (r Record) Read() (any, error) {
	if err := checkSubject(r.Subject); err != nil {
		return nil, err
	}
	if _, offset := r.At.Zone(); offset != 0 || !r.At.Equal(Moment(r.At)) || r.At.Year() < 1970 || r.At.Year() > 9999 {
		return nil, fmt.Errorf("%w: its time %v is not one of UTC and whole milliseconds", ErrInvalid, r.At)
	}
	switch r.Kind {
	case KindGenesis:
		return bodyOf[Genesis](r.Body)
	case KindKey:
		return bodyOf[KeyChange](r.Body)
	case KindAdoption:
		return bodyOf[Adoption](r.Body)
	case KindApproval:
		return bodyOf[catalog.Approval](r.Body)
	case KindDecision:
		return bodyOf[Decision](r.Body)
	case KindAdmission:
		return bodyOf[Admission](r.Body)
	case KindClaim:
		return bodyOf[Claim](r.Body)
	case KindReceipt:
		return bodyOf[Receipt](r.Body)
	case KindHealth:
		return bodyOf[Health](r.Body)
	case KindNotice:
		return bodyOf[Notice](r.Body)
	case KindIncident:
		return bodyOf[Incident](r.Body)
	case KindTransition:
		return bodyOf[Transition](r.Body)
	case KindLanding:
		return bodyOf[Landing](r.Body)
	case KindClosure:
		return bodyOf[Closure](r.Body)
	case KindCheckpoint:
		return bodyOf[Checkpoint](r.Body)
	}
	return nil, fmt.Errorf("%w: the kind %.40q is unknown; a newer release may know it", ErrInvalid, string(r.Kind))
}

func bodyOf[T any](raw json.RawMessage) (any, error) {
	var body T
	if err := Decode(raw, &body); err != nil {
		return nil, fmt.Errorf("read the body: %w", err)
	}
	return body, nil
}

// Hash names the bytes of a record, as the next one's Prev.
func Hash(raw []byte) string {
	sum := sha256.Sum256(raw)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Moment is a time as records have it.
func Moment(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
