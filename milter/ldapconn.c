#include <errno.h>
#include <fcntl.h>
#include <ldap.h>
#include <openldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "ldapconn.h"
#include "ldapmessage.h"
#include "netconn.h"
#include "secret.h"

#define LDAPI_PATH	"/var/run/slapd/ldapi"

/* A group of a million members is an entry of some 60 MB. */
static const ber_len_t message_max = 128 * 1024 * 1024;

enum { TEXT_MAX = 512 };	/* bytes of libldap's words that are kept */

struct ldapconn {
	LDAP *ld;
	int fd;
	/* libldap opens a connection of its own, anonymous and in the clear,
	 * for who sends on a handle that has lost one: nobody may then. */
	bool lost;
};

int
ldapconn_start(struct why *why)
{

	if (setenv("LDAPNOINIT", "1", 1) == -1)
		return (why_set(why, "libldap: %s", strerror(errno)));
	return (0);
}

/* ---- opening: who is called --------------------------------------------- */

struct opening {
	const struct ldapconn_target *target;
	const struct ldapconn_life *life;
	LDAPURLDesc *url;
	bool ipc, tls, starttls;
	int fd;			/* -1, or ld's as soon as that is there */
	LDAP *ld;
};

static void
step(struct opening *o, enum ldapconn_step what, int fd)
{

	o->life->step(o->life->ctx, what, fd);
}

static int
read_uri(struct opening *o, struct why *why)
{
	const char *scheme;

	if (ldap_url_parse(o->target->uri, &o->url) != LDAP_SUCCESS)
		return (why_set(why, "this is no URI of an LDAP server"));
	scheme = o->url->lud_scheme;
	o->ipc = strcmp(scheme, "ldapi") == 0;
	o->starttls = strcmp(scheme, "ldap") == 0 && o->target->starttls;
	o->tls = o->starttls || strcmp(scheme, "ldaps") == 0;
	if (!o->ipc && !o->tls && strcmp(scheme, "ldap") != 0)
		return (why_set(why, "%s:// is not supported", scheme));
	if (!o->ipc && (o->url->lud_host == NULL || !o->url->lud_host[0]))
		return (why_set(why, "there is no host in it"));
	return (0);
}

/* Else libldap's complaint would be that the peer is not to be trusted. */
static int
check_ca_file(const struct opening *o, struct why *why)
{
	const char *path = o->target->ca_file;
	int fd;

	if (path == NULL || path[0] == '\0')
		return (why_set(why, "there is no file with the certificates "
		    "of authorities to trust"));
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) == -1)
		return (why_set(why, "the certificates in %s cannot be read: "
		    "%s", path, strerror(errno)));
	close(fd);
	return (0);
}

/* ---- opening: the connection -------------------------------------------- */

static void
watch_socket(void *ctx, int fd)
{

	step(ctx, LDAPCONN_CONNECT, fd);
}

static int
connect_tcp(struct opening *o, const struct netconn_watch *watch,
    struct why *why)
{
	struct addrinfo *addresses;
	int result;

	step(o, LDAPCONN_RESOLVE, -1);
	if (netconn_resolve(o->url->lud_host, o->url->lud_port, &addresses,
	    why) == -1)
		return (-1);
	result = netconn_tcp(addresses, o->target->timeout_ms, watch, &o->fd,
	    why);
	freeaddrinfo(addresses);
	return (result);
}

static int
connect_ipc(struct opening *o, const struct netconn_watch *watch,
    struct why *why)
{
	const char *path = o->url->lud_host;

	if (path == NULL || path[0] == '\0')
		path = LDAPI_PATH;
	return (netconn_unix(path, o->target->timeout_ms, watch, &o->fd, why));
}

static int
set_up(LDAP *ld)
{
	static const int version = LDAP_VERSION3, never = LDAP_DEREF_NEVER,
	    unlimited = LDAP_NO_LIMIT;
	const struct {
		int option;
		const void *value;
	} options[] = {
		{ LDAP_OPT_PROTOCOL_VERSION, &version },
		{ LDAP_OPT_DEREF, &never },
		{ LDAP_OPT_SIZELIMIT, &unlimited },
		{ LDAP_OPT_TIMELIMIT, &unlimited },
		{ LDAP_OPT_REFERRALS, LDAP_OPT_OFF },
		/* Not to end a wait at a signal. */
		{ LDAP_OPT_RESTART, LDAP_OPT_ON },
		/* Not to close the socket that somebody polls. */
		{ LDAP_OPT_KEEPCONN, LDAP_OPT_ON }
	};
	ber_len_t max = message_max;
	Sockbuf *sb;
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (ldap_set_option(ld, options[i].option, options[i].value) !=
		    LDAP_OPT_SUCCESS)
			return (-1);
	if (ldap_get_option(ld, LDAP_OPT_SOCKBUF, &sb) != LDAP_OPT_SUCCESS ||
	    ber_sockbuf_ctrl(sb, LBER_SB_OPT_SET_MAX_INCOMING, &max) != 1)
		return (-1);
	return (0);
}

