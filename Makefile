# Targets describe themselves: `make help` prints this list.
.DEFAULT_GOAL := help
GO ?= go
# How long each soak and fuzz target runs.
SOAK ?= 10m
# How many values each property is checked on, and from which seed the tests
# draw them: a run of the tests is the same every time, `make laws` is not.
CHECKS ?= 10000
RAPID_SEED ?= 1
FUZZTIME ?= 1m

.PHONY: help
help: ## print the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: deps
deps: ## install the system packages the tests use (Debian; the only target that installs any)
	@missing=; for p in z3:z3 nft:nftables ip:iproute2 sshd:openssh-server sftp:openssh-client curl:curl node:nodejs; do \
	  PATH="$$PATH:/usr/sbin:/sbin" command -v $${p%%:*} >/dev/null 2>&1 || missing="$$missing $${p##*:}"; done; \
	if [ -z "$$missing" ]; then echo "z3, nftables, iproute2, openssh, curl and node are installed"; \
	elif command -v apt-get >/dev/null 2>&1; then apt-get update -q && RUNLEVEL=1 apt-get install -q -y --no-install-recommends $$missing; \
	else echo "no apt-get here: install$$missing by hand (benchmarks use z3, the task for Azure Pipelines node, the lab the others; tests that need them skip)"; fi
	@command -v chromium >/dev/null 2>&1 || { apt-get update -q && apt-get install -q -y --no-install-recommends chromium; } || \
	  echo "chromium is not installed: the test of the HTML page in a browser skips"

.PHONY: build
build: ## build the static binary bin/wayleave
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/wayleave ./cmd/wayleave

.PHONY: release
release: ## build static binaries for each platform, with checksums, into dist
	tools/release.sh

.PHONY: test
test: ## run every test (fuzz targets run their seeds, soak tests a fixed slice)
	$(GO) vet ./...
	RAPID_SEED=$(RAPID_SEED) $(GO) test -timeout 25m ./...

.PHONY: laws
laws: ## check every property on CHECKS new random values (default 10000)
	RAPID_CHECKS=$(CHECKS) $(GO) test -timeout 0 $$(grep -rl --include='*_test.go' pgregory.net/rapid . | xargs -n1 dirname | sort -u)

.PHONY: race
race: ## run the tests under the race detector
	$(GO) test -race -short -timeout 40m ./...

.PHONY: lint
lint: ## run the linters of tools/go.mod over the code
	$(GO) tool -modfile=tools/go.mod golangci-lint run ./...

.PHONY: golden
golden: ## rewrite golden files and the transcripts in the manual from what the program prints now
	$(GO) test ./... -run 'Golden|Manual|Script' -update

.PHONY: soak
soak: ## compare engine, one-packet interpreter and real packets for SOAK (default 10m)
	WAYLEAVE_SOAK=$(SOAK) $(GO) test -v -timeout 0 -run Soak ./internal/plain/... ./internal/flow/... ./internal/lab/...

.PHONY: fuzz
fuzz: ## run each fuzz target for FUZZTIME (default 1m)
	@for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	    echo "== $$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$p || exit 1; \
	  done; done

.PHONY: bench
bench: ## measure, and print the table of BENCHMARKS.md
	$(GO) test -run '^$$' -bench Targets -benchtime 1x -timeout 60m ./internal/flow/bench
