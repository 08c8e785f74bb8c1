#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "listing.h"
#include "persist.h"
#include "sync.h"

enum {
	BATCH = 256,		/* messages put in force together */
	/* A refresh lies in memory until it is complete; what is larger is
	 * read anew into a generation of its own. */
	REFRESH_MAX = 20000,
	/* How long a cookie that comes without changes may wait. */
	COOKIE_MS = 10000,
	CATCH_UP_MS = 10 * 60 * 1000	/* however much there is to tell */
};

/* One query. */
struct follower {
	struct persist *persist;
	const struct ldapquery *query;
	struct sync sync;
	struct cookie kept;	/* in the store */
	int id;
	bool asked;		/* where the server stands */
	struct sync state;
	int state_id;
};

struct persist {
	struct persist_job job;
	struct intake_job intake;
	struct follower followers[SEARCHES];
	size_t sent;			/* so many queries are on their way */
	bool caught_up;
	struct arena arena;		/* of one message */
	struct intake_change *change;	/* open, or NULL */
	unsigned long refreshed;	/* entries told while catching up */
	uint64_t changes;		/* in the open change */
	unsigned good;			/* searches that were heard of */
	bool probed;			/* a probe was answered */
	int64_t began_ms;
	int64_t heard_ms;		/* the last message of all */
	int64_t kept_ms;		/* the last time cookies were kept */
	bool probing;
	int probe;
	size_t probe_turn;
	int64_t probe_ms;		/* sent, or due */
	enum persist_trouble trouble;
};

/* ---- what the queries tell ---------------------------------------------- */

static int
change_open(struct persist *p, struct why *why)
{

	if (p->change != NULL)
		return (0);
	return (intake_change_begin(&p->intake, &p->change, why));
}

/* What one transaction cannot take, a new generation can. */
static int
not_taken(struct persist *p)
{

	if (!p->caught_up)
		p->trouble = PERSIST_ANEW;
	return (-1);
}

/* Note one more change. */
static int
change_count(struct persist *p, struct why *why)
{

	p->changes++;
	if (p->caught_up || ++p->refreshed <= REFRESH_MAX)
		return (0);
	p->trouble = PERSIST_ANEW;
	return (why_set(why, "too much has changed to be caught up with"));
}

static int
told_put(void *ctx, const unsigned char uuid[SYNC_UUID],
    const struct entry *entry, struct why *why)
{
	struct follower *f = ctx;
	struct persist *p = f->persist;
	struct source_entry told;
	struct entry named;

	if (listing_entry(f->query, entry, uuid, &p->arena, &named,
	    &told) == -1)
		return (why_set(why, "memory is short"));
	if (change_open(p, why) == -1 ||
	    intake_change_put(p->change, &told, why) == -1)
		return (not_taken(p));
	return (change_count(p, why));
}

static int
told_delete(void *ctx, const unsigned char uuid[SYNC_UUID], struct why *why)
{
	struct follower *f = ctx;
	struct persist *p = f->persist;

	if (change_open(p, why) == -1 || intake_change_delete(p->change,
	    f->query->searches, uuid, SYNC_UUID, why) == -1)
		return (not_taken(p));
	return (change_count(p, why));
}

static bool
is_present(void *ctx, const void *key, size_t len)
{
	const struct uuidset *present = ctx;

	return (len == SYNC_UUID && uuidset_has(present, key));
}

static int
told_sweep(void *ctx, const struct uuidset *present, struct why *why)
{
	struct follower *f = ctx;
	struct persist *p = f->persist;
	struct uuidset set = *present;	/* shares the slots */

	p->changes++;
	if (change_open(p, why) == -1 || intake_change_sweep(p->change,
	    f->query->searches, is_present, &set, why) == -1)
		return (not_taken(p));
	return (0);
}

static void
note_trouble(struct persist *p, const struct sync *sync)
{

	switch (sync->trouble) {
	case SYNC_FAILED:
		break;		/* or what the sink noted */
	case SYNC_COOKIE_REFUSED:
		p->trouble = PERSIST_ANEW;
		break;
	case SYNC_COOKIE_NEWER:
		p->trouble = PERSIST_NEWER;
		break;
	case SYNC_NOT_OFFERED:
		p->trouble = PERSIST_NOT_OFFERED;
		break;
	}
}

static int
hear_query(struct follower *f, const struct ldapconn_message *message,
    struct why *why)
{
	const struct sync_sink sink = { f, told_put, told_delete, told_sweep };
	struct persist *p = f->persist;

	if (sync_hear(&f->sync, message, &sink, why) == -1) {
		note_trouble(p, &f->sync);
		return (-1);
	}
	p->good |= f->query->searches;
	return (0);
}

/* ---- searches of one entry ---------------------------------------------- */

static const char *const no_attributes[] = { "1.1", NULL };

/* Of what its base says there is nothing to read: only that it is there. */
static struct ldapconn_search
base_of(const struct ldapquery *query)
{
	struct ldapconn_search search = { .base = query->base,
	    .base_only = true, .filter = "(objectClass=*)",
	    .attrs = no_attributes };

	return (search);
}

