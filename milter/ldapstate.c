#include "clock.h"
#include "ldapstate.h"

static struct store_view *
look(const struct feedtools *tools, struct clock_reading *now)
{

	clock_read(now);
	return (store_view_begin(tools->store, 0, now));
}

/* Not while a refresh of it is held back: an answer without news since the
 * cookie would make it young again. */
static bool
search_stands(const struct feedtools *tools, const struct store_search *info,
    enum search search)
{

	return (info->loaded && info->cookie.len > 0 && !info->held_back &&
	    info->digest == tools->config->searches[search].digest);
}

/* The one cookie of all searches of a query. */
static bool
query_stands(const struct feedtools *tools, const struct store_view *view,
    const struct ldapquery *query, struct cookie *cookie)
{
	struct store_search info;
	int i;

	cookie->len = 0;
	for (i = 0; i < SEARCHES; i++) {
		if ((query->searches >> i & 1) == 0)
			continue;
		if (store_info(view, (enum search)i, &info) == -1 ||
		    !search_stands(tools, &info, (enum search)i))
			return (false);
		if (cookie->len == 0)
			*cookie = info.cookie;
		else if (!cookie_equal(cookie, &info.cookie))
			return (false);
	}
	return (cookie->len > 0);
}

bool
ldapstate_cookies(const struct feedtools *tools,
    const struct ldapquery *queries, size_t n, struct cookie *cookies)
{
	struct store_view *view;
	struct clock_reading now;
	bool stands = true;
	size_t i;

	if ((view = look(tools, &now)) == NULL)
		return (false);
	for (i = 0; stands && i < n; i++)
		stands = query_stands(tools, view, &queries[i], &cookies[i]);
	store_view_end(view);
	return (stands);
}

int64_t
ldapstate_completed(const struct feedtools *tools, unsigned searches)
{
	struct store_search info;
	struct store_view *view;
	struct clock_reading now;
	int64_t age, oldest = 0;
	int i;

	if ((view = look(tools, &now)) == NULL)
		return (INT64_MAX);
	for (i = 0; i < SEARCHES; i++) {
		if ((searches >> i & 1) == 0)
			continue;
		age = store_info(view, (enum search)i, &info) == -1 ||
		    !info.loaded ? INT64_MAX : clock_age(&info.complete, &now);
		if (age > oldest)
			oldest = age;
	}
	store_view_end(view);
	return (oldest);
}
