#include <errno.h>
#include <ldap.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "ldapmessage.h"

enum {
	SERVER_TEXT_MAX = 512,	/* bytes of it that are kept */
	DROPPED_MAX = 1000	/* notifications in a row */
};

static struct timeval
timeval_until(int64_t deadline)
{
	int64_t left = deadline - clock_ms();

	if (left < 0)
		left = 0;
	return ((struct timeval){ .tv_sec = (time_t)(left / 1000),
	    .tv_usec = (suseconds_t)(left % 1000 * 1000) });
}

/* ---- results ------------------------------------------------------------ */

const char *
ldapmessage_result(LDAP *ld, LDAPMessage *msg, struct ldapmessage_result *r)
{

	if (ldap_parse_result(ld, msg, &r->code, NULL, &r->text, NULL,
	    &r->controls, 0) != LDAP_SUCCESS)
		return ("a result that cannot be read");
	/* Negative ones are libldap's own. */
	if (r->code < 0)
		return ("a result code that is none");
	return (NULL);
}

void
ldapmessage_result_free(struct ldapmessage_result *r)
{

	ldap_memfree(r->text);
	ldap_controls_free(r->controls);
}

static bool
result_says(const struct ldapmessage_result *r)
{

	return (r->text != NULL && r->text[0] != '\0');
}

/* What is usually behind it. */
static const char *
cure(int code)
{

	switch (code) {
	case LDAP_TIMELIMIT_EXCEEDED:
	case LDAP_SIZELIMIT_EXCEEDED:
	case LDAP_ADMINLIMIT_EXCEEDED:
		return ("; the server must set no limits to this bind DN");
	case LDAP_NO_SUCH_OBJECT:
		return ("; the base is wrong, or this bind DN may not read it");
	case LDAP_INVALID_CREDENTIALS:
		return ("; the bind DN or its password is wrong");
	default:
		return ("");
	}
}

void
ldapmessage_words(const struct ldapmessage_result *r, struct why *words)
{

	why_set(words, "%s (%d)%s%.*s%s", ldap_err2string(r->code), r->code,
	    result_says(r) ? ": " : "", SERVER_TEXT_MAX,
	    result_says(r) ? r->text : "", cure(r->code));
}

/* ---- the next message, undecoded ---------------------------------------- */

int
ldapmessage_lost(LDAP *ld, int error, struct why *why)
{
	int code = LDAP_SERVER_DOWN;

	(void)ldap_get_option(ld, LDAP_OPT_RESULT_CODE, &code);
	if (code != LDAP_SERVER_DOWN)
		return (why_set(why, "the server cannot be understood: %s",
		    ldap_err2string(code)));
	if (error == ERANGE)
		return (why_set(why, "the server sent something longer than "
		    "any message, or no LDAP"));
	if (error != 0 && error != EAGAIN)
		return (why_set(why, "the connection is lost: %s",
		    strerror(error)));
	return (why_set(why, "the connection is lost: the server closed it, or "
	    "did not speak LDAP"));
}

/*
 * RFC 4511 section 4.4: nobody asked for it.  The only one that an LDAP server
 * sends to those who use no extension with others is the Notice of
 * Disconnection, which never says success; its OID is not looked at, because
 * libldap aborts on an empty one (before 2.6.11).
 */
static int
hear_unsolicited(LDAP *ld, LDAPMessage *msg, struct why *why)
{
	struct ldapmessage_result r = { 0 };
	const char *wrong = ldapmessage_result(ld, msg, &r);
	struct why words;
	int result = 0;

	if (wrong != NULL) {
		result = why_set(why, "the server sent %s", wrong);
	} else if (r.code != LDAP_SUCCESS) {
		ldapmessage_words(&r, &words);
		result = why_set(why, "the server ended the connection: %s",
		    words.text);
	}
	ldapmessage_result_free(&r);
	return (result);
}

