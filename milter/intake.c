#include <stdio.h>
#include <string.h>

#include "attrmap.h"
#include "dn.h"
#include "intake.h"
#include "log.h"

enum {
	PROBLEMS_LOGGED = 20,	/* of one reading */
	VALUE_LOGGED = 64,	/* bytes */
	PROGRESS_EVERY = 64	/* entries */
};

/* One reading. */
struct intake {
	const struct intake_job *job;
	struct store_build *build;
	struct store_search notes[SEARCHES];
	struct clock_reading began;
	struct arena arena;	/* of one entry */
	enum search search;	/* for which it is being read */
	unsigned long line;
	unsigned long entries;
	uint64_t problems;
	uint64_t dated;		/* entries with relayEnforceFrom */
	unsigned long dated_first, dated_last;	/* their lines */
	enum intake_outcome outcome;
};

/* ---- entries ----------------------------------------------------------- */

struct reading {
	const struct attrmap *map;
	const struct entry *entry;
	bool unchecked;
	struct arena *arena;
	const struct attr_report *report;
};

static enum attr_result
read_account(const struct reading *r, struct record *to)
{

	return (attrmap_account(r->map, r->entry, r->unchecked, r->arena,
	    r->report, &to->u.account));
}

static enum attr_result
read_network(const struct reading *r, struct record *to)
{

	return (attrmap_network(r->entry, r->unchecked, r->arena, r->report,
	    &to->u.network));
}

static enum attr_result
read_domain(const struct reading *r, struct record *to)
{

	return (attrmap_domain(r->map, r->entry, r->unchecked, r->arena,
	    r->report, &to->u.domain));
}

static enum attr_result
read_group(const struct reading *r, struct record *to)
{

	return (attrmap_group(r->map, r->entry, r->unchecked, r->arena,
	    r->report, &to->u.group));
}

static enum attr_result
read_override_network(const struct reading *r, struct record *to)
{

	return (attrmap_override_network(r->entry, r->arena, r->report,
	    &to->u.network));
}

static enum attr_result
read_override_account(const struct reading *r, struct record *to)
{

	return (attrmap_override_account(r->entry, r->arena, r->report,
	    &to->u.deny));
}

/* What each search makes of an entry. */
static const struct reader {
	enum search search;
	enum kind kind;
	enum attr_result (*read)(const struct reading *, struct record *);
} readers[] = {
	{ SEARCH_ACCOUNTS, KIND_ACCOUNT, read_account },
	{ SEARCH_NETWORKS, KIND_NETWORK, read_network },
	{ SEARCH_DOMAINS, KIND_DOMAIN, read_domain },
	{ SEARCH_GROUPS, KIND_GROUP, read_group },
	{ SEARCH_OVERRIDES, KIND_NETWORK, read_override_network },
	{ SEARCH_OVERRIDES, KIND_DENY, read_override_account }
};
enum { READERS = sizeof(readers) / sizeof(readers[0]) };

static bool
asked_for(const struct intake_job *job, enum search search)
{

	return ((job->searches >> search & 1) != 0);
}

static void
problem(void *ctx, const char *dn, const char *attr, const char *value,
    size_t len, const char *text)
{
	struct intake *in = ctx;
	const char *colon = len == 0 ? "" : ": ";
	int shown = (int)(len < VALUE_LOGGED ? len : VALUE_LOGGED);

	in->notes[in->search].unusable++;
	if (++in->problems > PROBLEMS_LOGGED || in->job->quiet)
		return;
	log_line(LOG_SEV_WARNING, "%s:%lu: %s: %s%s%.*s: %s", in->job->path,
	    in->line, dn, attr, colon, shown, value, text);
}

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
note_date(struct intake *in, const struct record *record)
{

	if (!has_date(record) || (in->dated > 0 && in->dated_last == in->line))
		return;
	if (in->dated++ == 0)
		in->dated_first = in->line;
	in->dated_last = in->line;
}

static int
read_one(struct intake *in, const struct reader *reader, const char *key,
    size_t key_len, const struct entry *entry, struct why *why)
{
	const struct config_search *search =
	    &in->job->config->searches[reader->search];
	struct attr_report report = { in, problem };
	struct reading r = { &search->map, entry, in->job->unchecked,
	    &in->arena, &report };
	struct record record = { .kind = reader->kind };

	if (!asked_for(in->job, reader->search) ||
	    !dn_below(key, search->base))
		return (0);
	in->search = reader->search;
	switch (reader->read(&r, &record)) {
	case ATTR_ENTRY:
		note_date(in, &record);
		return (store_build_put(in->build, reader->search, key,
		    key_len, &record, why));
	case ATTR_NONE:
		return (0);
	case ATTR_NO_MEMORY:
		break;
	}
	return (why_set(why, "memory is short"));
}

