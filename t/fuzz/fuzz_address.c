#include "fuzz.h"
#include "locality.h"

/*
 * An argument of MAIL or RCPT: read whole or not at all, the same in every
 * way of writing it, and never local by its own words if it asks for routing.
 */

/* The local part as it must be written to be read again. */
static size_t
quote(const char *local, char *out)
{
	size_t n = 0;

	out[n++] = '"';
	for (; *local != '\0'; local++) {
		if (*local == '"' || *local == '\\')
			out[n++] = '\\';
		out[n++] = *local;
	}
	out[n++] = '"';
	out[n] = '\0';
	return (n);
}

static void
must_read_as(const char *text, const struct addr *a)
{
	struct addr again;

	must(addr_parse(text, strlen(text), &again) == ADDR_MAILBOX);
	must(strcmp(again.local, a->local) == 0);
	must(strcmp(again.domain, a->domain) == 0);
	must(again.routing == a->routing);
}

static void
normal_form_reads(const struct addr *a)
{
	char text[2 * ADDR_LOCAL_MAX + ADDR_DOMAIN_MAX + 8];
	size_t n = 1;

	text[0] = '<';
	n += quote(a->local, text + n);
	if (a->domain[0] != '\0')
		n += (size_t)sprintf(text + n, "@%s", a->domain);
	must_read_as(text + 1, a);
	strcpy(text + n, ">");
	must_read_as(text, a);
}

static void
domain_is_normal(const char *domain)
{
	char again[ADDR_DOMAIN_MAX + 1];

	must(addr_domain(domain, strlen(domain), again) == 0);
	must(strcmp(again, domain) == 0);
	must(text_folded(domain) || domain[0] == '[');
	must(text_printable(domain) && strpbrk(domain, " @<>\",;!%") == NULL);
}

static void
mailbox_is_sound(const struct addr *a)
{
	const char *s;

	must(strlen(a->local) <= ADDR_LOCAL_MAX);
	must(text_folded(a->local));
	for (s = a->local; *s != '\0'; s++)
		must((unsigned char)*s >= 0x20 && *s != 0x7f);
	must(a->routing == (strpbrk(a->local, "%!@:,;\\|") != NULL));
	if (a->domain[0] != '\0')
		domain_is_normal(a->domain);
	normal_form_reads(a);
}

/* Nothing may stand before or after an address that reads. */
static void
nothing_is_cut(const char *text)
{
	static const struct {
		const char *before, *after;
	} around[] = {
		{ "", ",<u@evil.example>" }, { "", ",u@evil.example" },
		{ "", " (c)" }, { "", " ORCPT=rfc822;u@evil.example" },
		{ "", ";" }, { "", "\t" }, { "<", "" }, { "", ">" },
		{ "@evil.example:", "" }, { "<@evil.example:", ">" },
		{ "", "@evil.example" }, { "", "<u@evil.example>" },
		{ "u@evil.example,", "" }, { "", "%evil.example" }
	};
	const size_t size = strlen(text) + 64;
	char *out = must_alloc(size);
	struct addr a;
	size_t i;

	for (i = 0; i < COUNT(around); i++) {
		snprintf(out, size, "%s%s%s", around[i].before, text,
		    around[i].after);
		must(addr_parse(out, strlen(out), &a) == ADDR_UNREADABLE);
	}
	free(out);
}

/* Spec 4.2 (b), with example.com and its subdomains local. */
static void
local_by_argument(const char *arg, const struct addr *a, enum addr_kind kind)
{
	static const char *const domains[] = { "example.com", ".example.com" };
	const struct locality_rules rules = { .domains = { domains, 2 } };
	const struct policy_view view = { .readable = false };
	const struct recipient r = { .arg = arg };
	struct arena arena;
	enum found found;

	arena_init(&arena);
	found = locality_recipient(&rules, &view, &r, &arena, NULL);
	arena_free(&arena);
	if (found != FOUND)
		return;
	must(kind == ADDR_MAILBOX && !a->routing);
	must(a->domain[0] == '\0' || strcmp(a->domain, "example.com") == 0 ||
	    (strlen(a->domain) > 12 && strcmp(a->domain +
	    strlen(a->domain) - 12, ".example.com") == 0));
	/* As the bytes themselves say. */
	must(strpbrk(arg, "%!,;|()") == NULL || strchr(arg, '"') != NULL);
	must(strchr(arg, '@') == strrchr(arg, '@'));
}

static void
extension_is_a_prefix(const struct addr *a)
{
	struct addr cut = *a;

	if (!addr_cut_extension(&cut, "+-"))
		return;
	must(cut.local[0] != '\0');
	must(strlen(cut.local) < strlen(a->local));
	must(strncmp(cut.local, a->local, strlen(cut.local)) == 0);
	must(strpbrk(cut.local + 1, "+-") == NULL);
}

static void
key_says_both(const struct addr *a)
{
	char key[ADDR_KEY_MAX + 1];

	addr_key(a->local, a->domain, key);
	must(strncmp(key, a->local, strlen(a->local)) == 0);
	must(strcmp(strrchr(key, '@') + 1, a->domain) == 0);
}

static void
domain_alone(const uint8_t *data, size_t size)
{
	char out[ADDR_DOMAIN_MAX + 1];

	if (addr_domain((const char *)data, size, out) == 0)
		domain_is_normal(out);
	else
		must(out[0] == '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct addr empty;
	struct input in = input_of(data, size);
	const char *text = input_text_upto(&in, '\0');
	struct addr a;
	enum addr_kind kind;

	kind = addr_parse((const char *)data, size, &a);
	if (kind == ADDR_MAILBOX) {
		must(memchr(data, '\0', size) == NULL);
		mailbox_is_sound(&a);
		extension_is_a_prefix(&a);
		key_says_both(&a);
		if (a.domain[0] != '\0')
			nothing_is_cut(text);
	} else {
		must(memcmp(&a, &empty, sizeof(a)) == 0);
		must(kind == ADDR_UNREADABLE || size == 0 ||
		    (size == 2 && memcmp(data, "<>", 2) == 0));
	}
	kind = addr_parse(text, strlen(text), &a);
	local_by_argument(text, &a, kind);
	domain_alone(data, size);
	input_end(&in);
	return (0);
}
