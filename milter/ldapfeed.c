#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "dial.h"
#include "ldapfeed.h"
#include "ldapquery.h"
#include "ldapstate.h"
#include "listing.h"
#include "log.h"
#include "persist.h"
#include "schedule.h"
#include "servers.h"
#include "sync.h"

enum {
	READ_MAX_MS = 60 * 60 * 1000,	/* of a complete refresh */
	DIALLING_MS = 20,	/* between two looks at a thread */
	WAIT_MS = 200
};

struct ldapfeed {
	struct feedtools *tools;
	const struct config *config;
	unsigned searches;
	struct arena arena;		/* of the queries */
	struct ldapquery queries[SEARCHES];
	size_t nqueries;

	struct servers servers;
	struct why errors[CONFIG_SERVERS_MAX];	/* as last logged; "": none */
	struct dial *dial;		/* under way, or NULL */
	size_t dialled;			/* to which server */

	struct ldapconn *conn;		/* the one in use, or NULL */
	size_t server;			/* it belongs to */
	struct persist *persist;	/* what is followed on it, or NULL */
	bool caught_up;
	bool complete;			/* everything was read on it */
	bool plain;			/* it is searched, not followed */
	bool anew;			/* only a complete refresh helps */
	int64_t behind_ms;		/* since when all servers are, or 0 */
	unsigned no_sync;		/* servers without RFC 4533 */
	struct schedule schedule;	/* of complete refreshes */
	struct why overdue;		/* why the last one failed, or "" */
	int64_t end_ms;			/* when the one under way is given up */
	int64_t pause_ms;		/* nothing is begun before that */
	bool tried;
	struct why error;		/* of the source; "": none */

	struct listing listing;		/* while everything is read anew */
	struct intake_job job;
	struct reported reported;

	bool asked;			/* and not answered */
	unsigned asked_failed;		/* servers that have failed since */
	uint64_t number;
	enum refresh_result result;	/* of what was asked last */
};

static const char *
uri_of(const struct ldapfeed *lf, size_t server)
{

	return (lf->config->uris.v[server]);
}

/* ---- what is told ------------------------------------------------------- */

static void
show(struct ldapfeed *lf, size_t server, enum server_state state,
    int64_t next_ms)
{
	struct server_seen seen = { .state = state };
	struct clock_reading now;

	clock_read(&now);
	seen.since = now.utc;
	if (next_ms > 0)
		seen.next = now.utc + (next_ms + 999) / 1000;
	memcpy(seen.error, lf->errors[server].text, sizeof(seen.error) - 1);
	counters_server_set(lf->tools->counters, server, &seen);
}

static void
source_error(struct ldapfeed *lf, const char *text)
{

	why_set(&lf->error, "%s", text);
}

static void
answer(struct ldapfeed *lf, enum refresh_result result)
{

	lf->tried = true;
	lf->result = result;
	lf->asked = false;
}

/* Said once, until it changes. */
static void
server_error(struct ldapfeed *lf, size_t server, const char *text)
{

	if (strcmp(lf->errors[server].text, text) == 0)
		return;
	why_set(&lf->errors[server], "%s", text);
	log_line(LOG_SEV_ERROR, "%s; it is tried again until it answers",
	    text);
}

/* ---- connections -------------------------------------------------------- */

static void
disconnect(struct ldapfeed *lf)
{

	persist_end(lf->persist);
	lf->persist = NULL;
	ldapconn_close(lf->conn);
	lf->conn = NULL;
	lf->caught_up = lf->complete = false;
}

static void
server_failed(struct ldapfeed *lf, size_t server, const char *text)
{
	int64_t now = clock_ms(), next;

	if (lf->tools->pulse.gone)
		return;
	if (lf->conn != NULL && lf->server == server)
		disconnect(lf);
	servers_failed(&lf->servers, server, now, arc4random());
	next = lf->servers.v[server].due_ms - now;
	server_error(lf, server, text);
	show(lf, server, SERVER_FAILED, next);
	if (lf->conn == NULL)
		source_error(lf, text);
	lf->tried = true;
	lf->asked_failed |= 1U << server;
	if (lf->asked && lf->asked_failed == (1U << lf->servers.n) - 1)
		answer(lf, REFRESH_FAILED);
}