/* ---- where the server stands -------------------------------------------- */

/*
 * slapd says that there is nothing new, and gives no cookie, also when it knows
 * less than we do.  To whoever asks without a cookie it tells how much.
 */
static bool
must_ask(const struct follower *f)
{

	return (!f->asked && !f->sync.given && cookie_has_csn(&f->kept));
}

static int
state_ask(struct follower *f, struct why *why)
{
	struct ldapconn_search search = base_of(f->query);

	search.sync = true;
	search.mode = SYNC_REFRESH_ONLY;
	if (ldapconn_search(f->persist->job.conn, &search, &f->state_id,
	    why) == -1)
		return (-1);
	sync_begin(&f->state, SYNC_REFRESH_ONLY, NULL);
	f->asked = true;
	return (0);
}

static int
state_put(void *ctx, const unsigned char uuid[SYNC_UUID],
    const struct entry *entry, struct why *why)
{

	(void)ctx;
	(void)uuid;
	(void)entry;
	(void)why;
	return (0);
}

static int
state_delete(void *ctx, const unsigned char uuid[SYNC_UUID], struct why *why)
{

	(void)ctx;
	(void)uuid;
	(void)why;
	return (0);
}

static int
hear_state(struct follower *f, const struct ldapconn_message *message,
    struct why *why)
{
	const struct sync_sink sink = { NULL, state_put, state_delete, NULL };

	if (sync_hear(&f->state, message, &sink, why) == -1)
		return (-1);
	if (f->state.stage != SYNC_COMPLETE ||
	    !cookie_behind(&f->kept, &f->state.cookie))
		return (0);
	f->persist->trouble = PERSIST_NEWER;
	return (why_set(why, SYNC_BEHIND));
}

/* ---- the probe ---------------------------------------------------------- */

static int
probe_send(struct persist *p, struct why *why)
{
	const struct ldapconn_search search =
	    base_of(&p->job.queries[p->probe_turn++ % p->job.n]);

	if (ldapconn_search(p->job.conn, &search, &p->probe, why) == -1)
		return (-1);
	p->probing = true;
	p->probe_ms = clock_ms();
	return (0);
}

static int
hear_probe(struct persist *p, const struct ldapconn_message *message,
    struct why *why)
{

	if (message->kind != LDAPCONN_RESULT)
		return (0);
	p->probing = false;
	p->probe_ms += p->job.tools->config->poll_interval_ms;
	if (message->code != LDAPCONN_SUCCESS)
		return (why_set(why, "the server does not find a base of "
		    "ours any more: %s", message->words));
	p->good = p->job.searches;
	p->probed = true;
	return (0);
}

/* ---- messages ----------------------------------------------------------- */

static int
hear(struct persist *p, const struct ldapconn_message *message,
    struct why *why)
{
	size_t i;

	if (p->probing && message->id == p->probe)
		return (hear_probe(p, message, why));
	for (i = 0; i < p->sent; i++) {
		if (p->followers[i].id == message->id)
			return (hear_query(&p->followers[i], message, why));
		if (p->followers[i].asked &&
		    p->followers[i].state_id == message->id)
			return (hear_state(&p->followers[i], message, why));
	}
	return (0);
}

static int
hear_all(struct persist *p, bool *busy, struct why *why)
{
	struct ldapconn_message message;
	int i, result;

	for (i = 0; i < BATCH; i++) {
		arena_reset(&p->arena);
		result = ldapconn_next(p->job.conn, 0, &p->arena, &message,
		    why);
		if (result <= 0)
			return (result);
		p->heard_ms = clock_ms();
		if (hear(p, &message, why) == -1)
			return (-1);
	}
	*busy = true;
	return (0);
}

/* ---- putting in force --------------------------------------------------- */

static int
keep_cookies(struct persist *p, struct why *why)
{
	struct follower *f;

	for (f = p->followers; f < p->followers + p->job.n; f++) {
		if (f->sync.cookie.len == 0 ||
		    cookie_equal(&f->sync.cookie, &f->kept))
			continue;
		if (intake_change_cookie(p->change, f->query->searches,
		    &f->sync.cookie, why) == -1)
			return (-1);
		f->kept = f->sync.cookie;
	}
	return (0);
}

static int
commit(struct persist *p, bool refresh, struct why *why)
{
	struct intake_change *change;
	enum intake_outcome outcome;

	if (change_open(p, why) == -1 || keep_cookies(p, why) == -1 ||
	    intake_change_good(p->change, p->job.ages ? 0 : p->good,
	    why) == -1)
		return (-1);
	change = p->change;
	p->change = NULL;
	if (intake_change_commit(change, refresh, &outcome, why) == -1)
		return (-1);
	if (outcome == INTAKE_HELD_BACK) {
		p->trouble = PERSIST_HELD_BACK;
		return (-1);
	}
	atomic_fetch_add(&p->job.tools->counters->ldap_changes, p->changes);
	p->changes = 0;
	p->good = 0;
	p->probed = false;
	p->kept_ms = clock_ms();
	return (0);
}

