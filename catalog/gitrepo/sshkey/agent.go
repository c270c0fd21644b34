package sshkey

import (
	"errors"
	"fmt"
	"net"

	"golang.org/x/crypto/ssh/agent"
)

// AgentSigner signs with a key that an SSH agent holds, by its public half. The socket
// is what SSH_AUTH_SOCK names. The signer is good until close.
func AgentSigner(socket string, public PublicKey) (s *Signer, closeAgent func(), err error) {
	client, closeAgent, err := dialAgent(socket)
	if err != nil {
		return nil, nil, err
	}
	signers, err := client.Signers()
	if err != nil {
		closeAgent()
		return nil, nil, fmt.Errorf("ask the ssh-agent: %w", err)
	}
	for _, key := range signers {
		if s, err := NewSSHSigner(key); err == nil && s.Public().Equal(public) {
			return s, closeAgent, nil
		}
	}
	closeAgent()
	return nil, nil, fmt.Errorf("the ssh-agent does not hold the key %s; add it with ssh-add", public.Fingerprint())
}

// AgentKeys lists the public keys that an SSH agent holds, as far as they can sign.
func AgentKeys(socket string) ([]PublicKey, error) {
	client, closeAgent, err := dialAgent(socket)
	if err != nil {
		return nil, err
	}
	defer closeAgent()
	held, err := client.List()
	if err != nil {
		return nil, fmt.Errorf("ask the ssh-agent: %w", err)
	}
	var list []PublicKey
	for _, k := range held {
		if key, err := ParsePublicKey(k.String()); err == nil {
			list = append(list, key)
		}
	}
	return list, nil
}

func dialAgent(socket string) (client agent.ExtendedAgent, closeAgent func(), err error) {
	if socket == "" {
		return nil, nil, errors.New("there is no ssh-agent: SSH_AUTH_SOCK is not set")
	}
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return nil, nil, fmt.Errorf("ask the ssh-agent: %w", err)
	}
	return agent.NewClient(conn), func() { _ = conn.Close() }, nil
}