static int
attach(struct opening *o, struct why *why)
{

	if (ldap_init_fd(o->fd, o->ipc ? LDAP_PROTO_IPC : LDAP_PROTO_TCP,
	    o->target->uri, &o->ld) != LDAP_SUCCESS) {
		o->ld = NULL;
		return (why_set(why, "libldap: cannot be used"));
	}
	if (set_up(o->ld) == -1)
		return (why_set(why, "libldap: refuses a setting"));
	return (0);
}

static int
reach(struct opening *o, struct why *why)
{
	const struct netconn_watch watch = { o, watch_socket };

	if (o->tls && check_ca_file(o, why) == -1)
		return (-1);
	if ((o->ipc ? connect_ipc : connect_tcp)(o, &watch, why) == -1)
		return (-1);
	return (attach(o, why));
}

/* ---- opening: what the server must answer ------------------------------- */

static int
could_not_send(struct opening *o, int code, const char *what, struct why *why)
{

	if (code == LDAP_SERVER_DOWN)
		return (ldapmessage_lost(o->ld, errno, why));
	return (why_set(why, "the %s cannot be sent: %s", what,
	    ldap_err2string(code)));
}

static int
start_tls(struct opening *o, struct why *why)
{
	static const char what[] = "StartTLS request";
	struct ldapmessage_result r = { 0 };
	struct why words;
	int code, id, result;

	step(o, LDAPCONN_STARTTLS, o->fd);
	errno = 0;
	if ((code = ldap_start_tls(o->ld, NULL, NULL, &id)) != LDAP_SUCCESS)
		return (could_not_send(o, code, what, why));
	result = ldapmessage_await(o->ld, id, what, o->target->timeout_ms,
	    &r, why);
	if (result == 0 && r.code != LDAP_SUCCESS) {
		ldapmessage_words(&r, &words);
		result = why_set(why, "StartTLS was refused: %s", words.text);
	}
	ldapmessage_result_free(&r);
	return (result);
}

/* ---- opening: TLS ------------------------------------------------------- */

static int
tls_settings(struct opening *o, struct why *why)
{
	static const int demand = LDAP_OPT_X_TLS_DEMAND,
	    tls12 = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2,
	    /* RFC 6125 section 6.4.4: the common name only counts in a
	     * certificate that has no names of the modern kind. */
	    san = LDAP_OPT_X_TLS_TRY,
	    client = 0;
	const struct {
		int option;
		const void *value;
	} options[] = {
		{ LDAP_OPT_X_TLS_REQUIRE_CERT, &demand },
		{ LDAP_OPT_X_TLS_REQUIRE_SAN, &san },
		{ LDAP_OPT_X_TLS_PROTOCOL_MIN, &tls12 },
		{ LDAP_OPT_X_TLS_CACERTFILE, o->target->ca_file },
		/* Must be the last: it takes those before it. */
		{ LDAP_OPT_X_TLS_NEWCTX, &client }
	};
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (ldap_set_option(o->ld, options[i].option,
		    options[i].value) != LDAP_OPT_SUCCESS)
			return (why_set(why, "TLS cannot be set up with the "
			    "certificates in %s", o->target->ca_file));
	return (0);
}

/* GnuTLS has no words for a certificate that is not to be trusted, OpenSSL none
 * for a peer that is gone. */
static void
tls_words(const struct opening *o, const char *text, struct why *why)
{

	if (strcmp(text, "(unknown error code)") == 0)
		why_set(why, "the server's certificate is not accepted: it "
		    "must be valid now, for the name %s, and come from an "
		    "authority in %s", o->url->lud_host, o->target->ca_file);
	else
		why_set(why, "the TLS handshake failed: %.*s", TEXT_MAX,
		    text[0] != '\0' ? text : "the server ended it");
}

static int
tls_why(const struct opening *o, int64_t began, struct why *why)
{
	char *text = NULL;

	if (clock_ms() - began >= o->target->timeout_ms)
		return (why_set(why, "the TLS handshake did not end within "
		    "%g s", (double)o->target->timeout_ms / 1000));
	(void)ldap_get_option(o->ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text);
	tls_words(o, text != NULL ? text : "", why);
	ldap_memfree(text);
	return (-1);
}

