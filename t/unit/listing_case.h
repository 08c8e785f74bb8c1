#ifndef LISTING_CASE_H
#define LISTING_CASE_H

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "listing.h"
#include "log.h"
#include "sync_case.h"

/*
 * listing_case: a connection that plays what a server says, a sink that writes
 * down what it is told, and a log that keeps its last line.  They take the
 * place of the real ones at link time.
 */

enum happens {
	SAID,			/* a message of the search */
	STRAY,			/* one of another search */
	QUIET,			/* nothing for a while */
	GONE			/* the connection is lost */
};

struct step {
	enum happens happens;
	struct says says;
	const char *dn;		/* ENTRY; NULL: cn=x */
	const char *attr;	/* ENTRY: its only one; NULL: none */
	const char *value;
	const char *page;	/* RESULT: there are more pages */
};

struct ldapconn {
	const struct step *steps;
	int n;
	int at;
	int searches;		/* how many were sent */
	int refuses;		/* which one cannot be */
	int abandoned;
	char asked[512];	/* what was sent, in words */
};

static inline void
note_search(struct ldapconn *conn, const struct ldapconn_search *s)
{
	size_t at = strlen(conn->asked);
	char *to = conn->asked + at;
	size_t i, size = sizeof(conn->asked) - at;

	at = (size_t)snprintf(to, size, "%s %s", s->base, s->filter);
	for (i = 0; s->attrs[i] != NULL; i++)
		at += (size_t)snprintf(to + at, size - at, " %s",
		    s->attrs[i]);
	if (s->sync)
		at += (size_t)snprintf(to + at, size - at, " sync %d%s",
		    (int)s->mode, s->cookie == NULL ? "" : " cookie");
	if (s->page_size > 0)
		at += (size_t)snprintf(to + at, size - at, " %d of %.*s",
		    s->page_size, s->page == NULL ? 0 : (int)s->page->len,
		    s->page == NULL ? "" : (const char *)s->page->bytes);
	snprintf(to + at, size - at, "\n");
	ck_assert(!s->base_only);
}

int
ldapconn_search(struct ldapconn *conn, const struct ldapconn_search *s,
    int *id, struct why *why)
{

	if (++conn->searches == conn->refuses)
		return (why_set(why, "cannot send"));
	note_search(conn, s);
	*id = conn->searches;
	return (0);
}

void
ldapconn_abandon(struct ldapconn *conn, int id)
{

	ck_assert_int_eq(id, conn->searches);
	conn->abandoned++;
}

/* The attribute lies in the arena, so that ASan sees who keeps it. */
static inline int
set_entry(struct arena *arena, const struct step *step, struct entry *e)
{
	struct entry_value *value = arena_alloc(arena, sizeof(*value));
	struct entry_attr *attr = arena_alloc(arena, sizeof(*attr));
	const char *dn = step->dn == NULL ? "cn=x" : step->dn;

	e->dn = arena_strdup(arena, dn);
	e->dn_len = strlen(dn);
	if (value == NULL || attr == NULL || e->dn == NULL)
		return (-1);
	e->attrs = attr;
	e->nattrs = step->attr == NULL ? 0 : 1;
	if (step->attr == NULL)
		return (0);
	value->s = arena_strdup(arena, step->value);
	value->len = strlen(step->value);
	*attr = (struct entry_attr){ step->attr, value, 1 };
	return (value->s == NULL ? -1 : 0);
}

static inline int
give(struct ldapconn *conn, const struct step *step, struct arena *arena,
    struct ldapconn_message *m)
{
	struct says_ids *ids = arena_alloc(arena, sizeof(*ids));

	if (ids == NULL)
		return (-1);
	*m = says_message(&step->says, ids);
	m->id = conn->searches + (step->happens == STRAY ? 100 : 0);
	m->page = says_cookie(step->page);
	return (m->kind == LDAPCONN_ENTRY ?
	    set_entry(arena, step, &m->entry) : 0);
}

