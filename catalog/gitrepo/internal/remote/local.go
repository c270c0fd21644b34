package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing/format/pktline"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
	"github.com/go-git/go-git/v5/plumbing/transport"
)

// local serves a repository on this machine with the git program. go-git's own
// file transport waits for the program without reading what it still has to say,
// and so waits forever for one that is not done talking.
type local struct{}

func (local) NewUploadPackSession(ep *transport.Endpoint, _ transport.AuthMethod) (transport.UploadPackSession, error) {
	return &process{verb: "upload-pack", path: ep.Path}, nil
}

func (local) NewReceivePackSession(ep *transport.Endpoint, _ transport.AuthMethod) (transport.ReceivePackSession, error) {
	return &process{verb: "receive-pack", path: ep.Path}, nil
}

// A process is one session: the program starts when it is asked for its refs, and
// is gone when the session is closed or its context ends.
type process struct {
	verb, path string
	cmd        *exec.Cmd
	in         io.WriteCloser
	out        io.ReadCloser
	stderr     note
	refs       *packp.AdvRefs
	asked      bool // it was sent a request
}

// repositoryVariables would point the program at another repository, or make it
// speak another protocol.
var repositoryVariables = []string{
	"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
	"GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_PROTOCOL", "GIT_QUARANTINE_PATH", "GIT_SHALLOW_FILE",
}

func (p *process) start(ctx context.Context) (err error) {
	p.cmd = exec.CommandContext(ctx, "git", p.verb, p.path)
	p.cmd.Dir = filepath.VolumeName(p.path) + string(filepath.Separator) // ours may be gone
	p.cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(repositoryVariables, name)
	})
	p.cmd.Env = append(p.cmd.Env, "LC_ALL=C")
	p.cmd.Stderr = &p.stderr
	p.cmd.WaitDelay = 5 * time.Second // for hooks that outlive the program
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return fmt.Errorf("start git %s: %w", p.verb, err)
	}
	if p.out, err = p.cmd.StdoutPipe(); err != nil {
		return fmt.Errorf("start git %s: %w", p.verb, err)
	}
	if err := p.cmd.Start(); err != nil {
		p.cmd = nil
		return fmt.Errorf("start git %s: %w", p.verb, err)
	}
	return nil
}

func (p *process) AdvertisedReferences() (*packp.AdvRefs, error) {
	return p.AdvertisedReferencesContext(context.Background())
}

func (p *process) AdvertisedReferencesContext(ctx context.Context) (*packp.AdvRefs, error) {
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	refs := packp.NewAdvRefs()
	err := refs.Decode(p.out)
	switch {
	case err == nil:
	case errors.Is(err, packp.ErrEmptyAdvRefs):
		// Nothing but an end: a repository without refs.
	default:
		return nil, p.explain(ctx, err)
	}
	transport.FilterUnsupportedCapabilities(refs.Capabilities)
	p.refs = refs
	return refs, nil
}

// explain prefers what the program says over what its silence looks like.
func (p *process) explain(ctx context.Context, err error) error {
	p.kill()
	said := strings.TrimSpace(string(p.stderr.text))
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case strings.Contains(said, "does not appear to be a git repository"):
		return fmt.Errorf("%w: %s", transport.ErrRepositoryNotFound, said)
	case said != "":
		return errors.New(said)
	}
	return err
}

func (p *process) UploadPack(ctx context.Context, req *packp.UploadPackRequest) (*packp.UploadPackResponse, error) {
	p.asked = true
	err := errors.Join(req.UploadRequest.Encode(p.in), req.UploadHaves.Encode(p.in, true),
		pktline.NewEncoder(p.in).EncodeString("done\n"), p.in.Close())
	if err != nil {
		return nil, p.explain(ctx, err)
	}
	res := packp.NewUploadPackResponse(req)
	if err := res.Decode(io.NopCloser(p.out)); err != nil {
		return nil, p.explain(ctx, err)
	}
	return res, nil
}

func (p *process) ReceivePack(ctx context.Context, req *packp.ReferenceUpdateRequest) (*packp.ReportStatus, error) {
	p.asked = true
	// A program that refuses early stops reading; why, it says in its report.
	sendErr := errors.Join(req.Encode(p.in), p.in.Close())
	var in io.Reader = p.out
	if req.Capabilities.Supports(capability.Sideband64k) {
		d := sideband.NewDemuxer(sideband.Sideband64k, p.out)
		d.Progress = req.Progress
		in = d
	}
	report := packp.NewReportStatus()
	if err := report.Decode(in); err != nil {
		return nil, p.explain(ctx, errors.Join(err, sendErr))
	}
	// Hooks that run after the refs moved may go on talking. What they do belongs
	// to the push, as it does for git.
	_, _ = io.Copy(io.Discard, in)
	return report, nil
}

// Close ends the session. A program that was not asked anything is told so; one
// that still has something to say is not listened to.
func (p *process) Close() error {
	if p.cmd == nil {
		return nil
	}
	if !p.asked && p.refs != nil {
		_, _ = p.in.Write(pktline.FlushPkt)
		_ = p.in.Close()
		_, _ = io.Copy(io.Discard, p.out)
		_ = p.cmd.Wait()
		p.cmd = nil
		return nil
	}
	p.kill()
	return nil
}

// kill ends the program if it is still there.
func (p *process) kill() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	p.cmd = nil
}
