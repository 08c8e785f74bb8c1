#include "dn.h"
#include "fuzz.h"
#include "ldif.h"

/*
 * An LDIF file: refused with the line that is wrong, or its entries are the
 * same when they are written anew, all in base64.
 */

/* Text that grows. */
struct text {
	char *s;
	size_t len;
};

static void
put(struct text *t, const void *bytes, size_t len)
{

	t->s = realloc(t->s, t->len + len + 1);
	must(t->s != NULL);
	memcpy(t->s + t->len, bytes, len);
	t->len += len;
	t->s[t->len] = '\0';
}

static void
put_text(struct text *t, const char *s)
{

	put(t, s, strlen(s));
}

static void
put_base64(struct text *t, const char *s, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits;
	char out[4];
	size_t i, j;

	for (i = 0; i < len; i += 3) {
		for (bits = 0, j = 0; j < 3; j++)
			bits = bits << 8 | (i + j < len ?
			    (unsigned char)s[i + j] : 0);
		for (j = 0; j < 4; j++)
			out[j] = i + j <= len ?
			    digits[bits >> (18 - 6 * j) & 63] : '=';
		put(t, out, 4);
	}
}

static void
put_pair(struct text *t, const char *name, const char *s, size_t len)
{

	put_text(t, name);
	put_text(t, ":: ");
	put_base64(t, s, len);
	put_text(t, "\n");
}

/* Every source says: strings end in a NUL, the key is the normal DN, no
 * attribute comes twice or without values. */
static void
entry_is_sound(const struct source_entry *told)
{
	const struct entry *e = told->entry;
	size_t i, j;

	must(told->line > 0 && told->key_len == strlen(told->dn));
	must(memcmp(told->key, told->dn, told->key_len) == 0);
	must(told->dn[0] != '\0' && e->dn[e->dn_len] == '\0');
	must(e->nattrs > 0);
	for (i = 0; i < e->nattrs; i++) {
		must(e->attrs[i].nvalues > 0);
		must(e->attrs[i].name[0] != '\0');
		must(strpbrk(e->attrs[i].name, ": \n") == NULL);
		for (j = 0; j < e->attrs[i].nvalues; j++)
			must(e->attrs[i].values[j].s[
			    e->attrs[i].values[j].len] == '\0');
	}
}

static int
hear_begin(void *ctx, struct why *why)
{
	struct text *t = ctx;

	(void)why;
	must(t->len == 0);
	put_text(t, "version: 1\n");
	return (0);
}

static int
hear_entry(void *ctx, const struct source_entry *told, struct why *why)
{
	const struct entry *e = told->entry;
	struct text *t = ctx;
	size_t i, j;

	(void)why;
	entry_is_sound(told);
	put_text(t, "\n");
	put_pair(t, "dn", e->dn, e->dn_len);
	for (i = 0; i < e->nattrs; i++)
		for (j = 0; j < e->attrs[i].nvalues; j++)
			put_pair(t, e->attrs[i].name, e->attrs[i].values[j].s,
			    e->attrs[i].values[j].len);
	return (0);
}

static int
hear_end(void *ctx, struct why *why)
{

	(void)why;
	put_text(ctx, "\n# end\n");
	return (0);
}

static int
read_into(const char *bytes, size_t len, struct text *t, struct why *why)
{
	const struct sink sink = { .ctx = t, .begin = hear_begin,
	    .entry = hear_entry, .end = hear_end };

	return (ldif_parse("file", bytes, len, &sink, why));
}

static void
refusal_is_sound(const struct why *why)
{

	must(strncmp(why->text, "file:", 5) == 0);
	must(strlen(why->text) > strlen("file: "));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text once = { NULL, 0 }, twice = { NULL, 0 };
	struct why why = { "" };

	if (read_into((const char *)data, size, &once, &why) == -1) {
		refusal_is_sound(&why);
	} else {
		must(read_into(once.s, once.len, &twice, &why) == 0);
		must(once.len == twice.len);
		must(memcmp(once.s, twice.s, once.len) == 0);
	}
	free(once.s);
	free(twice.s);
	return (0);
}