/*
 * With a socket that does not block, or a network time-out, libldap 2.5 spins
 * during the handshake; so it blocks, until it is shut down.
 */
static int
handshake(struct opening *o, struct why *why)
{
	int64_t began = clock_ms();
	int code;

	if (netconn_blocking(o->fd, 1) == -1)
		return (why_set(why, "fcntl: %s", strerror(errno)));
	step(o, LDAPCONN_TLS, o->fd);
	code = ldap_install_tls(o->ld);
	if (code != LDAP_SUCCESS || !ldap_tls_inplace(o->ld))
		return (tls_why(o, began, why));
	if (netconn_blocking(o->fd, 0) == -1)
		return (why_set(why, "fcntl: %s", strerror(errno)));
	return (0);
}

static int
secure(struct opening *o, struct why *why)
{

	if (!o->tls)
		return (0);
	if (o->starttls && start_tls(o, why) == -1)
		return (-1);
	if (tls_settings(o, why) == -1)
		return (-1);
	return (handshake(o, why));
}

/* ---- opening: bind ------------------------------------------------------ */

/* Of whom; for a reason in words. */
static const char *
binder(const struct opening *o)
{

	switch (o->target->bind_method) {
	case BIND_ANONYMOUS:
		return ("nobody");
	case BIND_SIMPLE:
		return (o->target->bind_dn);
	case BIND_EXTERNAL:
		return ("the owner of this process (SASL EXTERNAL)");
	}
	return ("");
}

/* A server may repeat a password in its answer. */
static int
bind_refused(const struct opening *o, struct ldapmessage_result *r,
    const char *password, struct why *why)
{
	struct why words;

	if (password[0] != '\0' && r->text != NULL &&
	    strstr(r->text, password) != NULL)
		r->text[0] = '\0';
	ldapmessage_words(r, &words);
	return (why_set(why, "the bind as %s was refused: %s", binder(o),
	    words.text));
}

static int
bind_with(struct opening *o, const char *dn, const char *mechanism,
    char *password, size_t len, struct why *why)
{
	static const char what[] = "bind";
	struct berval credentials = { len, password };
	struct ldapmessage_result r = { 0 };
	int code, id, result;

	errno = 0;
	code = ldap_sasl_bind(o->ld, dn, mechanism, &credentials, NULL, NULL,
	    &id);
	if (code != LDAP_SUCCESS)
		return (could_not_send(o, code, what, why));
	result = ldapmessage_await(o->ld, id, what, o->target->timeout_ms,
	    &r, why);
	if (result == 0 && r.code != LDAP_SUCCESS)
		result = bind_refused(o, &r, password, why);
	ldapmessage_result_free(&r);
	return (result);
}

static int
bind_simple(struct opening *o, struct why *why)
{
	struct secret secret;
	int result;

	if (secret_read(o->target->password_file, &secret, why) == -1)
		return (-1);
	result = bind_with(o, o->target->bind_dn, LDAP_SASL_SIMPLE,
	    secret.bytes, secret.len, why);
	secret_wipe(&secret);
	return (result);
}

static int
bind_as(struct opening *o, struct why *why)
{
	char none[] = "";

	step(o, LDAPCONN_BIND, o->fd);
	switch (o->target->bind_method) {
	case BIND_ANONYMOUS:
		return (bind_with(o, NULL, LDAP_SASL_SIMPLE, none, 0, why));
	case BIND_SIMPLE:
		return (bind_simple(o, why));
	case BIND_EXTERNAL:
		return (bind_with(o, NULL, "EXTERNAL", none, 0, why));
	}
	return (why_set(why, "no such method to bind"));
}

/* ---- open and close ----------------------------------------------------- */

static int
open_all(struct opening *o, struct ldapconn *conn, struct why *why)
{

	if (read_uri(o, why) == -1 || reach(o, why) == -1 ||
	    secure(o, why) == -1 || bind_as(o, why) == -1)
		return (-1);
	step(o, LDAPCONN_DONE, -1);
	*conn = (struct ldapconn){ .ld = o->ld, .fd = o->fd };
	return (0);
}

static void
give_up(struct opening *o)
{

	step(o, LDAPCONN_DONE, -1);
	if (o->ld != NULL)
		ldap_unbind_ext(o->ld, NULL, NULL);
	else if (o->fd != -1)
		close(o->fd);
}