/* All is well with the server in use. */
static void
server_well(struct ldapfeed *lf, enum server_state state)
{

	servers_well(&lf->servers, lf->server);
	why_set(&lf->errors[lf->server], "%s", "");
	source_error(lf, lf->overdue.text);
	lf->behind_ms = 0;
	show(lf, lf->server, state, 0);
}

static void
dial_server(struct ldapfeed *lf, size_t server)
{
	const struct config *c = lf->config;
	const struct ldapconn_target target = { .uri = uri_of(lf, server),
	    .starttls = c->starttls, .ca_file = c->ca_file,
	    .bind_method = c->bind_method, .bind_dn = c->bind_dn,
	    .password_file = c->password_file, .timeout_ms = c->timeout_ms };
	struct why why;

	lf->dialled = server;
	if (dial_begin(&target, &lf->dial, &why) == -1) {
		lf->dial = NULL;
		server_failed(lf, server, why.text);
	} else {
		show(lf, server, SERVER_TRIED, 0);
	}
}

/* Leave the one in use, if there is one, for the one just connected to. */
static void
adopt(struct ldapfeed *lf, struct ldapconn *conn)
{

	if (lf->conn != NULL) {
		log_line(LOG_SEV_NOTICE, "%s: answers again: it is gone back "
		    "to", uri_of(lf, lf->dialled));
		disconnect(lf);
		show(lf, lf->server, SERVER_IDLE, 0);
	}
	lf->conn = conn;
	lf->server = lf->dialled;
	if (schedule_due(&lf->schedule, clock_ms()))
		lf->no_sync = 0;	/* it may have got it meanwhile */
	lf->plain = lf->config->follow == FOLLOW_POLL ||
	    (lf->no_sync >> lf->server & 1) != 0;
}

static void
dial_end(struct ldapfeed *lf)
{

	dial_free(lf->dial);
	lf->dial = NULL;
}

static void
look_at_dial(struct ldapfeed *lf)
{
	struct ldapconn *conn;
	struct why why;

	switch (dial_look(lf->dial, &conn, &why)) {
	case DIAL_BUSY:
		break;
	case DIAL_OPEN:
		dial_end(lf);
		adopt(lf, conn);
		break;
	case DIAL_FAILED:
		dial_end(lf);
		server_failed(lf, lf->dialled, why.text);
		break;
	}
}

/* ---- everything anew ----------------------------------------------------- */

static bool
all_stand(const struct ldapfeed *lf, struct cookie cookies[SEARCHES])
{

	return (ldapstate_cookies(lf->tools, lf->queries, lf->nqueries,
	    cookies));
}

/* Whoever asked for --accept may have gone away meanwhile. */
static bool
accepted(const struct ldapfeed *lf)
{

	return (lf->asked &&
	    counters_refresh_accepted(lf->tools->counters, lf->number));
}

/*
 * Has the server in use told less than another one before?  One of several may
 * still catch up: the old policy stays for a while, and ages.  If nothing comes
 * of that (they were restored from a backup) it is what there is.
 */
static bool
is_behind(struct ldapfeed *lf)
{
	const int64_t now = clock_ms();

	if (lf->behind_ms == 0)
		lf->behind_ms = now;
	return (lf->servers.n > 1 &&
	    now - lf->behind_ms < lf->config->poll_interval_ms);
}

static int
check_caught_up(struct ldapfeed *lf, struct why *why)
{
	const struct listing *listing = &lf->listing;
	struct cookie before;

	if (listing->cookie.len == 0 || accepted(lf) ||
	    !ldapstate_cookies(lf->tools, listing->query, 1, &before) ||
	    !cookie_behind(&before, &listing->cookie) || !is_behind(lf))
		return (0);
	return (why_set(why, SYNC_BEHIND));
}

static int
tell_all(void *ctx, const struct sink *sink, struct why *why)
{
	struct ldapfeed *lf = ctx;
	size_t i;

	if (sink->begin(sink->ctx, why) == -1)
		return (-1);
	for (i = 0; i < lf->nqueries; i++) {
		lf->listing.query = &lf->queries[i];
		if (listing_run(&lf->listing, sink, why) == -1 ||
		    check_caught_up(lf, why) == -1)
			return (-1);
	}
	lf->job.accept = accepted(lf);
	return (sink->end(sink->ctx, why));
}

