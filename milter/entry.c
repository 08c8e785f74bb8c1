#include <string.h>
#include <strings.h>

#include "entry.h"

bool
entry_name_is(const char *written, const char *name)
{
	size_t len = strcspn(written, ";");

	return (strlen(name) == len && strncasecmp(written, name, len) == 0);
}

void
entry_values(struct entry_cursor *c, const struct entry *e, const char *name)
{

	c->entry = e;
	c->name = name;
	c->next_attr = 0;
	c->next_value = 0;
	c->written = name;
}

const struct entry_value *
entry_next(struct entry_cursor *c)
{
	const struct entry_attr *a;

	while (c->next_attr < c->entry->nattrs) {
		a = &c->entry->attrs[c->next_attr];
		if (c->next_value < a->nvalues &&
		    entry_name_is(a->name, c->name)) {
			c->written = a->name;
			return (&a->values[c->next_value++]);
		}
		c->next_attr++;
		c->next_value = 0;
	}
	return (NULL);
}

size_t
entry_count(const struct entry *e, const char *name)
{
	struct entry_cursor c;
	size_t n = 0;

	entry_values(&c, e, name);
	while (entry_next(&c) != NULL)
		n++;
	return (n);
}