int
ldapconn_open(const struct ldapconn_target *target,
    const struct ldapconn_life *life, struct ldapconn **conn, struct why *why)
{
	struct opening o = { .target = target, .life = life, .fd = -1 };
	int result = -1;

	if ((*conn = malloc(sizeof(**conn))) == NULL)
		why_set(why, "memory is short");
	else
		result = open_all(&o, *conn, why);
	ldap_free_urldesc(o.url);
	if (result == 0)
		return (0);
	give_up(&o);
	free(*conn);
	*conn = NULL;
	return (why_prefix(why, "%s: ", target->uri));
}

void
ldapconn_close(struct ldapconn *conn)
{

	if (conn == NULL)
		return;
	ldap_unbind_ext(conn->ld, NULL, NULL);
	free(conn);
}

int
ldapconn_fd(const struct ldapconn *conn)
{

	return (conn->fd);
}

/* ---- searches ----------------------------------------------------------- */

static int
create_sync(const struct ldapconn_search *search, struct arena *arena,
    LDAPControl **control)
{
	static const struct cookie none;
	struct berval value;
	const void *bytes;
	size_t len;

	if (synccontrol_request(search->mode, search->cookie != NULL ?
	    search->cookie : &none, arena, &bytes, &len) == -1)
		return (LDAP_NO_MEMORY);
	value = (struct berval){ len, (char *)(uintptr_t)bytes };
	return (ldap_control_create(SYNC_REQUEST_OID, 1, &value, 1, control));
}

static int
create_page(LDAP *ld, const struct ldapconn_search *search,
    LDAPControl **control)
{
	struct berval cookie = { 0, NULL };

	if (search->page != NULL && search->page->len > 0)
		cookie = (struct berval){ search->page->len,
		    (char *)(uintptr_t)search->page->bytes };
	return (ldap_create_page_control(ld, search->page_size, &cookie, 0,
	    control));
}

/* A code of libldap's; the controls are for ldap_control_free anyway. */
static int
create_controls(LDAP *ld, const struct ldapconn_search *search,
    LDAPControl *controls[3])
{
	int code = LDAP_SUCCESS, n = 0;
	struct arena arena;

	arena_init(&arena);
	if (search->sync)
		code = create_sync(search, &arena, &controls[n++]);
	if (code == LDAP_SUCCESS && search->page_size > 0)
		code = create_page(ld, search, &controls[n++]);
	arena_free(&arena);
	return (code);
}

int
ldapconn_search(struct ldapconn *conn, const struct ldapconn_search *search,
    int *id, struct why *why)
{
	LDAPControl *controls[3] = { NULL, NULL, NULL };
	int code, i;

	if (conn->lost)
		return (why_set(why, "the connection is lost"));
	code = create_controls(conn->ld, search, controls);
	if (code == LDAP_SUCCESS)
		code = ldap_search_ext(conn->ld, search->base,
		    search->base_only ? LDAP_SCOPE_BASE : LDAP_SCOPE_SUBTREE,
		    search->filter, (char **)(uintptr_t)search->attrs, 0,
		    controls, NULL, NULL, LDAP_NO_LIMIT, id);
	for (i = 0; controls[i] != NULL; i++)
		ldap_control_free(controls[i]);
	if (code == LDAP_SUCCESS)
		return (0);
	conn->lost = true;
	return (why_set(why, "the search cannot be sent: %s",
	    ldap_err2string(code)));
}

void
ldapconn_abandon(struct ldapconn *conn, int id)
{

	if (!conn->lost &&
	    ldap_abandon_ext(conn->ld, id, NULL, NULL) != LDAP_SUCCESS)
		conn->lost = true;
}

/* ---- messages ------------------------------------------------------------ */

static bool
is_for_later(int code)
{
	static const int codes[] = {
		LDAP_TIMELIMIT_EXCEEDED, LDAP_SIZELIMIT_EXCEEDED,
		LDAP_AUTH_METHOD_NOT_SUPPORTED, LDAP_STRONG_AUTH_REQUIRED,
		LDAP_REFERRAL, LDAP_ADMINLIMIT_EXCEEDED,
		LDAP_CONFIDENTIALITY_REQUIRED, LDAP_SASL_BIND_IN_PROGRESS,
		LDAP_NO_SUCH_OBJECT, LDAP_INVALID_DN_SYNTAX,
		LDAP_ALIAS_DEREF_PROBLEM, LDAP_INAPPROPRIATE_AUTH,
		LDAP_INVALID_CREDENTIALS, LDAP_INSUFFICIENT_ACCESS,
		LDAP_BUSY, LDAP_UNAVAILABLE
	};
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i] == code)
			return (true);
	return (false);
}

