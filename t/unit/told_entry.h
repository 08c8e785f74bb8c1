#ifndef TOLD_ENTRY_H
#define TOLD_ENTRY_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "source.h"

/*
 * told_entry: an entry as a server's source tells it, written as text:
 * "attr=value|attr=value".
 */

enum { TOLD_ATTRS_MAX = 16 };

struct told {
	char text[1024];
	struct entry_value values[TOLD_ATTRS_MAX];
	struct entry_attr attrs[TOLD_ATTRS_MAX];
	struct entry entry;
	struct source_entry source;
};

/** told_make(told, dn, key, searches, text): dn and key are lent. */
static inline const struct source_entry *
told_make(struct told *t, const char *dn, const char *key, unsigned searches,
    const char *text)
{
	char *pair, *equals, *next;
	size_t n = 0;

	snprintf(t->text, sizeof(t->text), "%s", text);
	for (pair = t->text; pair != NULL && *pair != '\0'; pair = next) {
		if ((next = strchr(pair, '|')) != NULL)
			*next++ = '\0';
		equals = strchr(pair, '=');
		ck_assert_ptr_nonnull(equals);
		*equals = '\0';
		t->values[n] = (struct entry_value){ equals + 1,
		    strlen(equals + 1) };
		t->attrs[n] = (struct entry_attr){ pair, &t->values[n], 1 };
		n++;
	}
	t->entry = (struct entry){ dn, strlen(dn), t->attrs, n };
	t->source = (struct source_entry){ .entry = &t->entry, .key = key,
	    .key_len = strlen(key), .searches = searches };
	return (&t->source);
}

#endif /* !TOLD_ENTRY_H */