int
ldapmessage_next(LDAP *ld, int64_t deadline, LDAPMessage **msg, struct why *why)
{
	struct timeval left;
	int dropped, result;

	/* Who floods with notifications must not hold up the caller. */
	for (dropped = 0; dropped < DROPPED_MAX; dropped++) {
		left = timeval_until(deadline);
		errno = 0;
		result = ldap_result(ld, LDAP_RES_ANY, LDAP_MSG_ONE, &left,
		    msg);
		if (result == 0)
			return (0);
		if (result == -1)
			return (ldapmessage_lost(ld, errno, why));
		if (ldap_msgid(*msg) != LDAP_RES_UNSOLICITED)
			return (1);
		result = hear_unsolicited(ld, *msg, why);
		ldap_msgfree(*msg);
		if (result == -1)
			return (-1);
	}
	return (0);
}

int
ldapmessage_await(LDAP *ld, int id, const char *what, int64_t timeout_ms,
    struct ldapmessage_result *r, struct why *why)
{
	const int64_t deadline = clock_ms() + timeout_ms;
	const char *wrong;
	LDAPMessage *msg;
	int its, result;

	do {
		result = ldapmessage_next(ld, deadline, &msg, why);
		if (result == -1)
			return (-1);
		if (result == 0)
			return (why_set(why, "no answer to the %s within %g s",
			    what, (double)timeout_ms / 1000));
		its = ldap_msgid(msg);
		wrong = its == id ? ldapmessage_result(ld, msg, r) : NULL;
		ldap_msgfree(msg);
	} while (its != id);
	if (wrong != NULL)
		return (why_set(why, "the server sent %s", wrong));
	return (0);
}

/* ---- controls ------------------------------------------------------------ */

static const char no_memory[] = "more than there is memory for";

/* NULL if it did not come. */
static const struct berval *
control_value(const char *oid, LDAPControl **controls)
{
	const LDAPControl *control = ldap_control_find(oid, controls, NULL);

	return (control == NULL ? NULL : &control->ldctl_value);
}

const char *
ldapmessage_done(const struct ldapmessage_result *r, bool *has,
    struct sync_done *done)
{
	const struct berval *value = control_value(SYNC_DONE_OID, r->controls);

	*has = value != NULL;
	if (*has && synccontrol_done(value->bv_val, value->bv_len, done) == -1)
		return ("a sync done control that cannot be read");
	return (NULL);
}

const char *
ldapmessage_page(LDAP *ld, const struct ldapmessage_result *r,
    struct cookie *page)
{
	LDAPControl *control = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS,
	    r->controls, NULL);
	struct berval value = { 0, NULL };
	const char *wrong = NULL;

	page->len = 0;
	if (control == NULL)
		return (NULL);
	if (ldap_parse_pageresponse_control(ld, control, NULL, &value) !=
	    LDAP_SUCCESS)
		wrong = "a paged results control that cannot be read";
	else if (value.bv_len > COOKIE_MAX)
		wrong = "a cookie that is too long in its paged results "
		    "control";
	else
		cookie_set(page, value.bv_val, value.bv_len);
	ldap_memfree(value.bv_val);
	return (wrong);
}

static const char *
read_state(LDAPControl **controls, bool *has, struct sync_state *state)
{
	const struct berval *value = control_value(SYNC_STATE_OID, controls);

	*has = value != NULL;
	if (*has &&
	    synccontrol_state(value->bv_val, value->bv_len, state) == -1)
		return ("a sync state control that cannot be read");
	return (NULL);
}

const char *
ldapmessage_state(LDAP *ld, LDAPMessage *msg, bool *has,
    struct sync_state *state)
{
	LDAPControl **controls = NULL;
	const char *wrong;

	if (ldap_get_entry_controls(ld, msg, &controls) != LDAP_SUCCESS)
		return ("an entry with controls that cannot be read");
	wrong = read_state(controls, has, state);
	ldap_controls_free(controls);
	return (wrong);
}

/* ---- intermediate responses ---------------------------------------------- */

const char *
ldapmessage_info(LDAP *ld, LDAPMessage *msg, struct arena *arena, bool *is,
    struct sync_info *info)
{
	const char *wrong = NULL;
	struct berval *value = NULL;
	char *oid = NULL;

	*is = false;
	if (ldap_parse_intermediate(ld, msg, &oid, &value, NULL, 0) !=
	    LDAP_SUCCESS)
		return ("an intermediate response that cannot be read");
	*is = oid != NULL && strcmp(oid, SYNC_INFO_OID) == 0;
	if (*is && (value == NULL || synccontrol_info(value->bv_val,
	    value->bv_len, arena, info) == -1))
		wrong = "a sync info message that cannot be read";
	ldap_memfree(oid);
	ber_bvfree(value);
	return (wrong);
}

