# Everything here works on a fresh machine with Go, git and make; what else a
# target needs, it builds or installs by itself.
SHELL := /bin/bash
GO    ?= go
TOOLS := $(CURDIR)/.tools

GOLANGCI_LINT := v2.15.0
CONFTEST      := v0.71.1

# The servers that tests run against, pinned by modules of their own. Other pins are
# another folder.
SERVERS_MODULE := reconciler/target/kubernetes/kubetest/servers
pin             = $(shell sed -nE 's,^[[:space:]]*(require )?$(1) (v[^ ]+)( //.*)?$$,\2,p' $(SERVERS_MODULE)/$(2)go.mod)
KUBERNETES     := $(call pin,k8s.io/kubernetes)
SERVERS        := $(TOOLS)/servers-kubernetes-$(KUBERNETES)-etcd-$(call pin,go.etcd.io/etcd/server/v3)-kwok-$(call pin,sigs.k8s.io/kwok)-rollouts-$(call pin,github.com/argoproj/argo-rollouts,rollouts/)

# Tests make thousands of small repositories and wait for each to be on the disk.
# Where there is memory for them, they need no disk.
SHM := /dev/shm
ifeq ($(TMPDIR)$(shell test -w $(SHM) && test "$$(df --output=avail -k $(SHM) 2>/dev/null | tail -1)" -gt 4000000 && echo fits),fits)
test test-real: export TMPDIR := $(SHM)
endif

.PHONY: build image demo demo-kubernetes test test-real servers ssh-keygen lint fmt fuzz bench check clean

build: ## the program, in bin/levee
	$(GO) build -trimpath -o bin/levee ./cmd/levee

# The module that makes the image is one of its own, so that its libraries are not ours.
ARCH         ?= amd64
CERTIFICATES ?= /etc/ssl/certs/ca-certificates.crt
image: ## an OCI image of the program for Linux, in bin/image, without a container runtime; ARCH=arm64
	CGO_ENABLED=0 GOOS=linux GOARCH=$(ARCH) $(GO) build -trimpath -ldflags '-s -w' -o bin/levee-linux-$(ARCH) ./cmd/levee
	cd cmd/levee/image && $(GO) run . -program $(CURDIR)/bin/levee-linux-$(ARCH) -arch $(ARCH) -certificates $(CERTIFICATES) -o $(CURDIR)/bin/image

demo: build ## the whole story on a catalog of its own, under a minute
	bin/levee demo

demo-kubernetes: build servers ## the story in a cluster, beside servers of Kubernetes that are built the first time
	LEVEE_TEST_SERVERS=$(SERVERS) $(GO) run ./reconciler/target/kubernetes/kubetest/with bin/levee demo --kubernetes

test: ssh-keygen ## everything a fresh machine can do in ten minutes
	$(GO) vet ./...
	$(GO) test -race -timeout 30m ./...
	cd cmd/levee/image && $(GO) test ./...
	$(GO) test -timeout 15m -run '^(TestYear|TestCrashMatrix|TestWalks|TestRememberedAnswers|TestMutants|TestSchemaAgrees)$$' ./catalog ./cmd/levee ./reconciler ./reconciler/lifecycle ./policies/...
	@echo 'not run here: what needs a real Kubernetes API server; make test-real builds one and runs it'

test-real: servers ## what runs against real servers, which are built the first time, in a quarter of an hour
	LEVEE_TEST_SERVERS=$(SERVERS) $(GO) test -race -timeout 30m ./reconciler/target/kubernetes/...
	LEVEE_TEST_SERVERS=$(SERVERS) $(GO) test -timeout 10m -run '^(TestKubernetes|TestInstalled)' ./cmd/levee

servers: $(addprefix $(SERVERS)/,etcd kube-apiserver kube-controller-manager kube-scheduler kwok kubectl rollouts-controller)

ssh-keygen: # the tests of signatures ask git, which asks ssh-keygen
	@command -v ssh-keygen >/dev/null || { apt-get update -qq && apt-get install -y -qq openssh-client; }

lint: $(TOOLS)/golangci-lint-$(GOLANGCI_LINT) ## formatting and static analysis
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'run make fmt'; exit 1; }
	$(TOOLS)/golangci-lint-$(GOLANGCI_LINT) run ./...

fmt: ## write the one formatting
	gofmt -w $$(git ls-files '*.go')

fuzz: ## each fuzz target for FUZZTIME
	@for target in $$(grep -rhoE '^func Fuzz[A-Za-z]+' --include='*_test.go' -H . | sed 's/:func /:/'); do \
		dir=$$(dirname $${target%%:*}); name=$${target##*:}; \
		$(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $${FUZZTIME:-5m} "$$dir" || exit 1; \
	done

bench: build $(if $(if $(ROWS),$(findstring conftest,$(ROWS)),all),$(TOOLS)/conftest-$(CONFTEST)) ## budgets beside what is measured here; SIZE=1k is the quick form, ROWS=cold,changes,impact,daemons,first,stuck,nudges,conftest,packages,kubernetes parts
	CONFTEST=$(TOOLS)/conftest-$(CONFTEST) LEVEE_TEST_SERVERS=$(or $(wildcard $(SERVERS)),$(LEVEE_TEST_SERVERS)) SIZE=$(SIZE) ROWS=$(ROWS) $(GO) test -run '^$$' -bench '^BenchmarkBudgets$$' -benchtime 1x -timeout 40m ./cmd/levee

check: lint test ## what CI runs

clean:
	rm -rf bin $(TOOLS)

# Tools come from their Go modules at pinned versions, built outside this
# module so that none of their dependencies becomes ours.
$(TOOLS)/golangci-lint-$(GOLANGCI_LINT):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) GOFLAGS=-mod=mod $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT)
	@mv $(TOOLS)/golangci-lint $@

# Servers say which version they are, as a release does.
$(SERVERS)/etcd: package := go.etcd.io/etcd/server/v3
$(SERVERS)/kwok: package := sigs.k8s.io/kwok/cmd/kwok
$(SERVERS)/rollouts-controller: package := github.com/argoproj/argo-rollouts/cmd/rollouts-controller
$(SERVERS)/rollouts-controller: own := /rollouts
$(SERVERS)/kube-% $(SERVERS)/kubectl: package = k8s.io/kubernetes/cmd/$(@F)
$(SERVERS)/%:
	@mkdir -p $(SERVERS)
	@echo 'building $(@F), which is done once: $(package)'
	@set -o pipefail; cd $(SERVERS_MODULE)$(own) && time $(GO) build -v -o $@.new \
		-ldflags '-s -w -X k8s.io/component-base/version.gitVersion=$(KUBERNETES)' $(package) 2>&1 | \
		awk '/^go: downloading / { next } / |:/ { print; next } ++n % 200 == 0 { print "  " n " packages"; fflush() }'
	@mv $@.new $@

# What we are measured against; nothing of it is imported.
$(TOOLS)/conftest-$(CONFTEST):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) GOFLAGS=-mod=mod $(GO) install github.com/open-policy-agent/conftest@$(CONFTEST)
	@mv $(TOOLS)/conftest $@