/* Has a cookie come that is not in the store? */
static bool
cookie_waits(const struct persist *p)
{
	const struct follower *f;

	for (f = p->followers; f < p->followers + p->job.n; f++)
		if (f->sync.cookie.len != 0 &&
		    !cookie_equal(&f->sync.cookie, &f->kept))
			return (true);
	return (false);
}

static int
commit_if_due(struct persist *p, struct why *why)
{

	if (p->change == NULL && !p->probed && (!cookie_waits(p) ||
	    clock_ms() - p->kept_ms < COOKIE_MS))
		return (0);
	return (commit(p, false, why));
}

/* ---- catching up -------------------------------------------------------- */

static int
send_next(struct persist *p, struct why *why)
{
	struct follower *f = &p->followers[p->sent];
	struct cookie cookie;
	const struct ldapconn_search search = { .base = f->query->base,
	    .filter = f->query->filter, .attrs = f->query->attrs,
	    .sync = true, .mode = SYNC_REFRESH_AND_PERSIST,
	    .cookie = &cookie };

	cookie_anonymous(&f->kept, &cookie);
	if (ldapconn_search(p->job.conn, &search, &f->id, why) == -1)
		return (-1);
	sync_begin(&f->sync, SYNC_REFRESH_AND_PERSIST, &f->kept);
	p->heard_ms = clock_ms();
	p->sent++;
	return (0);
}

/* A round of the queries is over when the last one has caught up. */
static int
catch_up(struct persist *p, struct why *why)
{
	struct follower *f = &p->followers[p->sent - 1];

	if (f->sync.stage != SYNC_PERSISTING)
		return (0);
	if (must_ask(f))
		return (state_ask(f, why));
	if (f->asked && f->state.stage != SYNC_COMPLETE)
		return (0);
	if (p->sent < p->job.n)
		return (send_next(p, why));
	p->good = p->job.searches;
	if (commit(p, true, why) == -1)
		return (-1);
	p->caught_up = true;
	p->probe_ms = clock_ms() + p->job.tools->config->poll_interval_ms;
	return (0);
}

/* ---- silence ------------------------------------------------------------ */

static int
silent(const struct persist *p, int64_t since, struct why *why)
{
	const int64_t timeout = p->job.tools->config->timeout_ms;

	if (clock_ms() - since < timeout)
		return (0);
	return (why_set(why, "no answer for %lld s (directory.timeout)",
	    (long long)(timeout / 1000)));
}

static int
watch(struct persist *p, struct why *why)
{

	if (!p->caught_up && clock_ms() - p->began_ms >= CATCH_UP_MS) {
		p->trouble = PERSIST_ANEW;
		return (why_set(why, "what has changed could not be caught up "
		    "with in %d minutes", CATCH_UP_MS / 60000));
	}
	if (!p->caught_up)
		return (silent(p, p->heard_ms, why));
	if (p->probing)
		return (silent(p, p->probe_ms, why));
	if (clock_ms() >= p->probe_ms)
		return (probe_send(p, why));
	return (0);
}

/* ---- its life ----------------------------------------------------------- */

int
persist_begin(const struct persist_job *job, struct persist **out,
    struct why *why)
{
	struct persist *p;
	size_t i;

	if ((p = calloc(1, sizeof(*p))) == NULL)
		return (why_set(why, "memory is short"));
	p->job = *job;
	p->intake = feedtools_job(job->tools, job->name, job->name,
	    job->searches);
	arena_init(&p->arena);
	for (i = 0; i < job->n; i++) {
		p->followers[i].persist = p;
		p->followers[i].query = &job->queries[i];
		p->followers[i].kept = job->cookies[i];
	}
	p->kept_ms = p->began_ms = clock_ms();
	if (send_next(p, why) == -1) {
		persist_end(p);
		return (-1);
	}
	*out = p;
	return (0);
}

void
persist_end(struct persist *p)
{
	size_t i;

	if (p == NULL)
		return;
	intake_change_cancel(p->change);
	for (i = 0; i < p->sent; i++) {
		ldapconn_abandon(p->job.conn, p->followers[i].id);
		sync_end(&p->followers[i].sync);
		if (p->followers[i].asked)
			sync_end(&p->followers[i].state);
	}
	arena_free(&p->arena);
	free(p);
}

bool
persist_writing(const struct persist *p)
{

	return (p->change != NULL);
}

bool
persist_caught_up(const struct persist *p)
{

	return (p->caught_up);
}

static int
step(struct persist *p, bool *busy, struct why *why)
{

	if (hear_all(p, busy, why) == -1)
		return (-1);
	if (p->caught_up ? commit_if_due(p, why) == -1 :
	    catch_up(p, why) == -1)
		return (-1);
	return (watch(p, why));
}

int
persist_step(struct persist *p, bool *busy, enum persist_trouble *what,
    struct why *why)
{

	*busy = false;
	p->trouble = PERSIST_FAILED;
	if (step(p, busy, why) == 0)
		return (0);
	*what = p->trouble;
	return (-1);
}