/* ---- entries ------------------------------------------------------------- */

static const char entry_unread[] = "an entry that cannot be read";

/* The array of attributes, while it grows. */
struct draft {
	struct arena *arena;
	struct entry_attr *attrs;
	size_t n, room;
};

static const char *
copy_values(struct arena *arena, const struct berval *from,
    struct entry_attr *attr)
{
	struct entry_value *values;
	size_t i, n = 0;

	while (from != NULL && from[n].bv_val != NULL)
		n++;
	if ((values = arena_array(arena, n, sizeof(*values))) == NULL)
		return (no_memory);
	for (i = 0; i < n; i++) {
		values[i].len = from[i].bv_len;
		values[i].s = arena_strndup(arena, from[i].bv_val,
		    from[i].bv_len);
		if (values[i].s == NULL)
			return (no_memory);
	}
	attr->values = values;
	attr->nvalues = n;
	return (NULL);
}

/* A NUL would hide the end of a name. */
static const char *
copy_attr(struct arena *arena, const struct berval *name,
    const struct berval *values, struct entry_attr *attr)
{

	if (name->bv_len == 0 ||
	    memchr(name->bv_val, '\0', name->bv_len) != NULL)
		return (entry_unread);
	attr->name = arena_strndup(arena, name->bv_val, name->bv_len);
	if (attr->name == NULL)
		return (no_memory);
	return (copy_values(arena, values, attr));
}

static const char *
make_room(struct draft *d)
{
	enum { FIRST = 16 };
	size_t room = d->room == 0 ? FIRST : d->room * 2;
	struct entry_attr *attrs;

	if (d->n < d->room)
		return (NULL);
	if ((attrs = arena_array(d->arena, room, sizeof(*attrs))) == NULL)
		return (no_memory);
	if (d->n > 0)
		memcpy(attrs, d->attrs, d->n * sizeof(*attrs));
	d->attrs = attrs;
	d->room = room;
	return (NULL);
}

static const char *
add_attr(struct draft *d, const struct berval *name,
    const struct berval *values)
{
	const char *wrong = make_room(d);

	if (wrong == NULL)
		wrong = copy_attr(d->arena, name, values, &d->attrs[d->n]);
	if (wrong == NULL)
		d->n++;
	return (wrong);
}

/* An attribute that is silently left out could be the one that denies: there
 * must be nothing left at the end. */
static const char *
read_attrs(LDAP *ld, LDAPMessage *msg, BerElement *ber, struct draft *d)
{
	const char *wrong = NULL;
	struct berval name, *values;
	ber_len_t left;

	do {
		values = NULL;
		if (ldap_get_attribute_ber(ld, msg, ber, &name, &values) !=
		    LDAP_SUCCESS)
			return (entry_unread);
		if (name.bv_val != NULL)
			wrong = add_attr(d, &name, values);
		ldap_memfree(values);
	} while (name.bv_val != NULL && wrong == NULL);
	if (wrong == NULL && (ber_get_option(ber, LBER_OPT_REMAINING_BYTES,
	    &left) != LBER_OPT_SUCCESS || left != 0))
		wrong = entry_unread;
	return (wrong);
}

static const char *
copy_dn(struct arena *arena, const struct berval *dn, struct entry *entry)
{

	entry->dn = arena_strndup(arena, dn->bv_val, dn->bv_len);
	entry->dn_len = dn->bv_len;
	return (entry->dn == NULL ? no_memory : NULL);
}

const char *
ldapmessage_entry(LDAP *ld, LDAPMessage *msg, struct arena *arena,
    struct entry *entry)
{
	struct draft draft = { .arena = arena };
	struct berval dn;
	const char *wrong;
	BerElement *ber;

	if (ldap_get_dn_ber(ld, msg, &ber, &dn) != LDAP_SUCCESS)
		return (entry_unread);
	wrong = read_attrs(ld, msg, ber, &draft);
	if (wrong == NULL)
		wrong = copy_dn(arena, &dn, entry);
	ber_free(ber, 0);
	entry->attrs = draft.attrs;
	entry->nattrs = draft.n;
	return (wrong);
}
