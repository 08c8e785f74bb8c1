#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attrmap.h"
#include "digest.h"
#include "dn.h"
#include "log.h"
#include "reading.h"

enum {
	PROBLEMS_LOGGED = 20,	/* of one reading */
	VALUE_LOGGED = 64	/* bytes */
};

void
reading_begin(struct reading *r)
{

	arena_init(&r->arena);
}

void
reading_end(struct reading *r)
{

	arena_free(&r->arena);
}

/* ---- what each search makes of an entry -------------------------------- */

struct attempt {
	const struct attrmap *map;
	const struct entry *entry;
	bool unchecked;
	struct arena *arena;
	const struct attr_report *report;
};

static enum attr_result
read_account(const struct attempt *a, struct record *to)
{

	return (attrmap_account(a->map, a->entry, a->unchecked, a->arena,
	    a->report, &to->u.account));
}

static enum attr_result
read_network(const struct attempt *a, struct record *to)
{

	return (attrmap_network(a->entry, a->unchecked, a->arena, a->report,
	    &to->u.network));
}

static enum attr_result
read_domain(const struct attempt *a, struct record *to)
{

	return (attrmap_domain(a->map, a->entry, a->unchecked, a->arena,
	    a->report, &to->u.domain));
}

static enum attr_result
read_group(const struct attempt *a, struct record *to)
{

	return (attrmap_group(a->map, a->entry, a->unchecked, a->arena,
	    a->report, &to->u.group));
}

static enum attr_result
read_override_network(const struct attempt *a, struct record *to)
{

	return (attrmap_override_network(a->entry, a->arena, a->report,
	    &to->u.network));
}

static enum attr_result
read_override_account(const struct attempt *a, struct record *to)
{

	return (attrmap_override_account(a->entry, a->arena, a->report,
	    &to->u.deny));
}

static const struct reader {
	enum search search;
	enum kind kind;
	enum attr_result (*read)(const struct attempt *, struct record *);
} readers[] = {
	{ SEARCH_ACCOUNTS, KIND_ACCOUNT, read_account },
	{ SEARCH_NETWORKS, KIND_NETWORK, read_network },
	{ SEARCH_DOMAINS, KIND_DOMAIN, read_domain },
	{ SEARCH_GROUPS, KIND_GROUP, read_group },
	{ SEARCH_OVERRIDES, KIND_NETWORK, read_override_network },
	{ SEARCH_OVERRIDES, KIND_DENY, read_override_account }
};
enum { READERS = sizeof(readers) / sizeof(readers[0]) };

/* ---- what could not be read -------------------------------------------- */

/* The same value is the same wherever it lies and whichever server tells. */
static uint64_t
problem_digest(const char *dn, const char *attr, const char *value,
    size_t len, const char *text)
{
	uint64_t digest = digest_text(0, dn);

	digest = digest_text(digest, attr);
	digest = digest_bytes(digest, value, len);
	return (digest_text(digest, text));
}

static bool
for_log(struct reading *r, uint64_t digest)
{

	if (r->quiet || !reported_value(r->reported, digest))
		return (false);
	return (++r->told <= PROBLEMS_LOGGED);
}

static void
problem(void *ctx, const char *dn, const char *attr, const char *value,
    size_t len, const char *text)
{
	struct reading *r = ctx;
	const char *colon = len == 0 ? "" : ": ";
	int shown = (int)(len < VALUE_LOGGED ? len : VALUE_LOGGED);

	r->unusable++;
	r->problems++;
	if (!for_log(r, problem_digest(dn, attr, value, len, text)))
		return;
	if (r->line > 0)
		log_line(LOG_SEV_WARNING, "%s:%lu: %s: %s%s%.*s: %s", r->path,
		    r->line, dn, attr, colon, shown, value, text);
	else
		log_line(LOG_SEV_WARNING, "%s: %s: %s%s%.*s: %s", r->path, dn,
		    attr, colon, shown, value, text);
}

static void
log_problems(const struct reading *r)
{

	if (r->told > PROBLEMS_LOGGED)
		log_line(LOG_SEV_WARNING, "%s: and %llu more values that could"
		    " not be read", r->path,
		    (unsigned long long)(r->told - PROBLEMS_LOGGED));
}

/* ---- dates ------------------------------------------------------------- */

