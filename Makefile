# Everything here works on a fresh machine with Go, git and make; what else a
# target needs, it builds or installs by itself.
SHELL := /bin/bash
GO    ?= go
TOOLS := $(CURDIR)/.tools

GOLANGCI_LINT := v2.15.0
CONFTEST      := v0.71.1

# Tests make thousands of small repositories and wait for each to be on the disk.
# Where there is memory for them, they need no disk.
SHM := /dev/shm
ifeq ($(TMPDIR)$(shell test -w $(SHM) && test "$$(df --output=avail -k $(SHM) 2>/dev/null | tail -1)" -gt 4000000 && echo fits),fits)
test: export TMPDIR := $(SHM)
endif

.PHONY: build demo test ssh-keygen lint fmt fuzz bench check clean

build: ## the program, in bin/levee
	$(GO) build -trimpath -o bin/levee ./cmd/levee

demo: build ## the whole story on a catalog of its own, under a minute
	bin/levee demo

test: ssh-keygen ## everything a fresh machine can do in ten minutes
	$(GO) vet ./...
	$(GO) test -race -timeout 30m ./...
	$(GO) test -timeout 15m -run '^(TestYear|TestCrashMatrix|TestWalks|TestRememberedAnswers|TestMutants|TestSchemaAgrees)$$' ./catalog ./cmd/levee ./reconciler/lifecycle ./policies/...

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

bench: build $(TOOLS)/conftest-$(CONFTEST) ## budgets beside what is measured here; SIZE=1k is the quick form, ROWS=cold,changes,daemons,first,stuck,nudges,conftest,packages parts
	CONFTEST=$(TOOLS)/conftest-$(CONFTEST) SIZE=$(SIZE) ROWS=$(ROWS) $(GO) test -run '^$$' -bench '^BenchmarkBudgets$$' -benchtime 1x -timeout 40m ./cmd/levee

check: lint test ## what CI runs

clean:
	rm -rf bin $(TOOLS)

# Tools come from their Go modules at pinned versions, built outside this
# module so that none of their dependencies becomes ours.
$(TOOLS)/golangci-lint-$(GOLANGCI_LINT):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) GOFLAGS=-mod=mod $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT)
	@mv $(TOOLS)/golangci-lint $@

# What we are measured against; nothing of it is imported.
$(TOOLS)/conftest-$(CONFTEST):
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) GOFLAGS=-mod=mod $(GO) install github.com/open-policy-agent/conftest@$(CONFTEST)
	@mv $(TOOLS)/conftest $@
