#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "record.h"
#include "suite.h"
#include "when.h"

/* ---- samples: something and nothing in every field --------------------- */

static const char *const some_texts[] = { "joe", "", "j\xc3\xbcrgen" };
#define SOME	{ some_texts, 3 }
static const char *const one_text[] = { "a@example.com" };
#define ONE	{ one_text, 1 }

static const struct pattern some_patterns[] = {
	{ PATTERN_ANY, false, "", "" },
	{ PATTERN_NULL, false, "", "" },
	{ PATTERN_ADDRESS, true, "joe", "example.com" },
	{ PATTERN_DOMAIN, false, "", "example.com" },
	{ PATTERN_SUBDOMAINS, false, "", "example.edu" }
};
#define PATTERNS	{ true, some_patterns, 5 }
#define NO_PATTERNS	{ true, NULL, 0 }

static const struct cidr some_nets[] = {
	{ { 4, { 192, 0, 2 } }, 24 },
	{ { 4, { 0 } }, 0 },
	{ { 6, { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } }, 128 },
	{ { 6, { 0 } }, 0 }
};
#define NETS	{ true, some_nets, 4 }

#define ALWAYS	{ WHEN_BEGINNING, WHEN_NEVER }

static const struct {
	const char *label;
	struct record record;
} samples[] = {
	{ "account with everything", { .kind = KIND_ACCOUNT, .u.account = {
	    .dn = "uid=joe,dc=example", .logins = SOME, .addresses = ONE,
	    .senders = PATTERNS, .recipients = PATTERNS, .clients = NETS,
	    .access = ACCESS_ALLOW, .enabled = true, .expired = true,
	    .vouches = true, .dates = { -1, 1 }, .enforce = { true, 7 },
	    .delegate_dns = SOME, .delegate_logins = ONE,
	    .delegate_addresses = ONE, .groups = SOME } } },
	{ "account with nothing", { .kind = KIND_ACCOUNT,
	    .u.account = { .dn = "",
	    .dates = ALWAYS } } },
	{ "account whose lists match nothing", { .kind = KIND_ACCOUNT,
	    .u.account = {
	    .dn = "uid=joe", .recipients = NO_PATTERNS,
	    .clients = { true, NULL, 0 }, .access = ACCESS_DENY,
	    .dates = { INT64_MIN + 1, INT64_MAX - 1 } } } },
	{ "network", { .kind = KIND_NETWORK, .u.network = { .dn = "cn=n",
	    .clients = NETS, .access = ACCESS_AUTHENTICATE,
	    .vouches = true, .dates = { 1, WHEN_NEVER },
	    .enforce = { true, WHEN_BEGINNING }, .senders = PATTERNS,
	    .recipients = NO_PATTERNS, .override = true } } },
	{ "domain", { .kind = KIND_DOMAIN, .u.domain = { .dn = "cn=d",
	    .name = ".example.edu", .aliases = SOME,
	    .enforce = { true, INT64_MAX } } } },
	{ "group", { .kind = KIND_GROUP, .u.group = { .dn = "cn=g",
	    .member_dns = SOME, .member_logins = ONE, .access = ACCESS_DENY,
	    .dates = { WHEN_BEGINNING, 1 }, .senders = PATTERNS,
	    .recipients = PATTERNS, .clients = NETS, .groups = ONE,
	    .vouches = true } } },
	{ "deny", { .kind = KIND_DENY, .u.deny = { .dn = "uid=joe",
	    .logins = SOME,
	    .dates = ALWAYS } } },
	{ "group that is unsure", { .kind = KIND_GROUP,
	    .u.group = { .dn = "cn=h",
	    .dates = ALWAYS, .undated = true } } }
};

/* ---- comparison -------------------------------------------------------- */