static int
read_progress(void *ctx, struct why *why)
{
	struct ldapfeed *lf = ctx;

	if (clock_ms() >= lf->end_ms)
		return (why_set(why, "everything was to be read, which has "
		    "not come to an end in %d minutes",
		    READ_MAX_MS / 60000));
	return (pulse_progress(&lf->tools->pulse, why));
}

static int
read_all(struct ldapfeed *lf, enum intake_outcome *outcome, struct why *why)
{
	const char *uri = uri_of(lf, lf->server);

	lf->listing = (struct listing){ .conn = lf->conn,
	    .how = lf->plain ? LISTING_PLAIN : LISTING_SYNC,
	    .timeout_ms = lf->config->timeout_ms,
	    .progress = read_progress, .progress_ctx = lf };
	lf->job = feedtools_job(lf->tools, uri, uri, lf->searches);
	lf->job.routine = lf->plain && !lf->asked;
	lf->job.reported = lf->listing.reported = &lf->reported;
	return (intake_run(&lf->job, tell_all, lf, outcome, why));
}

/* Without RFC 4533 there is still polling. */
static void
make_do(struct ldapfeed *lf, const char *text)
{

	log_line(LOG_SEV_NOTICE, "%s; it is searched every "
	    "directory.poll_interval instead", text);
	lf->plain = true;
	lf->no_sync |= 1U << lf->server;
	schedule_put_off(&lf->schedule, clock_ms());
}

/* It is tried again, and until it succeeds the policy ages, even if what
 * changes is followed meanwhile. */
static void
put_off(struct ldapfeed *lf, const char *text)
{

	if (strcmp(lf->overdue.text, text) != 0)
		log_line(LOG_SEV_ERROR, "%s; until everything can be read "
		    "anew, the policy ages", text);
	why_set(&lf->overdue, "%s", text);
	schedule_failed(&lf->schedule, clock_ms());
}

static void
read_failed(struct ldapfeed *lf, const char *text)
{
	struct cookie cookies[SEARCHES];
	bool stands = !lf->plain && all_stand(lf, cookies);

	if (lf->listing.not_offered && lf->config->follow == FOLLOW_AUTO) {
		make_do(lf, text);
		return;
	}
	atomic_fetch_add(&lf->tools->counters->ldap_full[REFRESH_FAILED], 1);
	if (stands && (lf->asked || schedule_due(&lf->schedule, clock_ms())))
		put_off(lf, text);
	if (!stands || lf->asked || lf->anew || lf->listing.lost)
		server_failed(lf, lf->server, text);
}

/* The old policy stays and ages: nothing goes on until it is accepted, or
 * mended at the server.  Looked at again without keeping that busy. */
static void
held_back(struct ldapfeed *lf, const char *text, int64_t took_ms)
{
	int64_t pause = lf->config->poll_interval_ms;

	if (took_ms * 10 > pause)
		pause = took_ms * 10;
	if (strcmp(lf->error.text, text) != 0)
		log_text(LOG_SEV_ERROR, text);
	disconnect(lf);
	servers_well(&lf->servers, lf->server);
	show(lf, lf->server, SERVER_IDLE, pause);
	source_error(lf, text);
	lf->pause_ms = clock_ms() + pause;
}

/* Complete, but a server that gives no cookies cannot be followed. */
static void
no_cookies(struct ldapfeed *lf)
{
	struct why why;

	why_set(&why, "%s: gives no cookie to go on from",
	    uri_of(lf, lf->server));
	if (lf->config->follow == FOLLOW_AUTO)
		make_do(lf, why.text);
	else
		server_failed(lf, lf->server, why.text);
}

