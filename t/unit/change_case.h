#ifndef CHANGE_CASE_H
#define CHANGE_CASE_H

#include "storecase.h"

/*
 * change_case: changes of a store that are expected to succeed.
 */

static inline struct store_change *
begin(struct store *store)
{
	struct store_change *change;
	struct why why;

	ck_assert_msg(store_change_begin(store, &change, &why) == 0, "%s",
	    why.text);
	return (change);
}

static inline void
commit(struct store_change *change)
{
	struct why why;

	ck_assert_msg(store_change_commit(change, &why) == 0, "%s",
	    why.text);
}

static inline void
put(struct store_change *change, enum search search,
    const struct record *record)
{
	const char *dn = record_dn(record);
	struct why why;

	ck_assert_msg(store_change_put(change, search, dn, strlen(dn), record,
	    &why) == 0, "%s", why.text);
}

static inline void
delete(struct store_change *change, enum search search, const char *key)
{
	struct why why;

	ck_assert_msg(store_change_delete(change, search, key, strlen(key),
	    &why) == 0, "%s", why.text);
}

static inline uint64_t
entries(struct store *store, enum search search, enum kind kind)
{
	struct store_view *view = storecase_view(store, DIRECTORY, 1000);
	struct store_search info;

	ck_assert_int_eq(store_info(view, search, &info), 0);
	store_view_end(view);
	return (info.entries[kind]);
}

#endif /* !CHANGE_CASE_H */