static bool
same_texts(const struct texts *a, const struct texts *b)
{
	size_t i;

	for (i = 0; i < a->n && i < b->n; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			return (false);
	return (a->n == b->n);
}

static bool
same_patterns(const struct patterns *a, const struct patterns *b)
{
	size_t i;

	for (i = 0; i < a->n && i < b->n; i++)
		if (a->v[i].kind != b->v[i].kind ||
		    a->v[i].negative != b->v[i].negative ||
		    strcmp(a->v[i].local, b->v[i].local) != 0 ||
		    strcmp(a->v[i].domain, b->v[i].domain) != 0)
			return (false);
	return (a->n == b->n && a->present == b->present);
}

static bool
same_networks(const struct networks *a, const struct networks *b)
{
	size_t i;

	for (i = 0; i < a->n && i < b->n; i++)
		if (!cidr_equal(&a->v[i], &b->v[i]))
			return (false);
	return (a->n == b->n && a->present == b->present);
}

static bool
same_dates(const struct dates *a, const struct dates *b)
{

	return (a->not_before == b->not_before &&
	    a->not_after == b->not_after);
}

static bool
same_enforce(const struct enforce *a, const struct enforce *b)
{

	return (a->present == b->present && a->from == b->from);
}

static bool
same_account(const struct account *a, const struct account *b)
{

	return (same_texts(&a->logins, &b->logins) &&
	    same_texts(&a->addresses, &b->addresses) &&
	    same_patterns(&a->senders, &b->senders) &&
	    same_patterns(&a->recipients, &b->recipients) &&
	    same_networks(&a->clients, &b->clients) &&
	    a->access == b->access && a->enabled == b->enabled &&
	    a->expired == b->expired && a->vouches == b->vouches &&
	    same_dates(&a->dates, &b->dates) &&
	    same_enforce(&a->enforce, &b->enforce) &&
	    same_texts(&a->delegate_dns, &b->delegate_dns) &&
	    same_texts(&a->delegate_logins, &b->delegate_logins) &&
	    same_texts(&a->delegate_addresses, &b->delegate_addresses) &&
	    same_texts(&a->groups, &b->groups));
}

static bool
same_network(const struct network *a, const struct network *b)
{

	return (same_networks(&a->clients, &b->clients) &&
	    a->access == b->access && a->vouches == b->vouches &&
	    a->override == b->override &&
	    same_dates(&a->dates, &b->dates) &&
	    same_enforce(&a->enforce, &b->enforce) &&
	    same_patterns(&a->senders, &b->senders) &&
	    same_patterns(&a->recipients, &b->recipients));
}

static bool
same_group(const struct group *a, const struct group *b)
{

	return (same_texts(&a->member_dns, &b->member_dns) &&
	    same_texts(&a->member_logins, &b->member_logins) &&
	    a->access == b->access && same_dates(&a->dates, &b->dates) &&
	    same_enforce(&a->enforce, &b->enforce) &&
	    same_patterns(&a->senders, &b->senders) &&
	    same_patterns(&a->recipients, &b->recipients) &&
	    same_networks(&a->clients, &b->clients) &&
	    same_texts(&a->groups, &b->groups) &&
	    a->vouches == b->vouches && a->undated == b->undated);
}

static bool
same_record(const struct record *a, const struct record *b)
{

	if (a->kind != b->kind || strcmp(record_dn(a), record_dn(b)) != 0)
		return (false);
	switch (a->kind) {
	case KIND_ACCOUNT:
		return (same_account(&a->u.account, &b->u.account));
	case KIND_NETWORK:
		return (same_network(&a->u.network, &b->u.network));
	case KIND_DOMAIN:
		return (strcmp(a->u.domain.name, b->u.domain.name) == 0 &&
		    same_texts(&a->u.domain.aliases, &b->u.domain.aliases) &&
		    same_enforce(&a->u.domain.enforce,
		    &b->u.domain.enforce));
	case KIND_GROUP:
		return (same_group(&a->u.group, &b->u.group));
	case KIND_DENY:
		return (same_texts(&a->u.deny.logins, &b->u.deny.logins) &&
		    same_dates(&a->u.deny.dates, &b->u.deny.dates));
	}
	return (false);
}

/* ---- bytes ------------------------------------------------------------- */

/* The bytes of a sample in a block of their own, so that ASan sees every
 * step beyond them; to be freed. */
static unsigned char *
bytes_of(int i, size_t *len)
{
	const void *bytes = NULL;
	unsigned char *copy;
	struct arena a;

	arena_init(&a);
	ck_assert_int_eq(record_write(&samples[i].record, &a, &bytes, len),
	    0);
	copy = malloc(*len);
	ck_assert_ptr_nonnull(copy);
	memcpy(copy, bytes, *len);
	arena_free(&a);
	return (copy);
}

START_TEST(reads_what_it_wrote)
{
	struct record record;
	struct arena a;
	size_t len;
	unsigned char *bytes = bytes_of(_i, &len);

	arena_init(&a);
	ck_assert_msg(record_read(bytes, len, &a, &record) == 0, "%s",
	    samples[_i].label);
	ck_assert_msg(same_record(&samples[_i].record, &record), "%s",
	    samples[_i].label);
	arena_free(&a);
	free(bytes);
}
END_TEST

/* Wherever the bytes lie. */
START_TEST(needs_no_alignment)
{
	struct record record;
	struct arena a;
	size_t len, shift;
	unsigned char *bytes = bytes_of(_i, &len), *moved;

	for (shift = 1; shift < 8; shift++) {
		moved = malloc(len + shift);
		ck_assert_ptr_nonnull(moved);
		memcpy(moved + shift, bytes, len);
		arena_init(&a);
		ck_assert_int_eq(record_read(moved + shift, len, &a,
		    &record), 0);
		ck_assert(same_record(&samples[_i].record, &record));
		arena_free(&a);
		free(moved);
	}
	free(bytes);
}
END_TEST

START_TEST(refuses_every_truncation)
{
	struct record record;
	struct arena a;
	size_t len, cut;
	unsigned char *bytes = bytes_of(_i, &len), *part;

	for (cut = 0; cut < len; cut++) {
		part = malloc(cut > 0 ? cut : 1);
		ck_assert_ptr_nonnull(part);
		memcpy(part, bytes, cut);
		arena_init(&a);
		ck_assert_msg(record_read(part, cut, &a, &record) == -1,
		    "%s: %zu of %zu bytes", samples[_i].label, cut, len);
		arena_free(&a);
		free(part);
	}
	free(bytes);
}
END_TEST

START_TEST(refuses_bytes_behind)
{
	struct record record;
	struct arena a;
	size_t len;
	unsigned char *bytes = bytes_of(_i, &len);

	bytes = realloc(bytes, len + 1);
	ck_assert_ptr_nonnull(bytes);
	bytes[len] = '\0';
	arena_init(&a);
	ck_assert_int_eq(record_read(bytes, len + 1, &a, &record), -1);
	arena_free(&a);
	free(bytes);
}
END_TEST

/*
 * A damaged byte is refused or gives another record that is as sound: reading
 * it again from its own bytes gives the same.
 */
static void
try_damaged(const unsigned char *bytes, size_t len)
{
	struct record record, again;
	const void *written;
	struct arena a;
	size_t n;

	arena_init(&a);
	if (record_read(bytes, len, &a, &record) == 0) {
		ck_assert_int_eq(record_write(&record, &a, &written, &n), 0);
		ck_assert_int_eq(record_read(written, n, &a, &again), 0);
		ck_assert(same_record(&record, &again));
	}
	arena_free(&a);
}

START_TEST(survives_any_damaged_byte)
{
	static const unsigned char odd[] = { 0x00, 0x01, 0x02, 0x03, 0x04,
	    0x05, 0x06, 0x07, 0x20, 0x21, 0x7f, 0x80, 0x81, 0xc3, 0xff };
	size_t len, at, i;
	unsigned char *bytes = bytes_of(_i, &len), was;

	for (at = 0; at < len; at++) {
		was = bytes[at];
		for (i = 0; i < sizeof(odd); i++) {
			bytes[at] = odd[i];
			try_damaged(bytes, len);
		}
		for (i = 0; i < 8; i++) {
			bytes[at] = (unsigned char)(was ^ 1 << i);
			try_damaged(bytes, len);
		}
		bytes[at] = was;
	}
	free(bytes);
}
END_TEST

/* Bytes that no writer writes. */
static const struct {
	const char *label;
	const char *bytes;
	size_t len;
} lies[] = {
	{ "nothing", TEXT("") },
	{ "another format", TEXT("\3\4\0\0\0\0") },
	{ "no kind", TEXT("\2\5\0\0\0\0") },
	{ "a text with a NUL inside", TEXT("\2\4\2a\0\0\0\0") },
	{ "a text without a NUL", TEXT("\2\4\1ab\0\0") },
	{ "a text longer than all", TEXT("\2\4\x7f" "a\0\0\0") },
	{ "a count of 2^63", TEXT(
	    "\2\4\1a\0\x80\x80\x80\x80\x80\x80\x80\x80\x80\1\0") },
	{ "a count without an end", TEXT(
	    "\2\4\1a\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff") },
	{ "more texts than bytes", TEXT("\2\4\1a\0\5\0\0\0") },
	{ "unknown dates", TEXT("\2\4\1a\0\0\4") },
	{ "neither true nor false", TEXT("\2\2\0\0\1a\0\0\2") },
	{ "no address family", TEXT("\2\1\0\0\1\1\5\x18\xc0\0\2\1\3\0\0\0"
	    "\0\0\0\0\0") },
	{ "too long a prefix", TEXT("\2\1\0\0\1\1\4\x21\xc0\0\2\0\3\0\0\0"
	    "\0\0\0\0\0") },
	{ "host bits", TEXT("\2\1\0\0\1\1\4\x18\xc0\0\2\1\3\0\0\0"
	    "\0\0\0\0\0") }
};

START_TEST(refuses_lies)
{
	struct record record;
	struct arena a;
	char *bytes = malloc(lies[_i].len + 1);

	ck_assert_ptr_nonnull(bytes);
	memcpy(bytes, lies[_i].bytes, lies[_i].len);
	arena_init(&a);
	ck_assert_msg(record_read(bytes, lies[_i].len, &a, &record) == -1,
	    "%s", lies[_i].label);
	arena_free(&a);
	free(bytes);
}
END_TEST

/* The last lies but for what makes them one. */
START_TEST(reads_what_is_nearly_a_lie)
{
	static const char net[] = "\2\1\0\0\1\1\4\x18\xc0\0\2\0\3\0\0\0"
	    "\0\0\0\0";
	static const char deny[] = "\2\4\1a\0\0";
	struct record record;
	struct arena a;

	arena_init(&a);
	ck_assert_int_eq(record_read(net, sizeof(net), &a, &record), 0);
	ck_assert_int_eq(record.u.network.access, ACCESS_DENY);
	ck_assert_int_eq(record_read(deny, sizeof(deny), &a, &record), 0);
	ck_assert_str_eq(record.u.deny.dn, "a");
	arena_free(&a);
}
END_TEST

START_TEST(is_compact)
{
	static const char *const logins[] = { "joe.doe" };
	static const char *const addresses[] = { "joe.doe@example.com" };
	const struct record usual = { .kind = KIND_ACCOUNT, .u.account = {
	    .dn = "uid=joe.doe,ou=people,dc=example,dc=com",
	    .logins = { logins, 1 }, .addresses = { addresses, 1 },
	    .enabled = true, .vouches = true, .dates = ALWAYS } };
	const void *bytes;
	struct arena a;
	size_t len;

	arena_init(&a);
	ck_assert_int_eq(record_write(&usual, &a, &bytes, &len), 0);
	ck_assert_uint_le(len, 100);
	arena_free(&a);
}
END_TEST

/* ---- terms ------------------------------------------------------------- */

struct found_terms {
	uint64_t hash[64];
	size_t n;
	size_t nets;
	size_t stop_at;	/* 0: never */
};

static int
found_term(void *ctx, uint64_t hash, const struct cidr *net)
{
	struct found_terms *f = ctx;

	if (f->stop_at != 0 && f->n + 1 == f->stop_at)
		return (-1);
	f->hash[f->n++] = hash;
	if (net != NULL) {
		f->nets++;
		ck_assert_uint_eq(hash, record_hash_network(net));
	}
	return (0);
}

#define T(term, text)	{ term, text }

static const struct {
	int sample;
	struct {
		enum term term;
		const char *text;
	} terms[8];
	size_t nterms;
	size_t nets;
} terms[] = {
	{ 0, { T(TERM_LOGIN, "joe"), T(TERM_LOGIN, ""),
	    T(TERM_LOGIN, "j\xc3\xbcrgen"),
	    T(TERM_ADDRESS, "a@example.com") }, 4, 0 },
	{ 1, { T(TERM_KEY, NULL) }, 0, 0 },
	{ 2, { T(TERM_KEY, NULL) }, 0, 0 },
	{ 3, { T(TERM_NETWORK, "192.0.2.0/24"),
	    T(TERM_NETWORK, "0.0.0.0/0"),
	    T(TERM_NETWORK, "2001:db8::1/128"), T(TERM_NETWORK, "::/0") },
	    4, 4 },
	{ 4, { T(TERM_DOMAIN, ".example.edu"), T(TERM_DOMAIN, "joe"),
	    T(TERM_DOMAIN, ""), T(TERM_DOMAIN, "j\xc3\xbcrgen") }, 4, 0 },
	{ 5, { T(TERM_MEMBER_DN, "joe"), T(TERM_MEMBER_DN, ""),
	    T(TERM_MEMBER_DN, "j\xc3\xbcrgen"),
	    T(TERM_MEMBER_LOGIN, "a@example.com"),
	    T(TERM_GROUP_DN, "cn=g") }, 5, 0 },
	{ 6, { T(TERM_DENY_DN, "uid=joe"), T(TERM_DENY_LOGIN, "joe"),
	    T(TERM_DENY_LOGIN, ""), T(TERM_DENY_LOGIN, "j\xc3\xbcrgen") },
	    4, 0 }
};

static uint64_t
wanted_hash(enum term term, const char *text)
{
	struct cidr net;

	if (term != TERM_NETWORK)
		return (record_hash(term, text, strlen(text)));
	ck_assert_int_eq(cidr_parse(text, strlen(text), &net), CIDR_OK);
	return (record_hash_network(&net));
}

START_TEST(names_its_terms)
{
	const struct record *r = &samples[terms[_i].sample].record;
	struct found_terms f = { .n = 0 };
	size_t i, j;

	ck_assert_int_eq(record_terms(r, found_term, &f), 0);
	ck_assert_uint_eq(f.n, terms[_i].nterms);
	ck_assert_uint_eq(f.nets, terms[_i].nets);
	for (i = 0; i < terms[_i].nterms; i++) {
		uint64_t hash = wanted_hash(terms[_i].terms[i].term,
		    terms[_i].terms[i].text);

		for (j = 0; j < f.n && f.hash[j] != hash; j++)
			;
		ck_assert_msg(j < f.n, "no term %s",
		    terms[_i].terms[i].text);
	}
}
END_TEST

START_TEST(has_its_terms_and_no_others)
{
	const struct record *r = &samples[terms[_i].sample].record;
	const char *text;
	size_t i, j;
	bool own;

	for (i = 0; i < ROWS(terms); i++) {
		for (j = 0; j < terms[i].nterms; j++) {
			enum term term = terms[i].terms[j].term;

			text = terms[i].terms[j].text;
			own = (int)i == _i;
			ck_assert_msg(record_has(r, term, text) == own,
			    "%s: term %d %s", samples[_i].label, (int)term,
			    text);
			ck_assert_int_eq(record_has(r, term, "other"), 0);
			ck_assert_int_eq(record_has(r, TERM_KEY, text), 0);
		}
	}
}
END_TEST

START_TEST(stops_when_told)
{
	const struct record *r = &samples[terms[_i].sample].record;
	struct found_terms f = { .n = 0 };
	size_t i;

	for (i = 1; i <= terms[_i].nterms; i++) {
		f = (struct found_terms){ .stop_at = i };
		ck_assert_int_eq(record_terms(r, found_term, &f), -1);
		ck_assert_uint_eq(f.n, i - 1);
	}
}
END_TEST

/* The same text under two terms, near texts, and a prefix's parts. */
START_TEST(hashes_apart)
{
	struct cidr net = { { 4, { 192, 0, 2 } }, 24 };
	uint64_t seen[64];
	size_t n = 0, i, j;
	char text[16];

	for (i = 0; i <= TERM_DENY_LOGIN; i++)
		seen[n++] = record_hash((enum term)i, "joe", 3);
	for (i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "joe%zu", i);
		seen[n++] = record_hash(TERM_LOGIN, text, strlen(text));
	}
	seen[n++] = record_hash(TERM_LOGIN, "", 0);
	seen[n++] = record_hash(TERM_LOGIN, "\0", 1);
	seen[n++] = record_hash_network(&net);
	net.len = 23;
	seen[n++] = record_hash_network(&net);
	net.ip.family = 6;
	seen[n++] = record_hash_network(&net);
	for (i = 0; i < n; i++)
		for (j = 0; j < i; j++)
			ck_assert_msg(seen[i] != seen[j], "%zu, %zu", i, j);
}
END_TEST

