#include <stdio.h>
#include <string.h>

#include "intake.h"
#include "log.h"
#include "reading.h"
#include "shrink.h"

enum { PROGRESS_EVERY = 64 };	/* entries */

/* One complete reading. */
struct intake {
	const struct intake_job *job;
	struct store_build *build;
	struct store_search notes[SEARCHES];
	struct clock_reading began;
	struct reading reading;
	/* The entry that is being read. */
	const struct source_entry *entry;
	unsigned long entries;
	enum intake_outcome outcome;
};

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

/* ---- entries ----------------------------------------------------------- */

static int
build_record(void *ctx, enum search search, const struct record *record,
    struct why *why)
{
	struct intake *in = ctx;

	if (record == NULL)
		return (0);
	return (store_build_put(in->build, search, in->entry->key,
	    in->entry->key_len, record, why));
}

static int
sink_entry(void *ctx, const struct source_entry *entry, struct why *why)
{
	struct intake *in = ctx;
	const struct intake_job *job = in->job;

	in->entry = entry;
	if (reading_entry(&in->reading, entry, build_record, in, why) == -1)
		return (-1);
	if (++in->entries % PROGRESS_EVERY != 0)
		return (0);
	return (job->progress(job->progress_ctx, why));
}

static int
sink_cookie(void *ctx, unsigned searches, const struct cookie *cookie,
    struct why *why)
{
	struct intake *in = ctx;
	int i;

	(void)why;
	for (i = 0; i < SEARCHES; i++)
		if ((searches >> i & 1) != 0)
			in->notes[i].cookie = *cookie;
	return (0);
}

/* ---- end --------------------------------------------------------------- */

static int
hold_back(struct intake *in, const struct shrink *shrink, struct why *why)
{
	const struct intake_job *job = in->job;

	store_build_cancel(in->build);
	in->build = NULL;
	in->outcome = INTAKE_HELD_BACK;
	return (shrink_hold_back(shrink, job->config, job->store, job->path,
	    why));
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
	struct store_losses losses;
	struct shrink shrink;

	if (!in->job->accept) {
		if (store_build_losses(in->build, &losses, why) == -1)
			return (-1);
		shrink_find(&shrink, in->job->config, in->job->searches,
		    &losses);
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

/* Of what is only looked at every now and then the log hears what is news. */
static bool
worth_saying(const struct intake *in, const char *text)
{
	bool news = reported_line(in->job->reported, text);

	return (news || !in->job->routine);
}

/* While a source has not been read yet, its domains may still come. */
static void
log_no_domain(const struct intake *in, const struct store_view *view,
    const uint64_t n[KINDS])
{
	static const char text[] = "no relayDomain in the policy: recipients "
	    "are local only by policy.local_domains and the MTA's mailer";

	if (n[KIND_DOMAIN] == 0 && store_view_policy(view)->loaded &&
	    worth_saying(in, text))
		log_text(LOG_SEV_WARNING, text);
}

static bool
found_none(const struct store_view *view, enum search search)
{
	struct store_search info;
	int k;

	if (store_info(view, search, &info) == -1)
		return (false);
	for (k = 0; k < KINDS && info.entries[k] == 0; k++)
		continue;
	return (k == KINDS);
}

/* A server says nothing of what its rules hide.  It may be meant, but hardly
 * of accounts. */
static void
log_empty(const struct intake *in, enum search search)
{
	const struct config_search *s = &in->job->config->searches[search];
	struct why text;

	why_set(&text, "no %s found below %s with %s: look at base, filter and "
	    "the bind DN's rights", search_name(search), s->base,
	    s->filter[0] != '\0' ? s->filter : "the default filter");
	if (search == SEARCH_ACCOUNTS ? worth_saying(in, text.text) :
	    reported_line(in->job->reported, text.text))
		log_text(LOG_SEV_WARNING, text.text);
}

static void
log_empty_searches(const struct intake *in, const struct store_view *view)
{
	int i;

	for (i = 0; i < SEARCHES; i++)
		if ((in->job->searches >> i & 1) != 0 &&
		    config_from_ldap(&in->job->config->searches[i]) &&
		    found_none(view, (enum search)i))
			log_empty(in, (enum search)i);
}

static void
log_counts(const struct intake *in, const struct store_view *view,
    const uint64_t n[KINDS])
{
	char counts[256];
	struct why text;

	counts_text(n, counts, sizeof(counts));
	why_set(&text, "in force: %s from %s (%llu value%s could not be read)",
	    counts, in->job->name, (unsigned long long)in->reading.problems,
	    in->reading.problems == 1 ? "" : "s");
	if (worth_saying(in, text.text))
		log_line(LOG_SEV_NOTICE, "policy generation %llu %s",
		    (unsigned long long)store_generation(view), text.text);
}

static void
log_generation(const struct intake *in)
{
	struct store_view *view;
	uint64_t n[KINDS];
	struct clock_reading now;

	clock_read(&now);
	if ((view = store_view_begin(in->job->store,
	    in->job->config->configured, &now)) == NULL)
		return;
	count_kinds(view, n);
	log_counts(in, view, n);
	log_no_domain(in, view, n);
	log_empty_searches(in, view);
	store_view_end(view);
}

/* ---- one reading ------------------------------------------------------- */

static void
intake_init(struct intake *in, const struct intake_job *job)
{

	memset(in, 0, sizeof(*in));
	in->job = job;
	in->reading.config = job->config;
	in->reading.path = job->path;
	in->reading.searches = job->searches;
	in->reading.reported = job->reported;
	in->reading.quiet = job->quiet;
	in->reading.unchecked = job->unchecked;
	reading_begin(&in->reading);
	clock_read(&in->began);
}

static void
intake_end(struct intake *in)
{

	store_build_cancel(in->build);
	reading_end(&in->reading);
}

int
intake_run(const struct intake_job *job,
    int (*tell)(void *, const struct sink *, struct why *), void *ctx,
    enum intake_outcome *outcome, struct why *why)
{
	struct intake in;
	struct sink sink = { &in, sink_begin, sink_entry, sink_cookie,
	    sink_end };
	int result;

	intake_init(&in, job);
	reported_begin(job->reported);
	result = tell(ctx, &sink, why);
	reading_log(&in.reading);
	if (result == 0 && in.outcome == INTAKE_IN_FORCE)
		log_generation(&in);
	reported_end(job->reported, result == 0);
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