static bool
has_date(const struct record *record)
{

	switch (record->kind) {
	case KIND_ACCOUNT:
		return (record->u.account.enforce.present);
	case KIND_NETWORK:
		return (record->u.network.enforce.present);
	case KIND_DOMAIN:
		return (record->u.domain.enforce.present);
	case KIND_GROUP:
		return (record->u.group.enforce.present);
	case KIND_DENY:
		break;
	}
	return (false);
}

/* One entry may be read as several records. */
static void
note_date(struct reading *r, const struct record *record)
{

	if (r->has_date || !has_date(record))
		return;
	r->has_date = true;
	if (r->dated++ > 0)
		return;
	r->dated_line = r->line;
	snprintf(r->dated_dn, sizeof(r->dated_dn), "%s", record_dn(record));
}

/* Spec section 5: in the authority role a date ahead would be an open relay. */
static void
log_dates(const struct reading *r)
{
	char place[READING_DN_MAX + 1];
	struct why text;

	if (r->dated == 0 || r->quiet ||
	    r->config->policy.role != ROLE_AUTHORITY)
		return;
	if (r->dated_line > 0)
		snprintf(place, sizeof(place), "%lu", r->dated_line);
	else
		snprintf(place, sizeof(place), " %s", r->dated_dn);
	why_set(&text, "%s:%s: relayEnforceFrom is ignored in the authority "
	    "role: refusals are real (%llu %s it)", r->path, place,
	    (unsigned long long)r->dated,
	    r->dated == 1 ? "entry has" : "entries have");
	if (reported_line(r->reported, text.text))
		log_text(LOG_SEV_WARNING, text.text);
}

void
reading_log(const struct reading *r)
{

	log_problems(r);
	log_dates(r);
}

/* ---- one entry --------------------------------------------------------- */

/*
 * Files are refused for a DN that does not read.  What a server holds is
 * reported: the entry is then as if it were not there, and no other is lost.
 * Return 1 or 0, or -1 when memory is short.
 */
static int
dn_reads(struct reading *r, const struct source_entry *from)
{
	const struct entry *entry = from->entry;
	char *out;

	if (from->dn != NULL)
		return (1);
	if ((out = arena_alloc(&r->arena, DN_SIZE(entry->dn_len))) == NULL)
		return (-1);
	errno = 0;
	if (dn_normalise(entry->dn, entry->dn_len, out,
	    DN_SIZE(entry->dn_len)) > 0)
		return (1);
	if (errno == ENOMEM)
		return (-1);
	problem(r, entry->dn, "dn", "", 0, "this name cannot be read; the "
	    "entry is left out");
	return (0);
}

static bool
wanted(const struct reading *r, const struct source_entry *from,
    enum search search)
{

	return ((r->searches & from->searches & 1U << search) != 0);
}

static bool
below_base(const struct reading *r, const struct source_entry *from,
    enum search search)
{

	return (from->dn == NULL ||
	    dn_below(from->dn, r->config->searches[search].base) == 1);
}

static enum attr_result
read_as(struct reading *r, const struct source_entry *from,
    const struct reader *reader, struct record *record)
{
	struct attr_report report = { r, problem };
	struct attempt attempt = { &r->config->searches[reader->search].map,
	    from->entry, r->unchecked, &r->arena, &report };
	enum attr_result result;

	if (!below_base(r, from, reader->search))
		return (ATTR_NONE);
	memset(record, 0, sizeof(*record));
	record->kind = reader->kind;
	r->unusable = 0;
	result = reader->read(&attempt, record);
	record->unusable = r->unusable;
	if (result == ATTR_ENTRY)
		note_date(r, record);
	return (result);
}

int
reading_entry(struct reading *r, const struct source_entry *from,
    int (*each)(void *, enum search, const struct record *, struct why *),
    void *ctx, struct why *why)
{
	struct record record;
	enum attr_result result;
	int reads;
	size_t i;

	arena_reset(&r->arena);
	r->line = from->line;
	r->has_date = false;
	if ((reads = dn_reads(r, from)) == -1)
		return (why_set(why, "memory is short"));
	for (i = 0; i < READERS; i++) {
		if (!wanted(r, from, readers[i].search))
			continue;
		result = reads == 0 ? ATTR_NONE :
		    read_as(r, from, &readers[i], &record);
		if (result == ATTR_NO_MEMORY)
			return (why_set(why, "memory is short"));
		if (each(ctx, readers[i].search,
		    result == ATTR_ENTRY ? &record : NULL, why) == -1)
			return (-1);
	}
	return (0);
}
