# Thin front of CMake and its presets; `make help` lists what there is. Each target installs the Debian packages that
# are missing first (scripts/install-packages does nothing when none are).

PREFIX ?= /usr/local
FUZZ_TARGETS = request segmenter sentiment summarizer summarizer_model expressions dictionary names

.DEFAULT_GOAL := build
.PHONY: build demo test test-release test-asan fuzz chaos bench lint format install clean help packages

help: ## show this
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do printf '  make %-14s %s\n' "$$name" "$$what"; done

packages: ## install the Debian packages that are missing
	@scripts/install-packages

build: packages ## build the release preset; binaries land in build/bin
	@cmake --preset release >/dev/null
	@cmake --build --preset release
	@ln -sf build/compile_commands.json compile_commands.json

demo: build ## start textd, annotate real documents, show the result, stop it
	@scripts/demo

test: test-release test-asan lint ## everything: all tests, again under ASan and UBSan, and lint

test-release: build ## all tests on the release build
	@ctest --test-dir build --output-on-failure

test-asan: packages ## all tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@cmake --preset asan >/dev/null
	@cmake --build --preset asan
	@ctest --test-dir build-asan --output-on-failure -j2

fuzz: packages ## each fuzz target for FUZZ_SECONDS (30), from its stored corpus
	@cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz --target $(FUZZ_TARGETS:%=fuzz-%)
	@for name in $(FUZZ_TARGETS); do mkdir -p build-fuzz/found/$$name && build-fuzz/tests/fuzz-$$name \
	    -max_total_time=$${FUZZ_SECONDS:-30} build-fuzz/found/$$name tests/fuzz/corpus/$$name || exit 1; done

chaos: build ## CHAOS_DOCUMENTS (1000000) under kills, reloads, poison, floods and restarts; each reply is checked
	@tests/chaos/chaos.py --documents $${CHAOS_DOCUMENTS:-1000000}

bench: build ## the benchmarks, each against its peer in the same run
	@bench/run

lint: build ## clang-tidy and cppcheck over our own code
	@scripts/lint

format: ## clang-format over our own code
	@git ls-files '*.c' '*.h' | xargs clang-format -i

install: build ## install into PREFIX (/usr/local); DESTDIR works
	@DESTDIR='$(DESTDIR)' cmake --install build --prefix '$(PREFIX)'

clean: ## remove what was built
	@rm -rf build build-asan build-debug build-fuzz compile_commands.json
