# Switchboard's front door. `make run` and `make test` need nothing but this folder, Debian 12 and Swift 6.3 on the PATH.

PROGRAMS := switchboard switchctl switchbench switchgen
SOURCES := Package.swift Sources Tests Codegen Benchmarks

# What a Swift toolchain that was only unpacked stands on; what the programs are built from and run on; what the tests call them with.
SWIFT_PACKAGES := binutils libc6-dev libcurl4 libgcc-12-dev libncurses6 libsqlite3-0 libstdc++-12-dev libxml2
RUN_PACKAGES := $(SWIFT_PACKAGES) libnghttp2-dev libssl-dev libpq-dev zlib1g-dev pkg-config postgresql tzdata
BENCH_PACKAGES := nghttp2-client nghttp2-server openssl
CODEC_PACKAGES := g++ libprotobuf-dev protobuf-compiler valgrind
GO_PACKAGES := golang-go golang-google-grpc-dev protoc-gen-go-1-3
TEST_PACKAGES := git pgbouncer exim4-daemon-light python3-venv g++ libprotobuf-dev libgrpc++-dev protobuf-compiler protobuf-compiler-grpc $(GO_PACKAGES) $(BENCH_PACKAGES)

# Of a program whose output goes through tee, the exit status counts.
SHELL := /bin/bash -o pipefail

# Tests that run at once. Hundreds of them on two cores would make every one wait for all others.
TESTS_AT_ONCE := 8

# Options for `switchboard dev`: make run ARGS="--port 8443"
ARGS :=

# $(call install,PACKAGES): with apt, only what is missing; silent and without a network when all is there.
define install
	@missing=""; \
	for package in $(1); do \
	    dpkg-query --show --showformat='$${db:Status-Status}' "$$package" 2>/dev/null | grep -qx installed || missing="$$missing $$package"; \
	done; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then echo "make: please install, with this system's own package manager:$$missing" >&2; exit 1; fi; \
	if [ "$$(id -u)" = 0 ]; then root=""; else root="sudo"; fi; \
	echo "Installing with apt:$$missing"; \
	$$root apt-get update -q && \
	$$root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing
endef

# make conformance-testee PROTOS=FOLDER: where the .proto files of protobuf's conformance suite are, which are not in this repository.
PROTOS :=
CONFIGURATION := debug

# make soak-differential EXAMPLES=1000 SEED=7: examples of each of its three comparisons, and which ones.
EXAMPLES := 40000
SEED :=

# make soak-billing OPERATIONS=100000 WORKERS=32
OPERATIONS := 100000
WORKERS := 32

# make soak-mutations IDS="R14 SEC-1"
IDS :=

# make soak-proto FILES=10000
FILES := 4000

.PHONY: run build test fuzz check-interface accept-schema accept-policy accept-interface soak-fuzz conformance-testee soak-differential soak-proto soak-validation soak-simulation soak-mutations soak-idle soak-leaks soak-kills soak-billing soak-million bench-attack bench-database bench-jobs tsan asan bench-compile bench-codec bench-echo bench-secured format lint run-packages test-packages
.DEFAULT_GOAL := build

# Two programs are enough to run, so the first call is served sooner than after a full build.
run: run-packages
	@swift build -c release --product switchboard
	@swift build -c release --product switchctl
	@exec .build/release/switchboard dev $(ARGS)

build: run-packages
	@for program in $(PROGRAMS); do swift build -c release --product $$program || exit 1; done

# What failed is said once more at the end: it is thousands of lines above.
test: test-packages .build-python/ready
	@mkdir -p .build
	@SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(TESTS_AT_ONCE) swift test --disable-xctest 2>&1 | tee .build/test.log || \
	    { status=$$?; printf '\nFailed (all of it: .build/test.log):\n'; awk -f Tests/failed.awk .build/test.log; exit $$status; }
	@$(MAKE) --no-print-directory check-interface
	@Tests/Fuzz/fuzz.sh short

# What reads the bytes of a peer or the text of an author, fed with what none of them would write. Part of `make test`, after the others:
# it compiles with flags of its own, and tests that run beside it would only take its time.
fuzz: run-packages
	@Tests/Fuzz/fuzz.sh short