/* After the last step there is silence. */
int
ldapconn_next(struct ldapconn *conn, int64_t wait_ms, struct arena *arena,
    struct ldapconn_message *m, struct why *why)
{
	static const struct step silence = { .happens = QUIET };
	const struct step *step = conn->at < conn->n ?
	    &conn->steps[conn->at++] : &silence;
	const struct timespec pause = { 0,
	    (long)(wait_ms < 10 ? wait_ms : 10) * 1000 * 1000 };

	ck_assert(wait_ms >= 0 && wait_ms < 500);
	switch (step->happens) {
	case SAID:
	case STRAY:
		if (give(conn, step, arena, m) == -1)
			return (why_set(why, "memory is short"));
		return (1);
	case QUIET:
		nanosleep(&pause, NULL);
		return (0);
	case GONE:
		break;
	}
	return (why_set(why, "connection reset"));
}

/* ---- the sink ---------------------------------------------------------- */

struct heard {
	char text[1024];
	bool fails;
};

static inline void
note_entry(const struct source_entry *e, char *to, size_t size)
{
	const char *key = e->key;

	if (e->key_len == SYNC_UUID && key[0] == key[SYNC_UUID - 1])
		snprintf(to, size, "%c", key[0]);
	else
		snprintf(to, size, "%.*s", (int)e->key_len, key);
	to += strlen(to);
	if (strcmp(e->entry->dn, "cn=x") != 0)
		sprintf(to, " %.*s", (int)e->entry->dn_len, e->entry->dn);
	strcat(to, "\n");
	ck_assert_uint_eq(e->searches, 6);
	ck_assert_ptr_null(e->dn);
	ck_assert_uint_eq(e->line, 0);
}

static inline int
heard_entry(void *ctx, const struct source_entry *e, struct why *why)
{
	struct heard *heard = ctx;
	size_t at = strlen(heard->text);

	if (heard->fails)
		return (why_set(why, "the sink is full"));
	if (at < sizeof(heard->text) / 2)
		note_entry(e, heard->text + at, sizeof(heard->text) - at);
	return (0);
}

static inline int
heard_cookie(void *ctx, unsigned searches, const struct cookie *cookie,
    struct why *why)
{
	struct heard *heard = ctx;
	size_t at = strlen(heard->text);

	if (heard->fails)
		return (why_set(why, "the sink is full"));
	snprintf(heard->text + at, sizeof(heard->text) - at, "%u at %.*s\n",
	    searches, (int)cookie->len, (const char *)cookie->bytes);
	return (0);
}

/* ---- the log ----------------------------------------------------------- */

static char logged[1024];

void
log_line(enum log_severity severity, const char *format, ...)
{
	va_list args;

	ck_assert_int_eq(severity, LOG_SEV_WARNING);
	va_start(args, format);
	vsnprintf(logged, sizeof(logged), format, args);
	va_end(args);
}

/* ---- one run ----------------------------------------------------------- */

static const char *const asked_attrs[] = { "cn", "mail", NULL };
static const struct ldapquery the_query = { .searches = 6,
    .base = "ou=x", .filter = "(cn=*)", .attrs = asked_attrs };

/* Called so often; fails at the n-th time. */
struct watch {
	int calls;
	int fails_at;
};

static inline int
watched(void *ctx, struct why *why)
{
	struct watch *watch = ctx;

	if (++watch->calls == watch->fails_at)
		return (why_set(why, "somebody wants it to end"));
	return (0);
}

static inline struct listing
the_listing(struct ldapconn *conn, enum listing_how how, struct watch *watch)
{

	return ((struct listing){ .conn = conn, .query = &the_query,
	    .how = how, .timeout_ms = 40, .progress = watched,
	    .progress_ctx = watch, .not_offered = true, .lost = true });
}

#endif /* !LISTING_CASE_H */