static int
sink_entry(void *ctx, const char *key, size_t key_len,
    const struct entry *entry, unsigned long line, struct why *why)
{
	struct intake *in = ctx;
	const struct intake_job *job = in->job;
	size_t i;

	in->line = line;
	arena_reset(&in->arena);
	for (i = 0; i < READERS; i++)
		if (read_one(in, &readers[i], key, key_len, entry, why) == -1)
			return (-1);
	if (++in->entries % PROGRESS_EVERY != 0)
		return (0);
	return (job->progress(job->progress_ctx, why));
}

/* ---- begin ------------------------------------------------------------- */

static int
build_begin(struct intake *in, struct why *why)
{
	const struct intake_job *job = in->job;

	if (store_build_begin(job->store, job->searches, &in->build,
	    why) == -1)
		return (-1);
	store_build_progress(in->build, job->progress, job->progress_ctx);
	return (0);
}

static int
sink_begin(void *ctx, struct why *why)
{

	return (build_begin(ctx, why));
}

/* ---- end --------------------------------------------------------------- */

enum { SHRINK_MIN = 10 };	/* below that, any number may go */

/* Is that more than max_shrink lets go? */
static bool
too_many(const struct config *config, uint64_t had, uint64_t removes)
{

	return (had >= SHRINK_MIN &&
	    removes * 100 > (uint64_t)config->max_shrink * had);
}

struct shrink {
	bool too_much;
	enum kind kind;		/* the first one, for the reason */
	uint64_t removes[SEARCHES];
	uint64_t of[SEARCHES];	/* 0 = nothing to hold back */
};

static int
shrink_count(struct intake *in, struct shrink *shrink, struct why *why)
{
	const struct reader *r;
	uint64_t had, removes;
	size_t i;

	memset(shrink, 0, sizeof(*shrink));
	for (i = 0; i < READERS; i++) {
		r = &readers[i];
		if (!asked_for(in->job, r->search) ||
		    shrink->of[r->search] != 0)
			continue;
		if (store_build_removes(in->build, r->search, r->kind, &had,
		    &removes, why) == -1)
			return (-1);
		if (!too_many(in->job->config, had, removes))
			continue;
		if (!shrink->too_much)
			shrink->kind = r->kind;
		shrink->too_much = true;
		shrink->removes[r->search] = removes;
		shrink->of[r->search] = had;
	}
	return (0);
}

static int
shrink_note(const struct intake *in, const struct shrink *shrink,
    struct why *why)
{
	struct store_change *change;
	int i;

	if (store_change_begin(in->job->store, &change, why) == -1)
		return (-1);
	for (i = 0; i < SEARCHES; i++) {
		if (shrink->of[i] == 0)
			continue;
		if (store_change_held_back(change, (enum search)i,
		    shrink->removes[i], shrink->of[i], why) == -1) {
			store_change_cancel(change);
			return (-1);
		}
	}
	return (store_change_commit(change, why));
}

static int
hold_back(struct intake *in, const struct shrink *shrink, struct why *why)
{
	int i;

	store_build_cancel(in->build);
	in->build = NULL;
	if (shrink_note(in, shrink, why) == -1)
		return (-1);
	for (i = 0; shrink->of[i] == 0; i++)
		continue;
	in->outcome = INTAKE_HELD_BACK;
	why_set(why, "%s: held back: it would remove %llu of %llu %s, more "
	    "than max_shrink (%ld %%) allows: `mayrelay refresh --accept' "
	    "applies it", in->job->path,
	    (unsigned long long)shrink->removes[i],
	    (unsigned long long)shrink->of[i],
	    kind_names(shrink->kind, shrink->of[i]),
	    in->job->config->max_shrink);
	return (0);
}

static int
put_in_force(struct intake *in, struct why *why)
{
	struct store_build *build = in->build;
	int i;

	for (i = 0; i < SEARCHES; i++) {
		in->notes[i].digest = in->job->config->searches[i].digest;
		in->notes[i].good = in->began;
	}
	in->build = NULL;
	in->outcome = INTAKE_IN_FORCE;
	return (store_build_switch(build, in->notes, in->job->drop, why));
}