# Ten million runs of each target, what of the decoders they reach, and a bug planted in each; Tests/Fuzz/README.md has a result.
soak-fuzz: run-packages
	@Tests/Fuzz/fuzz.sh soak

# The program that protobuf's conformance_test_runner runs: .build/conformance/testee, and .build/conformance/testee --dynamic.
conformance-testee: run-packages
	@Tests/Conformance/build.sh "$(PROTOS)" "$(CONFIGURATION)"

# What the migrations make becomes what is expected, in Tests/SchemaTests; what was released before stays as it was.
accept-schema: test-packages
	@SWITCHBOARD_ACCEPT=1 swift test --disable-xctest --filter "SchemaTests.(GoldenSchema|ReleasedMigration)Tests"

# The interface beside the one that was released last, Proto/released.binpb: nothing that others build on is gone, and nothing is allowed that
# was not, but for what Proto/policy.acknowledged has a reason for. Part of `make test`. buf.yaml says what buf looks at.
check-interface: test-packages .build-python/ready
	@swift build --quiet --product switchgen
	@.build/debug/switchgen policy-diff --against Proto/released.binpb --acknowledged Proto/policy.acknowledged --roles Proto/policy.roles Proto/switchboard
	@.build/debug/switchgen descriptors --out .build/interface.binpb Proto/switchboard
	@.build-python/bin/buf lint .build/interface.binpb --config buf.yaml --path switchboard
	@.build-python/bin/buf breaking .build/interface.binpb --against Proto/released.binpb --config buf.yaml --path switchboard

# What roles stand for, and the policies of the interface, become what is expected: Proto/policy.roles and Docs/policy.md.
accept-policy: run-packages
	@SWITCHBOARD_ACCEPT=1 swift test --disable-xctest --filter "PlatformTests.RoleFileTests"
	@swift build --quiet --product switchgen
	@.build/debug/switchgen policy-table --out Docs/policy.md --roles Proto/policy.roles Proto/switchboard

# With a release: what others build on from now on.
accept-interface: run-packages
	@swift build --quiet --product switchgen
	@.build/debug/switchgen descriptors --without-comments --out Proto/released.binpb Proto/switchboard
	@printf '%s\n' '# What is looser than in Proto/released.binpb: a line of `make check-interface`, then " # " and why.' > Proto/policy.acknowledged

# A hundred times of what `make test` compares with protobuf's Python runtime: half an hour.
soak-differential: test-packages .build-python/ready
	@swift build --product codecpeer
	@.build-python/bin/python Tests/Differential/differential.py --peer .build/debug/codecpeer \
	    --protos Tests/ProtobufTests/Proto --examples $(EXAMPLES) $(if $(SEED),--seed $(SEED))

# A hundred times of what `make test` compares with protoc: random .proto files, ten minutes. FILES=10000 SEED=7 choose how many and which.
soak-proto: test-packages .build-python/ready
	@swift build --product switchgen
	@.build-python/bin/python Tests/CodegenTests/Python/soak.py --switchgen .build/debug/switchgen --count $(FILES) $(if $(SEED),--seed $(SEED))

# How long generated Swift takes to compile, beside protoc-gen-swift's; Benchmarks/README.md says more.
bench-compile: run-packages
	$(call install,protobuf-compiler git python3)
	@Benchmarks/compile.sh

# The checks of rules against protovalidate's, and patterns against RE2, a hundred times as long as in `make test`.
soak-validation: test-packages .build-python/ready
	@SWITCHBOARD_SOAK=1 swift test --disable-xctest --filter 'PatternTests.OracleTests|ValidationTests.OracleTests'

# A hundred times the simulations of `make test`, from a seed of chance on; SEED=7 runs that one only. Tests/RPCTests/Simulation/README.md says more.
soak-simulation: test-packages
	@$(if $(SEED),SWITCHBOARD_SEED=$(SEED)) SWITCHBOARD_SOAK=1 swift test --disable-xctest --filter RPCTests.RandomCallTests

# Breaks the program where it keeps a promise, one place at a time (Tests/Mutations), and demands that a test with the requirement's id goes
# red. Hours, for each is a build: IDS="R14 SEC-1" does those alone. Docs/requirements.md has a result.
soak-mutations: test-packages .build-python/ready
	@Tests/Mutations/mutations.sh $(IDS)