static enum ldapconn_code
code_of(int code)
{

	switch (code) {
	case LDAP_SUCCESS:
		return (LDAPCONN_SUCCESS);
	case LDAP_UNAVAILABLE_CRITICAL_EXTENSION:
		return (LDAPCONN_NO_CONTROL);
	case LDAP_UNWILLING_TO_PERFORM:
		return (LDAPCONN_UNWILLING);
	case LDAP_SYNC_REFRESH_REQUIRED:
		return (LDAPCONN_REFRESH_REQUIRED);
	default:
		return (is_for_later(code) ? LDAPCONN_LATER : LDAPCONN_OTHER);
	}
}

/* The functions below return NULL, or what is wrong with the message. */

static const char *
hear_entry(LDAP *ld, LDAPMessage *msg, struct arena *arena,
    struct ldapconn_message *m)
{
	const char *wrong;

	/* Reading the values puts a NUL over the tag of the controls. */
	wrong = ldapmessage_state(ld, msg, &m->has_state, &m->state);
	m->kind = LDAPCONN_ENTRY;
	if (wrong == NULL)
		wrong = ldapmessage_entry(ld, msg, arena, &m->entry);
	return (wrong);
}

static const char *
hear_controls(LDAP *ld, const struct ldapmessage_result *r,
    struct ldapconn_message *m)
{
	const char *wrong = ldapmessage_done(r, &m->has_done, &m->done);

	if (wrong == NULL)
		wrong = ldapmessage_page(ld, r, &m->page);
	return (wrong);
}

static const char *
hear_result(LDAP *ld, LDAPMessage *msg, struct arena *arena,
    struct ldapconn_message *m)
{
	struct ldapmessage_result r = { 0 };
	const char *wrong = ldapmessage_result(ld, msg, &r);
	struct why words;

	m->kind = LDAPCONN_RESULT;
	if (wrong == NULL)
		wrong = hear_controls(ld, &r, m);
	if (wrong == NULL) {
		m->code = code_of(r.code);
		ldapmessage_words(&r, &words);
		m->words = arena_strdup(arena, words.text);
		if (m->words == NULL)
			wrong = "a result when memory is short";
	}
	ldapmessage_result_free(&r);
	return (wrong);
}

/* ${heard} is false for what says nothing. */
static const char *
hear(LDAP *ld, LDAPMessage *msg, struct arena *arena,
    struct ldapconn_message *m, bool *heard)
{

	*heard = true;
	m->id = ldap_msgid(msg);
	switch (ldap_msgtype(msg)) {
	case LDAP_RES_SEARCH_ENTRY:
		return (hear_entry(ld, msg, arena, m));
	case LDAP_RES_SEARCH_REFERENCE:
		m->kind = LDAPCONN_REFERENCE;
		return (NULL);
	case LDAP_RES_INTERMEDIATE:
		m->kind = LDAPCONN_INFO;
		return (ldapmessage_info(ld, msg, arena, heard, &m->info));
	case LDAP_RES_SEARCH_RESULT:
		return (hear_result(ld, msg, arena, m));
	default:
		return ("an answer of another kind to a search");
	}
}

/* What says nothing must not hold up the caller for ever. */
enum { DROPPED_MAX = 1000 };

/* As ldapconn_next, but 2 for what says nothing. */
static int
next(struct ldapconn *conn, int64_t deadline, struct arena *arena,
    struct ldapconn_message *m, struct why *why)
{
	const char *wrong;
	LDAPMessage *msg;
	bool heard;
	int result;

	result = ldapmessage_next(conn->ld, deadline, &msg, why);
	if (result != 1)
		return (result);
	wrong = hear(conn->ld, msg, arena, m, &heard);
	ldap_msgfree(msg);
	if (wrong != NULL)
		return (why_set(why, "the server sent %s", wrong));
	return (heard ? 1 : 2);
}

int
ldapconn_next(struct ldapconn *conn, int64_t wait_ms, struct arena *arena,
    struct ldapconn_message *m, struct why *why)
{
	const int64_t deadline = clock_ms() + wait_ms;
	int dropped = 0, result;

	if (conn->lost)
		return (why_set(why, "the connection is lost"));
	do {
		result = next(conn, deadline, arena, m, why);
	} while (result == 2 && ++dropped < DROPPED_MAX);
	conn->lost = result == -1;
	return (result == 2 ? 0 : result);
}
