# Thin front of CMake and its presets; `make help` lists what there is. Each target first installs the Debian packages that it
# needs and that are missing (scripts/install-packages does nothing when none are).

PREFIX ?= /usr/local
# Most tests wait most of the time: three at once keep a core busy. Those that watch the clock run alone (tests/system/CMakeLists.txt).
TESTS_AT_ONCE := $(shell expr 3 '*' $$(nproc))
FUZZ_TARGETS = request json_in frames config cli_lines cli_reply language segmenter sentiment summarizer summarizer_model expressions dictionary names marked redact

# The release build into build/. Tests and benchmarks need more packages, so they are built once a target has asked for them;
# CMake remembers that, and `make build` goes on building them.
#   $(call release,SETS of scripts/install-packages,OPTIONS of cmake)
define release
@scripts/install-packages build $(1)
@cmake --preset release $(2) >/dev/null
@cmake --build --preset release
@ln -sf build/compile_commands.json compile_commands.json
endef

.DEFAULT_GOAL := build
.NOTPARALLEL: # several targets configure the same build; ninja and ctest use the cores
.PHONY: arm64 cluster-test build build-tests demo test test-release test-asan interop fuzz chaos tsan inject pairs many torture bench bench-guard soak lint format install clean help packages pipeline deb deb-test docs dist

help: ## show this
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do printf '  make %-14s %s\n' "$$name" "$$what"; done

build: ## build the release preset; binaries land in build/bin
	$(call release)

build-tests: ## the same with the tests and the plugins they break things with, for ctest --test-dir build
	$(call release,tests clients nats,-DTEXTD_TESTS=ON)

demo: ## start textd, annotate real documents with textctl, by HTTP, from Python and from Node, show the results, stop it
	$(call release,demo)
	@scripts/demo

# Lint works beside the tests under the sanitizers, whose bounds are wide, in what these leave of the cores; its words come last.
test: test-release ## everything: all tests, nearly all again under ASan and UBSan, and lint
	@nice -n 15 $(MAKE) --no-print-directory lint >build/lint.log 2>&1 & lint=$$!; trap 'kill $$lint; exit 130' INT TERM; \
	    $(MAKE) --no-print-directory test-asan; asan=$$?; wait $$lint; lint=$$?; cat build/lint.log; exit $$((asan | lint))

test-release: build-tests ## all tests on the release build
	@ctest --test-dir build --output-on-failure -j$(TESTS_AT_ONCE)

test-asan: ## the tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@scripts/install-packages build tests nats
	@cmake --preset asan >/dev/null
	@cmake --build --preset asan
	@ctest --test-dir build-asan --output-on-failure -j$(TESTS_AT_ONCE) -E 'system.(68_entities_train|85_http_page)' # a minute of learning; a browser's code

interop: build-tests ## docs/examples/clients in Java, Ruby, Perl, PHP, Go and C++, against the real daemon and against none
	@scripts/install-packages interop
	@TEXTD_BUILD=$(CURDIR)/build /usr/bin/python3 -B -m pytest -q -p no:cacheprovider tests/interop

fuzz: ## each fuzz target for FUZZ_SECONDS (30), from its stored corpus
	@scripts/install-packages build tests fuzz
	@cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz --target $(FUZZ_TARGETS:%=fuzz-%)
	@for name in $(FUZZ_TARGETS); do mkdir -p build-fuzz/found/$$name && build-fuzz/tests/fuzz-$$name \
	    -max_total_time=$${FUZZ_SECONDS:-30} build-fuzz/found/$$name tests/fuzz/corpus/$$name || exit 1; done

tsan: ## reloads and pools under ThreadSanitizer: the loop, the thread that copies files, libzmq's
	@scripts/install-packages build tests
	@cmake --preset tsan >/dev/null
	@cmake --build --preset tsan
	@ctest --test-dir build-tsan --output-on-failure -R 'system.(49|61|62|102)_'

# qemu's Linux lacks what unit.ring and unit.parent ask of it: SO_MEMINFO of sockets, and what a parent of processes needs.
arm64: build ## all of it built for 64-bit ARM, its unit tests in qemu, and whether its plugins answer there as they do here
	@scripts/install-packages tests arm64
	@scripts/arm64-root build-arm64/root
	@cmake --preset arm64 >/dev/null
	@cmake --build --preset arm64
	@ctest --test-dir build-arm64 --output-on-failure -j$$(nproc) -R '^unit\.' -E '^unit\.(ring|parent)$$'
	@tests/arm64/answers build build-arm64

