#include "policy_case.h"

/*
 * Short memory ends as directory-unavailable, never in a permit.
 *
 * This test has an arena of its own, which takes the place of the real one at
 * link time: a fixed pool that fails at the n-th allocation.
 */

enum { POOL_SIZE = 256 * 1024 };

static _Alignas(max_align_t) unsigned char pool[POOL_SIZE];
static size_t pool_used;
static int allocations;		/* while `counting' */
static bool counting;
static int fail_at;		/* 0: never */

void
arena_init(struct arena *a)
{

	a->blocks = NULL;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	void *p;

	(void)a;
	if (counting && ++allocations == fail_at)
		return (NULL);
	size = (size + 15) / 16 * 16;
	ck_assert_uint_le(size, POOL_SIZE - pool_used);
	p = pool + pool_used;
	pool_used += size;
	return (memset(p, 0, size));
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{

	return (arena_alloc(a, n * size));
}

char *
arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	return (copy == NULL ? NULL : memcpy(copy, s, len));
}

char *
arena_strdup(struct arena *a, const char *s)
{

	return (arena_strndup(a, s, strlen(s)));
}

void
arena_reset(struct arena *a)
{

	(void)a;
}

void
arena_free(struct arena *a)
{

	(void)a;
}

/* The view's own memory is not the decision's: its lookups do not count. */
static enum found
uncounted_domains(void *ctx, const char *name, struct domain_set *set)
{
	enum found found;

	counting = false;
	found = array_domains(ctx, name, set);
	counting = true;
	return (found);
}

static enum found
uncounted_networks(void *ctx, const struct cidr_ip *ip, unsigned below,
    struct network_set *set)
{
	enum found found;

	counting = false;
	found = array_networks(ctx, ip, below, set);
	counting = true;
	return (found);
}

/* The other lookups, all alike. */
#define UNCOUNTED(name, set_type)					\
static enum found							\
uncounted_##name(void *ctx, const char *key, struct set_type *set)	\
{									\
	enum found found;						\
									\
	counting = false;						\
	found = array_##name(ctx, key, set);				\
	counting = true;						\
	return (found);							\
}
UNCOUNTED(accounts_by_login, account_set)
UNCOUNTED(accounts_by_address, account_set)
UNCOUNTED(groups_with_dn, group_set)
UNCOUNTED(groups_with_login, group_set)
UNCOUNTED(groups_by_dn, group_set)
UNCOUNTED(denies_by_dn, deny_set)
UNCOUNTED(denies_by_login, deny_set)

static const struct policy_case rows[] = {
	{ .label = "a local recipient by name and subdomain",
	    .policy = "domain cn=d name=a.example.com; "
	    "domain cn=e name=.example.com",
	    .to = "<x@a.example.com>" },
	{ .label = "a network with a pattern by an alias",
	    .policy = "domain cn=d name=example.org alias=example.net; "
	    OFFICE "access=allow sender=@example.org", .client = "192.0.2.1",
	    .from = "<x@example.net>" },
	{ .label = "an own address", .policy = HOME JOE, .login = "joe" },
	{ .label = "many groups, a group's pattern",
	    .policy = HOME JOE "; group cn=a member=uid=joe; "
	    "group cn=b member=cn=a; group cn=c member=cn=b "
	    "sender=@example.com", .login = "joe",
	    .from = "<ann@example.com>" },
	{ .label = "an extension at an alias",
	    .policy = "domain cn=d name=example.com alias=example.net; " JOE,
	    .login = "joe", .from = "<joe+x@example.net>" },
	{ .label = "a delegate",
	    .policy = HOME JOE "; account uid=info address=info@example.com "
	    "delegate=uid=joe", .login = "joe", .from = "<info@example.com>" },
	{ .label = "a denied network", .policy = OFFICE "access=deny",
	    .client = "192.0.2.1" },
	{ .label = "a refusal with a group's date",
	    .policy = JOE "; group cn=g member=uid=joe enforce=2000",
	    .login = "joe", .from = "<ann@example.com>" }
};

static void
run(const struct policy_case *row, int at, struct verdict *v)
{
	struct case_run r;

	pool_used = 0;
	case_begin(&r, row);
	r.a.view.networks = uncounted_networks;
	r.a.view.domains = uncounted_domains;
	r.a.view.accounts_by_login = uncounted_accounts_by_login;
	r.a.view.accounts_by_address = uncounted_accounts_by_address;
	r.a.view.groups_with_dn = uncounted_groups_with_dn;
	r.a.view.groups_with_login = uncounted_groups_with_login;
	r.a.view.groups_by_dn = uncounted_groups_by_dn;
	r.a.view.denies_by_dn = uncounted_denies_by_dn;
	r.a.view.denies_by_login = uncounted_denies_by_login;
	allocations = 0;
	fail_at = at;
	counting = true;
	case_decide(&r, NULL);
	counting = false;
	*v = r.verdict;
	case_end(&r);
}

START_TEST(short_memory_never_permits)
{
	const struct policy_case *row = &rows[_i];
	struct verdict whole, v;
	int at, n;

	run(row, 0, &whole);
	n = allocations;
	ck_assert_msg(n > 0, "%s: needs no memory", row->label);
	for (at = 1; at <= n; at++) {
		run(row, at, &v);
		if (v.reason == REASON_DIRECTORY_UNAVAILABLE)
			ck_assert_int_eq(v.word, VERDICT_TEMPFAIL);
		else
			ck_assert_msg(v.reason == whole.reason &&
			    verdict_refuses(v.reason), "%s: allocation %d: %s",
			    row->label, at, verdict_reason(v.reason));
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("policy, short memory");

	suite_rows(s, short_memory_never_permits, ROWS(rows));
	return (suite_run(s));
}
