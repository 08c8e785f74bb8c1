/*
 * storeread: a store by itself, for the scenarios of t/store.
 *
 *	storeread make DIR	make an empty store and its counters, as
 *				mayrelayd does
 *	storeread show DIR	what is in force, one "key=value" a line
 *	storeread ask DIR [accept]
 *				what `mayrelay refresh' does; prints the answer
 *	storeread watch DIR USERS STOP
 *				look at the policy again and again until the
 *				file STOP is there: all that belongs together
 *				must be of one generation (see look())
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "counters.h"
#define STORETOOL_NAME	"storeread"
#include "storetool.h"

enum { DIRECTORY = 0xf, LOGINS = 20, STEP_US = 20 * 1000 };

static struct counters *
open_counters(const char *dir)
{
	struct counters *counters;
	struct why why;

	if (counters_open(dir, true, &counters, &why) == -1)
		fail(why.text);
	return (counters);
}

static int
make(const char *dir)
{
	struct counters *counters;
	struct why why;

	store_close(open_store(dir, STORE_SERVE));
	if (counters_create(dir, &counters, &why) == -1)
		fail(why.text);
	counters_close(counters);
	return (0);
}

/* ---- show ---------------------------------------------------------------- */

static void
show_cookie(const struct cookie *cookie, enum search search)
{
	size_t i;

	printf("cookie=%s ", search_name(search));
	for (i = 0; i < cookie->len; i++)
		putchar(cookie->bytes[i] >= ' ' && cookie->bytes[i] <= '~' ?
		    cookie->bytes[i] : '?');
	putchar('\n');
}

static void
show_search(const struct store_view *view, enum search search)
{
	struct store_search s;
	uint64_t n = 0;
	int k;

	if (store_info(view, search, &s) == -1)
		fail("the store cannot be read");
	for (k = 0; k < KINDS; k++)
		n += s.entries[k];
	printf("%s=%llu\n", search_name(search), (unsigned long long)n);
	if (s.held_back)
		printf("held_back=%s %llu of %llu\n", search_name(search),
		    (unsigned long long)s.held_back_removes,
		    (unsigned long long)s.held_back_of);
	if (s.cookie.len > 0)
		show_cookie(&s.cookie, search);
	if (s.unusable > 0)
		printf("unusable=%s %llu\n", search_name(search),
		    (unsigned long long)s.unusable);
}

static int
show(const char *dir)
{
	struct store *store = open_store(dir, STORE_READ);
	struct store_view *view = open_view(store, DIRECTORY);
	struct counters *counters = open_counters(dir);
	const struct policy_view *p = store_view_policy(view);
	char error[COUNTERS_ERROR_MAX];
	int64_t at;
	int i;

	printf("loaded=%s\n", p->loaded ? "yes" : "no");
	if (p->loaded)
		printf("age=%lld\n", (long long)p->age);
	printf("generation=%llu\n",
	    (unsigned long long)store_generation(view));
	for (i = 0; i < SEARCHES; i++)
		show_search(view, (enum search)i);
	counters_error_get(counters, &at, error);
	printf("error=%s\n", error);
	counters_close(counters);
	store_view_end(view);
	store_close(store);
	return (0);
}

/* ---- ask ----------------------------------------------------------------- */

static int
ask(const char *dir, const char *how)
{
	static const char *const results[] = {
		[REFRESH_DONE] = "done",
		[REFRESH_HELD_BACK] = "held back",
		[REFRESH_FAILED] = "failed"
	};
	struct counters *c = open_counters(dir);
	enum refresh_result result;
	uint64_t number;

	number = counters_refresh_ask(c,
	    how != NULL && strcmp(how, "accept") == 0);
	if (number == 0)
		fail("others wait with accept");
	while (!counters_refresh_answered(c, number, &result))
		usleep(STEP_US);
	counters_refresh_leave(c, number);
	puts(results[result]);
	counters_close(c);
	return (0);
}

/* ---- watch --------------------------------------------------------------- */

struct watch {
	unsigned long looks, later, torn, generations;
	uint64_t last;
	int users;
};

/* What stands before ".example" in the address of an account, or NULL. */
static const char *
mark_of(const struct policy_view *p, int user, enum found *found)
{
	struct account_set set;
	char login[32];
	const char *at;

	snprintf(login, sizeof(login), "u%d", user);
	*found = p->accounts_by_login(p->ctx, login, &set);
	if (*found != FOUND || set.n != 1 || set.v[0]->addresses.n != 1)
		return (NULL);
	at = strchr(set.v[0]->addresses.v[0], '@');
	return (at == NULL ? NULL : at + 1);
}

/* Some accounts and the one domain: all must bear the same mark. */
static bool
whole(struct watch *w, const struct policy_view *p)
{
	struct domain_set domains;
	const char *mark, *other;
	enum found found;
	int i;

	if ((mark = mark_of(p, 0, &found)) == NULL)
		return (false);
	for (i = 1; i < LOGINS; i++) {
		other = mark_of(p, rand() % w->users, &found);
		if (found == LATER)
			w->later++;
		else if (other == NULL || strcmp(mark, other) != 0)
			return (false);
	}
	return (p->domains(p->ctx, mark, &domains) == FOUND &&
	    domains.n == 1);
}

static void
look(struct watch *w, struct store *store)
{
	struct store_view *view = open_view(store, DIRECTORY);
	const struct policy_view *p = store_view_policy(view);
	struct store_search s;

	w->looks++;
	if (!p->readable || store_info(view, SEARCH_ACCOUNTS, &s) == -1)
		w->later++;
	else if (!p->loaded || !whole(w, p) ||
	    s.entries[KIND_ACCOUNT] != (uint64_t)w->users ||
	    store_generation(view) < w->last)
		w->torn++;
	if (store_generation(view) != w->last)
		w->generations++;
	w->last = store_generation(view);
	store_view_end(view);
}

static int
watch(const char *dir, const char *users, const char *stop)
{
	struct watch w = { .users = atoi(users) };
	struct store *store = open_store(dir, STORE_READ);

	srand((unsigned)getpid());
	while (access(stop, F_OK) == -1) {
		look(&w, store);
		usleep(1000);
	}
	store_close(store);
	printf("looks=%lu later=%lu torn=%lu generations=%lu\n", w.looks,
	    w.later, w.torn, w.generations);
	return (w.torn == 0 && w.later == 0 ? 0 : 1);
}

int
main(int argc, char *argv[])
{

	if (argc == 3 && strcmp(argv[1], "make") == 0)
		return (make(argv[2]));
	if (argc == 3 && strcmp(argv[1], "show") == 0)
		return (show(argv[2]));
	if ((argc == 3 || argc == 4) && strcmp(argv[1], "ask") == 0)
		return (ask(argv[2], argv[3]));
	if (argc == 5 && strcmp(argv[1], "watch") == 0)
		return (watch(argv[2], argv[3], argv[4]));
	return (fail("make DIR, show DIR, ask DIR [accept], or watch DIR USERS "
	    "STOP"));
}