inject: build-tests ## every single failing call, in the release build and under ASan; INJECT has options of tests/inject/inject.py
	@scripts/install-packages build tests
	@cmake --preset asan >/dev/null
	@cmake --build --preset asan
	@TEXTD_BUILD=build tests/inject/inject.py $(INJECT)
	@TEXTD_BUILD=build-asan tests/inject/inject.py $(INJECT)

pairs: build-tests ## each two operations that change something, in each state
	@TEXTD_TORTURE=1 TEXTD_BUILD=$(CURDIR)/build /usr/bin/python3 -B -m pytest -q -p no:cacheprovider tests/system/test_49_state_pairs.py

many: build-tests ## a million documents through each client, over two kills and two stops
	@TEXTD_TORTURE=1 TEXTD_BUILD=$(CURDIR)/build /usr/bin/python3 -B -m pytest -q -s -p no:cacheprovider tests/clients/test_70_many.py

pipeline: build-tests ## a million documents from two files to one while sources, sink, workers and daemons are killed
	@TEXTD_TORTURE=1 TEXTD_BUILD=$(CURDIR)/build /usr/bin/python3 -B -m pytest -q -s -p no:cacheprovider tests/system/test_87_pipe.py -k nothing_is_twice
	@TEXTD_TORTURE=1 TEXTD_BUILD=$(CURDIR)/build /usr/bin/python3 -B -m pytest -q -p no:cacheprovider tests/system/test_86_pipes.py

cluster-test: build-tests ## 200,000 documents through textd-nats on a cluster of three, while nodes, bridges, daemons and workers are killed
	@TEXTD_TORTURE=1 TEXTD_BUILD=$(CURDIR)/build /usr/bin/python3 -B -m pytest -q -s -p no:cacheprovider tests/nats

torture: inject pairs tsan fuzz chaos many pipeline ## all that takes longer than `make test` may; docs/failure-model.md says how long

chaos: build-tests ## CHAOS_DOCUMENTS (1000000) under kills, reloads, poison, floods and restarts; each reply is checked
	@tests/chaos/chaos.py --documents $${CHAOS_DOCUMENTS:-1000000}

bench: ## the benchmarks, each against its peer in the same run, as a page, build/bench/report.html; PARTS="broker memory" for some
	$(call release,tests bench,-DTEXTD_TESTS=ON -DTEXTD_BENCH=ON)
	@bench/run $(if $(PARTS),--parts $(PARTS))

bench-guard: ## instructions of this build against BASE (main): a git ref, or a build directory; fails above 3 %
	$(call release,bench guard,-DTEXTD_BENCH=ON)
	@bench/guard $(or $(BASE),main)

soak: ## SOAK_SECONDS (300) of documents: are memory, descriptors and latency flat? draws build/soak.svg
	$(call release,bench,-DTEXTD_BENCH=ON)
	@bench/soak

lint: ## clang-tidy and cppcheck over our own code; the client library's ABI
	$(call release,tests clients bench lint,-DTEXTD_TESTS=ON -DTEXTD_BENCH=ON)
	@scripts/lint

format: ## clang-format over our own code
	@scripts/install-packages lint
	@git ls-files '*.c' '*.h' | xargs clang-format -i

install: build ## install into PREFIX (/usr/local); DESTDIR works
	@DESTDIR='$(DESTDIR)' cmake --install build --prefix '$(PREFIX)'

deb: ## Debian's packages, into build/packages
	@scripts/install-packages build deb
	@scripts/deb

deb-test: deb ## installs them in a bare Debian 12 of their own, starts, upgrades under load, purges; needs root
	@scripts/install-packages tests
	@/usr/bin/python3 -B -m pytest -q -s -p no:cacheprovider tests/debian

docs: ## the documentation as a static site, into build/site
	@scripts/install-packages docs
	@docs/site/build build/site

dist: ## the source of the last commit as a tarball with its checksum, into build/dist; the same bytes each time
	@scripts/dist

packages: ## install the Debian packages of all targets but interop, page, nats, arm64 and deb
	@scripts/install-packages

clean: ## remove what was built
	@rm -rf build build-arm64 build-asan build-debug build-fuzz build-tsan compile_commands.json
