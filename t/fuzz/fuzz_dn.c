#include "dn.h"
#include "fuzz.h"

/*
 * A DN: its normal form is that of itself, of its capitals, and of every
 * buffer that it fits in.
 */

/* The normal form in a buffer of exactly ${size}. */
static char *
normalise(const char *s, size_t len, size_t size, long *n)
{
	char *out = must_alloc(size);

	*n = dn_normalise(s, len, out, size);
	if (*n == -1)
		must(out[0] == '\0');
	else
		must((size_t)*n < size && strlen(out) == (size_t)*n);
	return (out);
}

static void
must_become(const char *s, size_t len, const char *normal)
{
	long n;
	char *out = normalise(s, len, DN_SIZE(len), &n);

	must(n == (long)strlen(normal));
	must(strcmp(out, normal) == 0);
	free(out);
}

static void
capitals_are_the_same(const char *s, size_t len, const char *normal)
{
	char *upper = must_alloc(len + 1);
	size_t i;

	for (i = 0; i < len; i++)
		upper[i] = (char)(s[i] >= 'a' && s[i] <= 'z' ?
		    s[i] - 'a' + 'A' : s[i]);
	must_become(upper, len, normal);
	free(upper);
}

static void
needs_its_room(const char *s, size_t len, const char *normal)
{
	const size_t need = strlen(normal) + 1;
	long n;

	free(normalise(s, len, need, &n));
	must(n == (long)need - 1);
	if (need == 1)
		return;
	free(normalise(s, len, need - 1, &n));
	must(n == -1);
}

/* Every DN is below itself, the root, and each of its parents. */
static void
is_below_its_parents(const char *normal)
{
	const char *at;
	size_t i;

	must(dn_below(normal, normal) && dn_below(normal, ""));
	for (i = 0; normal[i] != '\0'; i++) {
		if (normal[i] == '\\') {
			i++;
			continue;
		}
		at = normal + i;
		if (*at != ',')
			continue;
		must(dn_below(normal, at + 1));
		must(!dn_below(at + 1, normal));
		must_become(at + 1, strlen(at + 1), at + 1);
	}
}

static void
uid_is_cut(const char *normal)
{
	const size_t len = strlen(normal), size = DN_SIZE(len + 8);
	char *text = must_alloc(len + 8), *out = must_alloc(size);

	snprintf(text, len + 8, "%s#'01'B", normal);
	must(dn_normalise_uid(text, strlen(text), out, size) == (long)len);
	must(strcmp(out, normal) == 0);
	free(text);
	free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;
	char *normal;
	long n;

	normal = normalise(s, size, DN_SIZE(size), &n);
	if (n != -1) {
		must_become(normal, (size_t)n, normal);
		capitals_are_the_same(s, size, normal);
		needs_its_room(s, size, normal);
		is_below_its_parents(normal);
		uid_is_cut(normal);
	}
	free(normal);
	normal = must_alloc(DN_SIZE(size));
	dn_normalise_uid(s, size, normal, DN_SIZE(size));
	free(normal);
	return (0);
}
