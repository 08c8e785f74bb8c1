#include "fuzz.h"
#include "pattern.h"

/*
 * Three lines: a pattern, a sender or recipient, a domain to complete it with.
 * A pattern reads back as it is shown, and matches what it says and no more.
 */

static void
must_be_same(const struct pattern *a, const struct pattern *b)
{

	must(a->kind == b->kind);
	must(strcmp(a->local, b->local) == 0);
	must(strcmp(a->domain, b->domain) == 0);
}

static void
shown_reads_back(const struct pattern *p)
{
	char text[PATTERN_TEXT_MAX];
	struct pattern again;
	struct addr store;

	pattern_format(p, text, sizeof(text));
	must(strlen(text) < sizeof(text) - 1);
	must(pattern_parse(text, strlen(text), &store, &again) == NULL);
	must_be_same(p, &again);
}

/* Case does not count in anything ASCII. */
static void
case_is_nothing(const char *text, const struct pattern *p)
{
	char *upper = must_alloc(strlen(text) + 1);
	struct pattern again;
	struct addr store;
	size_t i;

	for (i = 0; text[i] != '\0'; i++)
		upper[i] = (char)(text[i] >= 'a' && text[i] <= 'z' ?
		    text[i] - 'a' + 'A' : text[i]);
	upper[i] = '\0';
	must(pattern_parse(upper, i, &store, &again) == NULL);
	must_be_same(p, &again);
	free(upper);
}

static bool
is_below(const char *name, const char *domain)
{
	size_t n = strlen(name), d = strlen(domain);

	return (n > d + 1 && name[n - d - 1] == '.' &&
	    strcmp(name + n - d, domain) == 0);
}

/* What the pattern says, told another way. */
static bool
ought_to_match(const struct pattern *p, const struct subject *s)
{
	const bool address = s->kind == SUBJECT_ADDRESS;
	const bool same = strcmp(p->domain, s->addr.domain) == 0;

	switch (p->kind) {
	case PATTERN_ANY:
		return (true);
	case PATTERN_NULL:
		return (s->kind == SUBJECT_NULL);
	case PATTERN_ADDRESS:
		return (address && same &&
		    strcmp(p->local, s->addr.local) == 0);
	case PATTERN_DOMAIN:
		return (address && same);
	case PATTERN_SUBDOMAINS:
		return (address && is_below(s->addr.domain, p->domain));
	}
	return (false);
}

/* What it shows is matched by it, if it is an address. */
static void
matches_itself(const struct pattern *p)
{
	char text[PATTERN_TEXT_MAX];
	struct subject s;

	if (p->kind != PATTERN_ADDRESS)
		return;
	subject_read(pattern_format(p, text, sizeof(text)), NULL, &s);
	must(s.kind == SUBJECT_ADDRESS && pattern_matches(p, &s));
}

static void
subject_is_sound(const char *arg, const struct subject *s)
{
	struct addr a;
	enum addr_kind kind = addr_parse(arg, strlen(arg), &a);

	switch (s->kind) {
	case SUBJECT_ADDRESS:
		must(kind == ADDR_MAILBOX && !a.routing);
		must(s->addr.domain[0] != '\0');
		break;
	case SUBJECT_NULL:
		must(kind == ADDR_NULL);
		break;
	case SUBJECT_OPAQUE:
		must(kind != ADDR_NULL);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = input_of(data, size);
	const char *text = input_line(&in);
	const char *arg = input_line(&in);
	const char *qualify = input_line(&in);
	char domain[ADDR_DOMAIN_MAX + 1];
	struct subject s;
	struct pattern p;
	struct addr store;
	const char *wrong;

	addr_domain(qualify, strlen(qualify), domain);
	subject_read(arg, domain, &s);
	subject_is_sound(arg, &s);
	wrong = pattern_parse(text, strlen(text), &store, &p);
	if (wrong == NULL) {
		shown_reads_back(&p);
		case_is_nothing(text, &p);
		matches_itself(&p);
	} else {
		must(!pattern_matches(&p, &s));
	}
	must(pattern_matches(&p, &s) == (wrong == NULL &&
	    ought_to_match(&p, &s)));
	input_end(&in);
	return (0);
}
