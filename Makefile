# lvmbackup: `make demo` and `make test` need a Debian 12 with Swift 6.3, and do their own set-up.

SWIFT = swift
# Small: one copy of equal functions, no table of symbols for plug-ins, and short relocations, which glibc reads since 2.36.
RELOCATIONS := $(shell printf '%s\n' 2.36 "$$(getconf GNU_LIBC_VERSION | cut -d ' ' -f 2)" | sort -VC && \
	echo -Xlinker -z -Xlinker pack-relative-relocs)
SMALL = -Xswiftc -Osize -Xswiftc -use-ld=lld -Xlinker --icf=safe -Xlinker --no-export-dynamic $(RELOCATIONS)
# The command finds its private copy of the client library by the run path; see install.
RELEASE = $(SWIFT) build -c release --static-swift-stdlib $(SMALL) -Xlinker -rpath -Xlinker '$$ORIGIN/../lib/lvmbackup'

RELEASE_BINARY = .build/release/lvmbackup
PREFIX = /usr/local
# Debian's package of it conflicts with Debian's MySQL: a copy needs no package.
CLIENT_LIBRARY = $(DESTDIR)$(PREFIX)/lib/lvmbackup

.PHONY: help set-up build install install-files deb test test-unit test-fuzz test-asan test-tsan test-all test-faults test-soak test-servers \
	check-release test-package fuzz demo bench screenshots lint clean

help:
	@sed -n 's/^## //p' Makefile

## make build      the command, .build/release/lvmbackup
build: set-up
	$(RELEASE) --product lvmbackup

## make install    the command into $(DESTDIR)$(PREFIX)/sbin, the MariaDB client library into lib/lvmbackup, units, hooks
install: build install-files