static void
read_done(struct ldapfeed *lf, int64_t began_ms)
{
	struct cookie cookies[SEARCHES];

	lf->tools->drop = 0;
	lf->anew = false;
	lf->complete = true;
	why_set(&lf->overdue, "%s", "");
	if (!lf->plain) {
		schedule_done(&lf->schedule, began_ms, clock_ms());
		if (!all_stand(lf, cookies))
			no_cookies(lf);
		return;
	}
	server_well(lf, SERVER_POLLED);
	disconnect(lf);
	lf->pause_ms = clock_ms() + lf->config->poll_interval_ms;
}

static void
read_anew(struct ldapfeed *lf)
{
	const int64_t began = clock_ms();
	enum intake_outcome outcome;
	enum refresh_result result;
	struct why why;

	persist_end(lf->persist);
	lf->persist = NULL;
	lf->caught_up = false;
	lf->end_ms = began + READ_MAX_MS;
	if (read_all(lf, &outcome, &why) == -1) {
		why_prefix(&why, "%s: ", uri_of(lf, lf->server));
		read_failed(lf, why.text);
		return;
	}
	result = outcome == INTAKE_IN_FORCE ? REFRESH_DONE : REFRESH_HELD_BACK;
	atomic_fetch_add(&lf->tools->counters->ldap_full[result], 1);
	if (outcome == INTAKE_HELD_BACK)
		held_back(lf, why.text, clock_ms() - began);
	else
		read_done(lf, began);
	answer(lf, result);
}

/* ---- going on from the cookies ------------------------------------------ */

static void
follow(struct ldapfeed *lf, const struct cookie cookies[SEARCHES])
{
	const struct persist_job job = { .tools = lf->tools, .conn = lf->conn,
	    .name = uri_of(lf, lf->server),
	    .ages = lf->schedule.overdue, .queries = lf->queries,
	    .cookies = cookies, .n = lf->nqueries, .searches = lf->searches };
	struct why why;

	if (persist_begin(&job, &lf->persist, &why) == -1) {
		lf->persist = NULL;
		why_prefix(&why, "%s: ", job.name);
		server_failed(lf, lf->server, why.text);
	}
}

/* A server that refuses the cookies that it gives must not keep us at it. */
static void
anew(struct ldapfeed *lf, const char *text)
{

	if (!schedule_rested(&lf->schedule, clock_ms())) {
		server_failed(lf, lf->server, text);
		return;
	}
	log_line(LOG_SEV_NOTICE, "%s: everything is read anew", text);
	lf->anew = true;
}

static void
server_behind(struct ldapfeed *lf, const char *text)
{

	if (is_behind(lf)) {
		server_failed(lf, lf->server, text);
		return;
	}
	anew(lf, text);
}

static void
follow_failed(struct ldapfeed *lf, enum persist_trouble trouble,
    const char *text)
{

	persist_end(lf->persist);
	lf->persist = NULL;
	if (!lf->caught_up)
		atomic_fetch_add(&lf->tools->counters->ldap_resumed[
		    trouble == PERSIST_HELD_BACK ? REFRESH_HELD_BACK :
		    REFRESH_FAILED], 1);
	lf->caught_up = false;
	switch (trouble) {
	case PERSIST_FAILED:
		server_failed(lf, lf->server, text);
		break;
	case PERSIST_ANEW:
		anew(lf, text);
		break;
	case PERSIST_NEWER:
		server_behind(lf, text);
		break;
	case PERSIST_NOT_OFFERED:
		lf->anew = true;
		break;
	case PERSIST_HELD_BACK:
		held_back(lf, text, 0);
		break;
	}
}

/* A slapd that crashed has forgotten what it had not told before: whoever goes
 * on from a cookie never hears of it, and nothing says so. */
static void
caught_up(struct ldapfeed *lf)
{

	lf->caught_up = lf->tried = true;
	if (!lf->complete)
		schedule_soon(&lf->schedule, clock_ms());
	atomic_fetch_add(
	    &lf->tools->counters->ldap_resumed[REFRESH_DONE], 1);
	server_well(lf, SERVER_FOLLOWED);
	log_line(LOG_SEV_NOTICE, "%s: is followed", uri_of(lf, lf->server));
}

