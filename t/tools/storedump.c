/*
 * storedump: what a store holds, for the scenarios of t/ldap.
 *
 *	storedump DIR			every entry in force, "search DN name
 *					value" a line; dates as seconds
 *	storedump DIR cookie SEARCH	the cookie of a search
 *	storedump DIR plant SEARCH	gives it another one, from standard
 *					input
 *
 * To plant one the feed must not run.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STORETOOL_NAME	"storedump"
#include "storetool.h"
#include "when.h"

/* ---- every entry --------------------------------------------------------- */

/* Whose line it is. */
struct line {
	const char *search;
	const char *dn;
};

static void
put(const struct line *l, const char *name, const char *value)
{

	printf("%s %s %s %s\n", l->search, l->dn, name, value);
}

static void
put_texts(const struct line *l, const char *name, const struct texts *texts)
{
	size_t i;

	for (i = 0; i < texts->n; i++)
		put(l, name, texts->v[i]);
}

static void
put_patterns(const struct line *l, const char *name,
    const struct patterns *patterns)
{
	char text[1024];
	size_t i;

	for (i = 0; i < patterns->n; i++)
		put(l, name, pattern_format(&patterns->v[i], text,
		    sizeof(text)));
}

static void
put_clients(const struct line *l, const struct networks *networks)
{
	char text[CIDR_TEXT_MAX];
	size_t i;

	for (i = 0; i < networks->n; i++) {
		cidr_format(&networks->v[i], text);
		put(l, "client", text);
	}
}

static void
put_access(const struct line *l, enum access access)
{
	static const char *const names[] = {
		[ACCESS_ALLOW] = "allow",
		[ACCESS_AUTHENTICATE] = "authenticate",
		[ACCESS_DENY] = "deny"
	};

	if (access != ACCESS_NONE)
		put(l, "access", names[access]);
}

static void
put_date(const struct line *l, const char *name, int64_t date)
{
	char text[24];

	if (date == WHEN_BEGINNING || date == WHEN_NEVER)
		return;
	snprintf(text, sizeof(text), "%" PRId64, date);
	put(l, name, text);
}

static void
put_dates(const struct line *l, const struct dates *dates,
    const struct enforce *enforce)
{

	put_date(l, "not_before", dates->not_before);
	put_date(l, "not_after", dates->not_after);
	if (enforce->present)
		put_date(l, "enforce_from", enforce->from);
}

static void
put_account(const struct line *l, const struct account *a)
{

	put_texts(l, "login", &a->logins);
	put_texts(l, "address", &a->addresses);
	put_patterns(l, "sender", &a->senders);
	put_patterns(l, "recipient", &a->recipients);
	put_clients(l, &a->clients);
	put_access(l, a->access);
	if (!a->enabled)
		put(l, "status", "disabled");
	put_texts(l, "delegate", &a->delegate_dns);
	put_texts(l, "group", &a->groups);
	put_dates(l, &a->dates, &a->enforce);
}

static void
put_network(const struct line *l, const struct network *n)
{

	put_clients(l, &n->clients);
	put_access(l, n->access);
	put_patterns(l, "sender", &n->senders);
	put_patterns(l, "recipient", &n->recipients);
	put_dates(l, &n->dates, &n->enforce);
}

static void
put_domain(const struct line *l, const struct domain *d)
{

	put(l, "name", d->name);
	put_texts(l, "alias", &d->aliases);
	if (d->enforce.present)
		put_date(l, "enforce_from", d->enforce.from);
}

static void
put_group(const struct line *l, const struct group *g)
{

	put_texts(l, "member", &g->member_dns);
	put_texts(l, "member_login", &g->member_logins);
	put_patterns(l, "sender", &g->senders);
	put_patterns(l, "recipient", &g->recipients);
	put_clients(l, &g->clients);
	put_access(l, g->access);
	put_dates(l, &g->dates, &g->enforce);
}

static int
put_record(void *ctx, const struct record *r)
{
	const enum search *search = ctx;
	struct line l = { .search = search_name(*search),
	    .dn = record_dn(r) };

	put(&l, "is", kind_name(r->kind));
	switch (r->kind) {
	case KIND_ACCOUNT:
		put_account(&l, &r->u.account);
		break;
	case KIND_NETWORK:
		put_network(&l, &r->u.network);
		break;
	case KIND_DOMAIN:
		put_domain(&l, &r->u.domain);
		break;
	case KIND_GROUP:
		put_group(&l, &r->u.group);
		break;
	case KIND_DENY:
		put_texts(&l, "login", &r->u.deny.logins);
		break;
	}
	return (0);
}

static int
dump(const char *dir)
{
	struct store *store = open_store(dir, STORE_READ);
	struct store_view *view = open_view(store, 0);
	enum search search;

	for (search = 0; search <= SEARCH_OVERRIDES; search++)
		if (store_each(view, search, put_record, &search) == -1)
			fail("the store cannot be read");
	store_view_end(view);
	store_close(store);
	return (0);
}

/* ---- cookies ------------------------------------------------------------- */

static enum search
search_of(const char *name)
{
	enum search search;

	for (search = 0; search <= SEARCH_OVERRIDES; search++)
		if (strcmp(search_name(search), name) == 0)
			return (search);
	fail("there is no such search");
	return (search);
}

static int
show_cookie(const char *dir, enum search search)
{
	struct store *store = open_store(dir, STORE_READ);
	struct store_view *view = open_view(store, 0);
	struct store_search s;

	if (store_info(view, search, &s) == -1)
		fail("the store cannot be read");
	fwrite(s.cookie.bytes, 1, s.cookie.len, stdout);
	store_view_end(view);
	store_close(store);
	return (0);
}

static int
plant_cookie(const char *dir, enum search search)
{
	struct store *store = open_store(dir, STORE_WRITE);
	unsigned char bytes[COOKIE_MAX];
	struct store_change *change;
	struct cookie cookie;
	struct why why;

	cookie_set(&cookie, bytes, fread(bytes, 1, sizeof(bytes), stdin));
	if (store_change_begin(store, &change, &why) == -1 ||
	    store_change_cookie(change, search, &cookie, &why) == -1 ||
	    store_change_commit(change, &why) == -1)
		fail(why.text);
	store_close(store);
	return (0);
}

int
main(int argc, char *argv[])
{

	if (argc == 2)
		return (dump(argv[1]));
	if (argc == 4 && strcmp(argv[2], "cookie") == 0)
		return (show_cookie(argv[1], search_of(argv[3])));
	if (argc == 4 && strcmp(argv[2], "plant") == 0)
		return (plant_cookie(argv[1], search_of(argv[3])));
	return (fail("DIR, DIR cookie SEARCH, or DIR plant SEARCH"));
}