# The same of a binary that is built: RELEASE_BINARY.
install-files:
	install -D -m 755 $(RELEASE_BINARY) $(DESTDIR)$(PREFIX)/sbin/lvmbackup
	install -D -m 644 $$(pkg-config --variable=libdir libmariadb)/libmariadb.so.3 $(CLIENT_LIBRARY)/libmariadb.so.3
	install -D -m 644 -t $(CLIENT_LIBRARY)/plugin \
		$$(ls "$$(mariadb_config --plugindir)"/*.so | grep -v /mysql_clear_password.so)
	for unit in packaging/systemd/*; do \
		sed 's|@SBIN@|$(PREFIX)/sbin|' "$$unit" | \
			install -D -m 644 /dev/stdin "$(DESTDIR)$(PREFIX)/lib/systemd/system/$${unit##*/}" || exit; done
	packaging/completions $(RELEASE_BINARY) $(DESTDIR)$(PREFIX)
	packaging/manual $(RELEASE_BINARY) $(DESTDIR)$(PREFIX)/share/man
	install -d -m 755 $(DESTDIR)/etc/lvmbackup/hooks.d
	cd $(DESTDIR)$(PREFIX)/share/man && mkdir -p man1 man5 man7 && mv -f *.1 man1 && mv -f *.5 man5 && mv -f *.7 man7
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/lvmbackup README.md CHANGELOG.md
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/lvmbackup/docs docs/*.md
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/lvmbackup/hooks hooks/*

## make deb        the Debian package of the command, .build/deb/lvmbackup_*.deb, checked by lintian
deb: build
	packaging/deb/build

## make test       build, unit tests, fuzzed parsers, a sample of the lab's scenarios (at most 30 minutes on 2 cores)
# Status 77: the mirror does not offer the root of MySQL. The last line counts it as skipped.
test: test-unit test-fuzz build check-release
	Tests/Lab/scenarios sample || [ $$? = 77 ]

## make test-all   build, unit tests, every scenario of the lab, btrfs and rclone on this machine
test-all: test-unit build check-release
	Tests/Lab/btrfs
	Tests/Lab/rclone || [ $$? = 77 ]
	Tests/Lab/scenarios all

## make test-faults  every row of the fault matrix, in the lab; writes docs/reliability.md
test-faults: set-up
	$(SWIFT) build --build-tests
	LVMBACKUP_COMMAND=$(CURDIR)/.build/debug/lvmbackup Tests/Lab/scenarios faults
	cp .build/lab/reliability.md docs/reliability.md

## make test-soak  200 backups in a row with random faults, in the lab (an hour); writes docs/soak.md
test-soak: set-up
	$(SWIFT) build --build-tests
	LVMBACKUP_COMMAND=$(CURDIR)/.build/debug/lvmbackup Tests/Lab/scenarios soak
	cp .build/lab/soak.md docs/soak.md

## make test-servers  every scenario of servers on every root, MySQL and MariaDB (two hours); writes docs/servers.md
test-servers: set-up
	$(SWIFT) build --build-tests
	status=0; LVMBACKUP_COMMAND=$(CURDIR)/.build/debug/lvmbackup Tests/Lab/scenarios servers || status=$$?; \
	cp .build/lab/servers.md docs/servers.md; exit $$status

# Faults can be injected into debug builds only: the marker is in those, and not in these. An answer that is lost on a full
# disk is no success.
check-release:
	grep -qaF LVMBACKUP_FAULT .build/debug/lvmbackup
	! grep -qaF LVMBACKUP_FAULT .build/release/lvmbackup
	for command in "config init" "hook types" "list ."; do \
		! .build/release/lvmbackup $$command 2>/dev/null >/dev/full || exit 1; \
		.build/release/lvmbackup $$command >/dev/null || exit 1; done

## make test-unit  the tests that need no lab
test-unit: set-up
	$(SWIFT) build --build-tests
	Tests/unit-tests

## make test-fuzz  each of our parsers fed by libFuzzer for three seconds, by a fixed seed
test-fuzz: set-up
	SEED=1 Tests/Fuzz/fuzz 3

## make fuzz       the same by a new seed, for ten minutes each or so many SECONDS
fuzz: set-up
	Tests/Fuzz/fuzz $(or $(SECONDS),600)

## make test-asan  the unit tests under AddressSanitizer and LeakSanitizer, in a build of its own (.build-asan)
test-asan: set-up
	Tests/Sanitizers/run address

## make test-tsan  the unit tests under ThreadSanitizer, in a build of its own (.build-tsan)
test-tsan: set-up
	Tests/Sanitizers/run thread

## make test-package  the Debian package in clean roots of Debian 12 and 13: install, upgrade, remove, purge; lintian
test-package: build
	Tests/Lab/package
	lintian --fail-on error .build/deb/lvmbackup_*-1_*.deb

## make demo       a backup under load in the lab, restored and compared
demo: build
	$(SWIFT) build --product LabWriters
	Tests/Lab/demo

## make bench      the archive against the usual tools, what hooks cost, the lock window against mylvmbackup
bench: build
	$(SWIFT) build --build-tests
	Benchmarks/archive
	Benchmarks/restore
	Benchmarks/hooks
	Tests/Lab/scenarios all PeerComparison
	@cat .build/lab/*.md

## make screenshots  pictures of the report in headless Chromium, in .build/screenshots; nothing where it is not installed
screenshots:
	$(SWIFT) build --product lvmbackup
	Tests/Lab/screenshots || [ $$? = 77 ]

## make lint       formatting, layering, links, plain English, messages; every Lua file; manual pages, completions, code of the documents
lint: set-up
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift
	Tests/Lab/check-layering
	Tests/Lab/check-architecture
	Tests/Lab/check-links
	Tests/Lab/check-english
	Tests/Lab/check-messages
	$(SWIFT) build --product lvmbackup
	Tests/Lab/check-api
	Tests/Lab/check-hooks
	Tests/Lab/check-manual
	Tests/Lab/check-completions
	Tests/Lab/check-docs

## make set-up     the Debian packages that all of this needs
set-up:
	@Tests/Lab/set-up

## make clean      removes what was built
clean:
	rm -rf .build .build-*
