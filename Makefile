# mayrelay: build, install, test.
#
#	make			the three programs, in build/
#	make packages		install what building needs (Debian's packages)
#	make demo		a private Postfix and mayrelayd play a few mails
#	make demo-ldap		the same with the policy in a private slapd
#	make test		install what the tests need, and run all of them
#	make differential	a million random cases against the model
#	make soak		half an hour of random changes and stops of all;
#				SECONDS=, SERVERS=1|2, SEED= are honoured
#	make load		five minutes of 200 connections while the
#				directory comes and goes; SECONDS=, SEED=
#	make fuzz		each fuzzing target for a minute; SECONDS_EACH=,
#				TARGETS= are honoured
#	make install		DESTDIR= PREFIX= SYSCONFDIR= are honoured
#
# The order of the modules below is reading order and include rule: a file
# includes only headers of modules before it (t/lint/layers checks that).

VERSION = 0.1.0

# Values: know only their arguments.
VALUES = why arena nearest argument visible digest addr cidr pattern dn \
	when login cookie filter trace model locality membership ownership \
	origin signin restriction enforcement verdict policy expand reply line \
	repeats entry schema attrtype attrstate attrreader attrmap record \
	tally sorter
# World: each owns one outside or shared thing.
WORLD = clock log setting option configtype configuri configmap configreply \
	config configcheck configload counters store layout replica storeview \
	storebuild storechange
# Feed: fills the store.
FEED = source dnset ldif ldiffile reported reading shrink intake intakechange \
	ldapquery synccontrol ldapmessage netconn secret ldapconn dial \
	uuidset sync listing pulse feedtools schedule servers filefeed \
	persist ldapstate ldapfeed feed
# Door: lets the MTA or the postmaster in.
DOOR = privilege session refusals gate callbacks process child notify listener \
	reload agewatch service running jsondoc explain standing health \
	statustext statusjson status refresh

MODULES = $(VALUES) $(WORLD) $(FEED) $(DOOR)
PROGRAMS = mayrelayd mayrelay mayrelay-feed

PREFIX = /usr/local
SYSCONFDIR = /etc
SBINDIR = $(PREFIX)/sbin
BINDIR = $(PREFIX)/bin
LIBEXECDIR = $(PREFIX)/libexec/mayrelay
MANDIR = $(PREFIX)/share/man
DATADIR = $(PREFIX)/share/mayrelay

# What building needs, and what demo and tests need besides (Debian's names).
BUILD_PACKAGES = gcc libc6-dev make pkgconf libmilter-dev liblmdb-dev \
	libconfig-dev libidn2-dev libunistring-dev libjansson-dev libldap-dev
DEMO_PACKAGES = $(BUILD_PACKAGES) postfix libsasl2-modules swaks procps
DEMO_LDAP_PACKAGES = $(DEMO_PACKAGES) slapd ldap-utils
TEST_PACKAGES = $(DEMO_LDAP_PACKAGES) check schema2ldif \
	sasl2-bin libsasl2-modules-db python3 util-linux \
	mount iproute2 lmdb-utils openssl python3-ldap m4 libnsl2 libsasl2-2 \
	libwrap0 nmap valgrind
FUZZ_PACKAGES = $(BUILD_PACKAGES) clang llvm libclang-rt-dev

CFLAGS = -O2 -g
WARNINGS = -Wall -Wextra -Wshadow -Wpointer-arith -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wundef -Wformat=2 -Wvla
HARDENING = -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
LINKHARD = -pie -Wl,-z,relro,-z,now
# A flavour is built below build/FLAVOUR: san with ASan and UBSan, tsan with
# TSan.  They have none of the hardening (they clash).  TSan does not know the
# fences of counters.c; what these order is atomic itself.
FLAVOUR =
SANITIZE_san = -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
SANITIZE_tsan = -O1 -g -fsanitize=thread -Wno-tsan -fno-omit-frame-pointer
SANITIZE_fuzz = $(SANITIZE_san) -fsanitize=fuzzer-no-link
ifeq ($(FLAVOUR),)
B = build
FLAGS = $(HARDENING) $(CFLAGS)
LINKFLAGS = $(LINKHARD) $(CFLAGS) $(LDFLAGS)
else
B = build/$(FLAVOUR)
FLAGS = $(or $(SANITIZE_$(FLAVOUR)),$(error FLAVOUR=san, tsan or fuzz))
LINKFLAGS = $(FLAGS)
endif
ifeq ($(FLAVOUR),fuzz)
CC = clang
FUZZ_MAIN = -fsanitize=fuzzer
else
FUZZ_MAIN = $(B)/fuzz/replay.o
endif

# libmilter's .pc file and libunistring's absence of one are Debian's.
PKGS = lmdb libconfig libidn2 jansson
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
MILTER_LIBS = $(shell pkg-config --libs milter 2>/dev/null || echo -lmilter)
VALUE_LIBS = -lidn2 -lunistring
LDAP_LIBS = -lldap -llber
DAEMON_LIBS = $(MILTER_LIBS) -llmdb -lconfig $(VALUE_LIBS) -pthread
FEED_LIBS = -llmdb -lconfig $(LDAP_LIBS) $(VALUE_LIBS) -pthread
TOOL_LIBS = -llmdb -lconfig -ljansson $(VALUE_LIBS) -pthread