# The tests with ThreadSanitizer, and with AddressSanitizer, in everything that is ours; Tests/Sanitizers/README.md has a result.
tsan: test-packages .build-python/ready
	@Tests/Sanitizers/sanitizers.sh thread

asan: test-packages .build-python/ready
	@Tests/Sanitizers/sanitizers.sh address

# Server CPU for a unary call beside nghttpd's for a file; Benchmarks/README.md says more.
bench-echo: run-packages
	$(call install,$(BENCH_PACKAGES))
	@swift build -c release --product switchbench
	@Benchmarks/echo.sh

# What certificate, token, scope and quotas cost a call; Benchmarks/README.md has a result.
bench-secured: run-packages
	$(call install,$(BENCH_PACKAGES))
	@swift build -c release --product switchboard
	@swift build -c release --product switchbench
	@Benchmarks/secured.sh

# What hostile clients do to others' calls; minutes, and Benchmarks/README.md has a result.
bench-attack: run-packages
	$(call install,$(BENCH_PACKAGES))
	@swift build -c release --product switchbench
	@Benchmarks/attack.sh

# How soon after its commit a job begins, and how many are run a second; Benchmarks/README.md has a result.
bench-jobs: run-packages
	@swift build -c release --product switchbench
	@Benchmarks/jobs.sh

# Ten thousand connections over mutual TLS, traffic on a hundred; and a hundred thousand that come and go. `make test` has a hundredth of both.
soak-idle: run-packages
	$(call install,openssl)
	@swift build -c release --product switchbench
	@Benchmarks/soak.sh idle

soak-leaks: run-packages
	$(call install,openssl)
	@swift build -c release --product switchbench
	@Benchmarks/soak.sh leaks

# A hundred times kill -9 of the server under load, then accidents of PostgreSQL, with the time that it takes to heal. `make test` has two kills.
soak-kills: run-packages
	@$(if $(SEED),SWITCHBOARD_SEED=$(SEED)) SWITCHBOARD_SOAK=1 swift test --disable-xctest --filter EndToEndTests.DurabilityTests

# Invoices, credit notes and payments at random by many at once, with statements and commits that fail and callers that go away: half an hour, then
# every sum, number, tax and repeated reply is looked at. SEED=7 asks the same again; Benchmarks/README.md has a result. `make test` has a hundredth.
soak-billing: test-packages
	@$(if $(SEED),SWITCHBOARD_SEED=$(SEED)) SWITCHBOARD_SOAK=1 SWITCHBOARD_OPERATIONS=$(OPERATIONS) SWITCHBOARD_WORKERS=$(WORKERS) \
	    swift test --disable-xctest --filter BillingServerTests.BillingSoakTests

# A million leads: what a page reads and takes anywhere in a list, and what the server grows by while all are exported to a slow reader.
soak-million: run-packages
	@SWITCHBOARD_SOAK=1 swift test --disable-xctest --filter 'LeadTests.ManyLeadsTests|EndToEndTests.ExportTests'

# Leads created by RPC beside pgbench with the same statements; a minute or two, and Benchmarks/README.md has a result.
bench-database: run-packages
	@swift build -c release --product switchboard
	@swift build -c release --product switchbench
	@Benchmarks/database.sh

# Instructions of the codec, beside C++ protobuf; CODEC_ARGS=--swift-protobuf takes that along, and minutes more.
bench-codec: run-packages
	$(call install,$(CODEC_PACKAGES))
	@swift build -c release --product switchbench
	@Benchmarks/codec.sh $(CODEC_ARGS)

format:
	@swift format format --in-place --parallel --recursive $(SOURCES)

lint:
	@swift format lint --strict --parallel --recursive $(SOURCES)

run-packages:
	$(call install,$(RUN_PACKAGES))

test-packages:
	$(call install,$(RUN_PACKAGES) $(TEST_PACKAGES))

# The foreign clients in an environment of their own, made anew when their list changes.
.build-python/ready: Tests/requirements.txt | test-packages
	@rm -rf .build-python
	@/usr/bin/python3 -m venv .build-python
	@.build-python/bin/python -m pip install --quiet --disable-pip-version-check --use-pep517 --requirement Tests/requirements.txt
	@touch $@