/* Both halves and all eight bytes take part: no bit of 10,000 hashes is the
 * same nearly always. */
START_TEST(mixes_all_bits)
{
	unsigned ones[64] = { 0 };
	uint64_t hash;
	char text[16];
	unsigned i, bit;

	for (i = 0; i < 10000; i++) {
		snprintf(text, sizeof(text), "u%u", i);
		hash = record_hash(TERM_LOGIN, text, strlen(text));
		for (bit = 0; bit < 64; bit++)
			ones[bit] += (unsigned)(hash >> bit & 1);
	}
	for (bit = 0; bit < 64; bit++)
		ck_assert_msg(ones[bit] > 4700 && ones[bit] < 5300,
		    "bit %u: %u", bit, ones[bit]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("record");

	suite_rows(s, reads_what_it_wrote, ROWS(samples));
	suite_rows(s, needs_no_alignment, ROWS(samples));
	suite_rows(s, refuses_every_truncation, ROWS(samples));
	suite_rows(s, refuses_bytes_behind, ROWS(samples));
	suite_rows(s, survives_any_damaged_byte, ROWS(samples));
	suite_rows(s, refuses_lies, ROWS(lies));
	suite_one(s, reads_what_is_nearly_a_lie);
	suite_one(s, is_compact);
	suite_rows(s, names_its_terms, ROWS(terms));
	suite_rows(s, has_its_terms_and_no_others, ROWS(terms));
	suite_rows(s, stops_when_told, ROWS(terms));
	suite_one(s, hashes_apart);
	suite_one(s, mixes_all_bits);
	return (suite_run(s));
}