STD = -std=c11 -D_DEFAULT_SOURCE -D_FILE_OFFSET_BITS=64
DEFS = -DVERSION='"$(VERSION)"' -DLIBEXECDIR='"$(LIBEXECDIR)"' \
	-DSYSCONFDIR='"$(SYSCONFDIR)"'
COMPILE = $(CC) $(STD) $(DEFS) $(WARNINGS) $(FLAGS) $(CPPFLAGS) $(PKG_CFLAGS) \
	-Iinclude -MMD -MP

DIRS = $(B) $(B)/unit $(B)/tools $(B)/scripted $(B)/fuzz

# Some modules are a header only.
SOURCES = $(wildcard $(MODULES:%=milter/%.c))
OBJS = $(SOURCES:milter/%.c=$(B)/%.o)

all: $(PROGRAMS:%=$(B)/%)

$(B)/%.o: milter/%.c | $(DIRS)
	$(COMPILE) -c -o $@ $<

# Made anew when VERSION or a folder changes: `make install PREFIX=/usr'.
$(B)/mayrelayd.o $(B)/mayrelay.o $(B)/mayrelay-feed.o $(B)/service.o \
    $(B)/statustext.o $(B)/statusjson.o: $(B)/defs
$(B)/defs: always | $(DIRS)
	@echo '$(DEFS)' | cmp -s - $@ || echo '$(DEFS)' > $@

$(B)/libmayrelay.a: $(OBJS)
	rm -f $@
	ar rcs $@ $(OBJS)

$(B)/mayrelayd: $(B)/mayrelayd.o $(B)/libmayrelay.a
	$(CC) $(LINKFLAGS) -o $@ $^ $(DAEMON_LIBS)
$(B)/mayrelay-feed: $(B)/mayrelay-feed.o $(B)/libmayrelay.a
	$(CC) $(LINKFLAGS) -o $@ $^ $(FEED_LIBS)
$(B)/mayrelay: $(B)/mayrelay.o $(B)/libmayrelay.a
	$(CC) $(LINKFLAGS) -o $@ $^ $(TOOL_LIBS)

$(DIRS):
	mkdir -p $@