static bool
follow_step(struct ldapfeed *lf)
{
	enum persist_trouble trouble;
	struct why why;
	bool busy;

	if (persist_step(lf->persist, &busy, &trouble, &why) == -1) {
		if (trouble != PERSIST_HELD_BACK)	/* that names it */
			why_prefix(&why, "%s: ", uri_of(lf, lf->server));
		follow_failed(lf, trouble, why.text);
		return (true);
	}
	if (!lf->caught_up && persist_caught_up(lf->persist))
		caught_up(lf);
	return (busy);
}

/* ---- steps -------------------------------------------------------------- */

static bool
must_read(const struct ldapfeed *lf)
{

	return (lf->asked || lf->anew || lf->plain ||
	    schedule_due(&lf->schedule, clock_ms()));
}

static bool
session_step(struct ldapfeed *lf)
{
	struct cookie cookies[SEARCHES];

	if (must_read(lf)) {
		read_anew(lf);
		return (true);
	}
	if (lf->persist != NULL)
		return (follow_step(lf));
	if (all_stand(lf, cookies))
		follow(lf, cookies);
	else
		lf->anew = true;
	return (true);
}

static void
choose(struct ldapfeed *lf)
{
	int64_t now = clock_ms();
	size_t below = lf->servers.n;
	int server;

	if (lf->conn != NULL) {
		if (!lf->caught_up)
			return;
		below = lf->server;
	} else if (now < lf->pause_ms) {
		return;
	}
	if ((server = servers_next(&lf->servers, below, now)) != -1)
		dial_server(lf, (size_t)server);
}

bool
ldapfeed_step(struct ldapfeed *lf)
{

	if (lf->dial != NULL)
		look_at_dial(lf);
	else
		choose(lf);
	return (lf->conn != NULL && session_step(lf));
}

int
ldapfeed_fd(const struct ldapfeed *lf)
{

	return (lf->conn != NULL ? ldapconn_fd(lf->conn) : -1);
}

int
ldapfeed_wait_ms(const struct ldapfeed *lf)
{

	return (lf->dial != NULL ? DIALLING_MS : WAIT_MS);
}

bool
ldapfeed_writing(const struct ldapfeed *lf)
{

	return (lf->persist != NULL && persist_writing(lf->persist));
}

bool
ldapfeed_tried(const struct ldapfeed *lf)
{

	return (lf->tried);
}

void
ldapfeed_ask(struct ldapfeed *lf, uint64_t number)
{

	lf->asked = true;
	lf->asked_failed = 0;
	lf->number = number;
	lf->pause_ms = clock_ms();
	/* Somebody may just have mended what kept it from being followed. */
	lf->no_sync = 0;
	servers_forgive(&lf->servers);
}

bool
ldapfeed_answer(const struct ldapfeed *lf, enum refresh_result *result)
{

	*result = lf->result;
	return (!lf->asked);
}

const char *
ldapfeed_error(const struct ldapfeed *lf)
{

	return (lf->error.text);
}

/* ---- its life ----------------------------------------------------------- */

int
ldapfeed_new(struct feedtools *tools, unsigned searches,
    struct ldapfeed **out, struct why *why)
{
	struct ldapfeed *lf;
	size_t i;

	if ((lf = calloc(1, sizeof(*lf))) == NULL)
		return (why_set(why, "memory is short"));
	lf->tools = tools;
	lf->config = tools->config;
	lf->searches = searches;
	arena_init(&lf->arena);
	if (ldapquery_list(lf->config, &lf->arena, lf->queries,
	    &lf->nqueries) == -1) {
		ldapfeed_free(lf);
		return (why_set(why, "memory is short"));
	}
	servers_init(&lf->servers, lf->config->uris.n);
	lf->pause_ms = clock_ms();
	schedule_init(&lf->schedule, lf->config->full_refresh_ms,
	    ldapstate_completed(tools, searches), lf->pause_ms);
	for (i = 0; i < lf->servers.n; i++)
		show(lf, i, SERVER_IDLE, 0);
	atomic_store(&tools->counters->ldap_servers, (int32_t)i);
	*out = lf;
	return (0);
}

void
ldapfeed_free(struct ldapfeed *lf)
{

	if (lf == NULL)
		return;
	dial_free(lf->dial);
	disconnect(lf);
	arena_free(&lf->arena);
	free(lf);
}
