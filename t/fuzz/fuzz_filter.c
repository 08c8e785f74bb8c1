#include <lber.h>

#include "arena.h"
#include "filter.h"
#include "fuzz.h"

/*
 * A search filter per line.  What reads here is taken by libldap, which sends
 * it: else a server would never be asked.
 */

/* Of libldap's, in no header. */
int ldap_pvt_put_filter(BerElement *, const char *);

static void
libldap_takes(const char *text)
{
	char *copy = must_alloc(strlen(text) + 1);
	BerElement *ber = ber_alloc_t(LBER_USE_DER);

	must(ber != NULL);
	strcpy(copy, text);
	must(ldap_pvt_put_filter(ber, copy) != -1);
	ber_free(ber, 1);
	free(copy);
}

static void
or_reads(const char *const *filters, size_t n)
{
	struct arena arena;
	const char *all;

	arena_init(&arena);
	all = filter_or(&arena, filters, n);
	must(all != NULL && filter_wrong(all) == NULL);
	arena_free(&arena);
}

/* How deep it is nested, values aside: parentheses are escaped in them. */
static int
depth_of(const char *text)
{
	int depth = 0, most = 0;

	for (; *text != '\0'; text++) {
		depth += (*text == '(') - (*text == ')');
		most = depth > most ? depth : most;
	}
	must(depth == 0);
	return (most);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = input_of(data, size);
	const char *good[8], *text;
	size_t n = 0;

	while (in.len > 0 && n < COUNT(good)) {
		text = input_line(&in);
		if (filter_wrong(text) != NULL)
			continue;
		must(depth_of(text) <= 64);
		libldap_takes(text);
		/* One level more is none. */
		if (depth_of(text) < 64)
			good[n++] = text;
	}
	if (n > 0)
		or_reads(good, n);
	input_end(&in);
	return (0);
}