-include $(wildcard $(B)/*.d $(B)/unit/*.d $(B)/tools/*.d $(B)/fuzz/*.d)

# ---- tests ---------------------------------------------------------------

UNITS = $(patsubst t/unit/%.c,$(B)/unit/%,$(wildcard t/unit/test_*.c))

$(B)/unit/%: t/unit/%.c $(B)/libmayrelay.a | $(DIRS)
	$(COMPILE) -It/unit $(LINKFLAGS) -o $@ $< $(B)/libmayrelay.a \
	    $(MILTER_LIBS) $(TOOL_LIBS) $(LDAP_LIBS) \
	    $$(pkg-config --libs check)

units: $(UNITS)

# Of what reads the words of strangers, those that valgrind is quick with
# (t/load/units.sh).
READERS = addr argument attrmap cidr cookie layout line login origin ownership \
	pattern policy record_memory reply schema session setting signin visible

readers: $(READERS:%=$(B)/unit/test_%)

# What the scenarios use; the scripted programs read their time from a file
# (t/tools/clock_file.h), so that a test can move it.
TOOLS = $(B)/tools/miltc $(B)/tools/setclock $(B)/tools/storeread \
	$(B)/tools/storedump $(B)/scripted/mayrelayd \
	$(B)/scripted/mayrelay-feed $(B)/scripted/mayrelay

$(B)/tools/clock_scripted.o: t/tools/clock_scripted.c milter/clock.c | $(DIRS)
	$(COMPILE) -c -o $@ $<
$(B)/tools/setclock: t/tools/setclock.c t/tools/clock_file.h | $(DIRS)
	$(COMPILE) $(LINKFLAGS) -o $@ $<
$(B)/tools/store%: t/tools/store%.c $(B)/libmayrelay.a | $(DIRS)
	$(COMPILE) $(LINKFLAGS) -o $@ $< $(B)/libmayrelay.a $(FEED_LIBS)
$(B)/scripted/%: $(B)/%.o $(B)/tools/clock_scripted.o $(B)/libmayrelay.a
	$(CC) $(LINKFLAGS) -o $@ $^ $(DAEMON_LIBS) $(TOOL_LIBS) $(LDAP_LIBS)

$(B)/tools/miltc: t/tools/miltc.c t/tools/milterwire.c \
    t/tools/milterwire.h | $(DIRS)
	$(COMPILE) $(LINKFLAGS) -o $@ t/tools/miltc.c t/tools/milterwire.c

tools: $(TOOLS)

# With a main() that replays inputs, or with libFuzzer's.
FUZZERS = $(patsubst t/fuzz/fuzz_%.c,$(B)/fuzz/%,$(wildcard t/fuzz/fuzz_*.c))

$(B)/fuzz/replay.o: t/fuzz/replay.c | $(DIRS)
	$(COMPILE) -c -o $@ $<
$(B)/fuzz/%: t/fuzz/fuzz_%.c $(B)/libmayrelay.a $(filter %.o,$(FUZZ_MAIN)) \
    | $(DIRS)
	$(COMPILE) -MF $@.d -MT $@ -It/fuzz -It/unit $(LINKFLAGS) -o $@ $< \
	    $(FUZZ_MAIN) $(B)/libmayrelay.a $(MILTER_LIBS) $(FEED_LIBS)

fuzzers: $(FUZZERS)

packages:
	@contrib/install-packages $(BUILD_PACKAGES)

# What runs below has the packages first: a second make, because nothing here
# may need them before.  Without Sendmail its tests cannot run, the others can.
test:
	@contrib/install-packages $(TEST_PACKAGES)
	-@t/tools/get-sendmail build/sendmail
	@echo "building in build/, build/san/ and build/tsan/"
	@$(MAKE) --no-print-directory -s -j "$$(nproc)" all tools readers
	@$(MAKE) --no-print-directory -s -j "$$(nproc)" FLAVOUR=tsan \
	    all units tools
	@$(MAKE) --no-print-directory -s -j "$$(nproc)" FLAVOUR=san \
	    all units tools fuzzers
	t/run

# The long run of t/differential (t/README.md has its last figures).
differential:
	@contrib/install-packages $(TEST_PACKAGES)
	@$(MAKE) --no-print-directory -s -j "$$(nproc)" all tools
	BIN=$(CURDIR)/build CASES=1200000 t/differential/differential.sh

# The long run of t/soak.
SECONDS = 1800
SERVERS = 1
SEED =
soak:
	@contrib/install-packages $(TEST_PACKAGES)
	@$(MAKE) --no-print-directory -s -j "$$(nproc)" all tools
	BIN=$(CURDIR)/build SOAK_SECONDS=$(SECONDS) SOAK_SERVERS=$(SERVERS) \
	    SOAK_SEED=$(SEED) t/soak/soak.sh

# The long run of t/load: five minutes, unless SECONDS says otherwise.
load: SECONDS = 300
load:
	@contrib/install-packages $(TEST_PACKAGES)
	@$(MAKE) --no-print-directory -s -j "$$(nproc)" all tools
	BIN=$(CURDIR)/build LOAD_SECONDS=$(SECONDS) LOAD_SEED=$(SEED) \
	    t/load/load.sh

# Each fuzzing target for a while; one of TARGETS is fuzz_NOUN.c without both.
SECONDS_EACH = 60
TARGETS =
fuzz:
	@contrib/install-packages $(FUZZ_PACKAGES)
	@$(MAKE) --no-print-directory -s -j "$$(nproc)" FLAVOUR=fuzz fuzzers
	t/fuzz/run $(SECONDS_EACH) $(TARGETS)

demo:
	@contrib/install-packages $(DEMO_PACKAGES)
	@echo "building in build/"
	@$(MAKE) --no-print-directory -s -j "$$(nproc)" all
	@contrib/demo/run

demo-ldap:
	@contrib/install-packages $(DEMO_LDAP_PACKAGES)
	@echo "building in build/"
	@$(MAKE) --no-print-directory -s -j "$$(nproc)" all
	@contrib/demo/run ldap

# For t/lint/layers and t/load/units.sh.
print-modules:
	@echo $(MODULES)
print-programs:
	@echo $(PROGRAMS)
print-readers:
	@echo $(READERS)

# ---- install -------------------------------------------------------------

# A configuration that is there is not touched; the sample comes beside it.
ETC = $(DESTDIR)$(SYSCONFDIR)/mayrelay
CONF = $(shell test -e $(ETC)/mayrelay.conf && echo mayrelay.conf.sample || \
	echo mayrelay.conf)

install: all
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(BINDIR) \
	    $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(DATADIR) $(ETC)
	install -m 755 $(B)/mayrelayd $(DESTDIR)$(SBINDIR)/mayrelayd
	install -m 755 $(B)/mayrelay $(DESTDIR)$(BINDIR)/mayrelay
	install -m 755 $(B)/mayrelay-feed $(DESTDIR)$(LIBEXECDIR)/mayrelay-feed
	install -m 644 etc/mayrelay.conf $(ETC)/$(CONF)
	install -m 644 $(wildcard etc/*.schema etc/*.ldif) \
	    contrib/sendmail/mayrelay.m4 $(DESTDIR)$(DATADIR)
	for page in $(wildcard man/*.[1-8]); do \
		to=$(DESTDIR)$(MANDIR)/man$${page##*.}; \
		install -d $$to && install -m 644 $$page $$to || exit 1; \
	done

.PHONY: always all units readers tools fuzzers packages test \
	differential soak load fuzz demo demo-ldap print-modules \
	print-programs print-readers install clean
clean:
	rm -rf build