static int
sink_end(void *ctx, struct why *why)
{
	struct intake *in = ctx;
	struct shrink shrink;

	if (!in->job->accept) {
		if (shrink_count(in, &shrink, why) == -1)
			return (-1);
		if (shrink.too_much)
			return (hold_back(in, &shrink, why));
	}
	return (put_in_force(in, why));
}

/* ---- the log ----------------------------------------------------------- */

static void
count_kinds(const struct store_view *view, uint64_t n[KINDS])
{
	struct store_search info;
	int i, k;

	memset(n, 0, KINDS * sizeof(*n));
	for (i = 0; i < SEARCHES; i++) {
		if (store_info(view, (enum search)i, &info) == -1)
			continue;
		for (k = 0; k < KINDS; k++)
			n[k] += info.entries[k];
	}
}

static void
counts_text(const uint64_t n[KINDS], char *out, size_t size)
{
	size_t at = 0;
	int k;

	out[0] = '\0';
	for (k = 0; k < KINDS && at < size; k++)
		at += (size_t)snprintf(out + at, size - at, "%s%llu %s",
		    k == 0 ? "" : ", ", (unsigned long long)n[k],
		    kind_names((enum kind)k, n[k]));
}

/* While a source has not been read yet, its domains may still come. */
static void
log_no_domain(const struct store_view *view, const uint64_t n[KINDS])
{

	if (n[KIND_DOMAIN] == 0 && store_view_policy(view)->loaded)
		log_text(LOG_SEV_WARNING, "no relayDomain in the policy: "
		    "recipients are local only by policy.local_domains and "
		    "the MTA's mailer");
}

static void
log_generation(const struct intake *in)
{
	struct store_view *view;
	uint64_t n[KINDS];
	char counts[256];
	struct clock_reading now;

	clock_read(&now);
	if ((view = store_view_begin(in->job->store,
	    in->job->config->configured, &now)) == NULL)
		return;
	count_kinds(view, n);
	counts_text(n, counts, sizeof(counts));
	log_line(LOG_SEV_NOTICE, "policy generation %llu in force: %s from %s "
	    "(%llu value%s could not be read)",
	    (unsigned long long)store_generation(view), counts, in->job->name,
	    (unsigned long long)in->problems, in->problems == 1 ? "" : "s");
	log_no_domain(view, n);
	store_view_end(view);
}

static void
log_problems(const struct intake *in)
{

	if (in->problems > PROBLEMS_LOGGED && !in->job->quiet)
		log_line(LOG_SEV_WARNING, "%s: and %llu more values that could"
		    " not be read", in->job->path,
		    (unsigned long long)(in->problems - PROBLEMS_LOGGED));
}

/* Spec section 5: in the authority role a date ahead would be an open relay. */
static void
log_dates(const struct intake *in)
{

	if (in->dated == 0 || in->job->quiet ||
	    in->job->config->policy.role != ROLE_AUTHORITY)
		return;
	log_line(LOG_SEV_WARNING, "%s:%lu: relayEnforceFrom is ignored in the "
	    "authority role: refusals are real (%llu %s it)", in->job->path,
	    in->dated_first, (unsigned long long)in->dated,
	    in->dated == 1 ? "entry has" : "entries have");
}

/* ---- one reading ------------------------------------------------------- */

static void
intake_init(struct intake *in, const struct intake_job *job)
{

	memset(in, 0, sizeof(*in));
	in->job = job;
	arena_init(&in->arena);
	clock_read(&in->began);
}

static void
intake_end(struct intake *in)
{

	store_build_cancel(in->build);
	arena_free(&in->arena);
}

int
intake_run(const struct intake_job *job,
    int (*tell)(void *, const struct sink *, struct why *), void *ctx,
    enum intake_outcome *outcome, struct why *why)
{
	struct intake in;
	struct sink sink = { &in, sink_begin, sink_entry, sink_end };
	int result;

	intake_init(&in, job);
	result = tell(ctx, &sink, why);
	log_problems(&in);
	log_dates(&in);
	if (result == 0 && in.outcome == INTAKE_IN_FORCE)
		log_generation(&in);
	*outcome = in.outcome;
	intake_end(&in);
	return (result);
}

int
intake_drop(const struct intake_job *job, struct why *why)
{
	struct intake_job nothing = *job;
	struct intake in;
	int result;

	nothing.searches = 0;
	intake_init(&in, &nothing);
	if ((result = build_begin(&in, why)) == 0)
		result = put_in_force(&in, why);
	if (result == 0)
		log_generation(&in);
	intake_end(&in);
	return (result);
}
