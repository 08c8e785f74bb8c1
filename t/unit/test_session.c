#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "session.h"
#include "suite.h"

/* ---- a configuration, and macros on an array ----------------------------- */

static const struct config *
config_of(const char *mta)
{
	char path[] = "/tmp/test_session.XXXXXX";
	const struct config *config;
	struct why why;
	FILE *f;

	ck_assert_ptr_nonnull((f = fdopen(mkstemp(path), "w")));
	fprintf(f, "milter = { socket = \"unix:/run/x.sock\"; mta = \"%s\"; "
	    "};\n"
	    "policy = { role = \"narrowing\"; enforce_from = \"now\"; };\n"
	    "directory = { source = \"ldif:/x\"; accounts = { "
	    "preset = \"inetorgperson\"; }; };\n", mta);
	fclose(f);
	ck_assert_msg(config_load(path, &config, &why) == 0, "%s", why.text);
	unlink(path);
	return (config);
}

enum { MACROS_MAX = 12 };

struct macro {
	const char *name;
	const char *value;
};

struct macros {
	struct macro v[MACROS_MAX];
};

static const char *
macro_get(void *ctx, const char *name)
{
	const struct macros *m = ctx;
	size_t i;

	for (i = 0; i < MACROS_MAX && m->v[i].name != NULL; i++) {
		if (strcmp(m->v[i].name, name) == 0)
			return (m->v[i].value);
	}
	return (NULL);
}

static struct session_macros
ask(struct macros *m)
{

	return ((struct session_macros){ macro_get, m });
}

static struct session *
session_of(const char *mta)
{
	const struct config *config = config_of(mta);
	struct session *s = session_new(config, false);

	ck_assert_ptr_nonnull(s);
	config_give(config);
	return (s);
}

static const struct client stranger = {
	.kind = CLIENT_IP,
	.ip = { .family = 4, .bytes = { 203, 0, 113, 9 } },
	.port = 4711
};

static void
must_connect(struct session *s, const char *name, const struct client *c,
    struct macros *m)
{
	const struct session_macros macros = ask(m);

	ck_assert_int_eq(session_connect(s, name, c, &macros), 0);
}

static void
must_mail(struct session *s, const char *sender, struct macros *m)
{
	const struct session_macros macros = ask(m);

	ck_assert_int_eq(session_mail(s, sender, &macros), 0);
}

static void
must_rcpt(struct session *s, const char *rcpt, struct macros *m,
    struct question *q)
{
	const struct session_macros macros = ask(m);

	ck_assert_int_eq(session_rcpt(s, rcpt, &macros, q), 0);
}

/* The line for a plain rejection of ${q}. */
static struct line
line_of(const struct session *s, const struct question *q)
{
	const struct verdict verdict = { .word = VERDICT_REJECT,
	    .enforced = VERDICT_REJECT, .reason = REASON_AUTH_REQUIRED,
	    .rule = "cn=x", .match = "@example.com", .match_dn = "cn=y",
	    .enforce_from = 17, .has_age = true, .age = 23 };
	struct line line;

	session_line(s, q, &verdict, "550 5.7.1", &line);
	return (line);
}

/* ---- who signed in (spec sections 1 and 4.1) ----------------------------- */

#define NOBODY	"", false

static const struct {
	const char *label;
	const char *mta;
	const char *version;
	const char *type;
	const char *authen;
	const char *login;
	bool usable;
} login_rows[] = {
	{ "no macro at all", "auto", NULL, NULL, NULL, NOBODY },
	{ "empty", "auto", "Postfix 3.7.11", "PLAIN", "", NOBODY },
	{ "a mechanism without a login", "auto", "Postfix 3.7.11", "PLAIN",
	    NULL, NOBODY },
	{ "as Postfix sends it", "auto", "Postfix 3.7.11", "PLAIN",
	    "joe+x@example.com", "joe+x@example.com", true },
	{ "without a mechanism", "auto", "Postfix 3.7.11", NULL, "joe", "joe",
	    true },
	{ "ANONYMOUS", "auto", "Postfix 3.7.11", "ANONYMOUS", "joe", NOBODY },
	{ "anonymous in small letters", "auto", "Postfix 3.7.11", "anonymous",
	    "joe", NOBODY },
	{ "a mechanism that begins like it", "auto", "Postfix 3.7.11",
	    "ANONYMOUS-PLUS", "joe", "joe", true },
	{ "xtext from Sendmail", "auto", "8.17.1.9", "PLAIN", "joe+2Bx",
	    "joe+x", true },
	{ "the same without a version", "auto", NULL, "PLAIN", "joe+2Bx",
	    "joe+2Bx", true },
	{ "a version that only looks like it", "auto", "8.x", "PLAIN",
	    "joe+2Bx", "joe+2Bx", true },
	{ "Sendmail by configuration", "sendmail", NULL, "PLAIN", "joe+2Bx",
	    "joe+x", true },
	{ "Postfix by configuration", "postfix", "8.17.1.9", "PLAIN",
	    "joe+2Bx", "joe+2Bx", true },
	{ "malformed xtext signed in, as nobody's account", "auto",
	    "8.17.1.9", "PLAIN", "joe+2", "joe+2", false },
	{ "a NUL", "auto", "8.17.1.9", "PLAIN", "joe+00", "joe+00", false },
	{ "nothing but a NUL is not nothing", "auto", "8.17.1.9", "PLAIN",
	    "+00", "+00", false },
	{ "a control", "auto", "Postfix 3.7.11", "PLAIN", "joe\n", "joe\n",
	    false }
};

START_TEST(login_is_read)
{
	struct session *s = session_of(login_rows[_i].mta);
	struct macros m = { { { "v", login_rows[_i].version },
	    { "{auth_type}", login_rows[_i].type },
	    { "{auth_authen}", login_rows[_i].authen } } };
	struct question q;

	must_connect(s, "host.example", &stranger, &m);
	must_mail(s, "<a@example.com>", &m);
	must_rcpt(s, "<b@example.net>", &m, &q);
	ck_assert_msg(strcmp(q.login, login_rows[_i].login) == 0,
	    "%s: login \"%s\"", login_rows[_i].label, q.login);
	ck_assert_msg(q.login_usable == login_rows[_i].usable,
	    "%s: usable %d", login_rows[_i].label, q.login_usable);
	ck_assert_str_eq(line_of(s, &q).login, login_rows[_i].login);
	session_free(s);
}
END_TEST

START_TEST(login_of_any_length)
{
	struct session *s = session_of("auto");
	char authen[2000];
	struct macros m = { { { "{auth_authen}", authen } } };
	struct question q;

	memset(authen, 'x', sizeof(authen) - 1);
	authen[sizeof(authen) - 1] = '\0';
	must_mail(s, "<a@example.com>", &m);
	must_rcpt(s, "<b@example.net>", &m, &q);
	ck_assert(!q.login_usable);
	/* So long that the log marks it as cut. */
	ck_assert_uint_gt(strlen(q.login), LINE_VALUE_MAX);
	session_free(s);
}
END_TEST

/* ---- who connects (spec section 1) --------------------------------------- */

static const struct {
	const char *label;
	const char *mta;
	const char *version;
	const char *name;
	struct client client;
	enum client_kind kind;
	const char *text;
} client_rows[] = {
	{ "IPv4", "auto", "Postfix 3.7.11", "host.example",
	    { CLIENT_IP, { 4, { 203, 0, 113, 9 } }, 25 }, CLIENT_IP,
	    "203.0.113.9" },
	{ "IPv6", "auto", "Postfix 3.7.11", "host.example",
	    { CLIENT_IP, { 6, { 0x20, 1, 0xd, 0xb8, [15] = 1 } }, 25 },
	    CLIENT_IP, "2001:db8::1" },
	{ "AF_UNIX", "auto", "Postfix 3.7.11", "localhost",
	    { .kind = CLIENT_LOCAL }, CLIENT_LOCAL, "local" },
	{ "sendmail -bs", "auto", "8.17.1.9", "localhost",
	    { .kind = CLIENT_UNKNOWN }, CLIENT_LOCAL, "local" },
	{ "the same by configuration", "sendmail", NULL, "localhost",
	    { .kind = CLIENT_UNKNOWN }, CLIENT_LOCAL, "local" },
	{ "Sendmail, another name", "auto", "8.17.1.9", "localhost.example",
	    { .kind = CLIENT_UNKNOWN }, CLIENT_UNKNOWN, "unknown" },
	{ "Postfix does not know the address", "auto", "Postfix 3.7.11",
	    "unknown", { .kind = CLIENT_UNKNOWN }, CLIENT_UNKNOWN, "unknown" },
	{ "Postfix, with that name", "auto", "Postfix 3.7.11", "localhost",
	    { .kind = CLIENT_UNKNOWN }, CLIENT_UNKNOWN, "unknown" },
	{ "no version", "auto", NULL, "localhost",
	    { .kind = CLIENT_UNKNOWN }, CLIENT_UNKNOWN, "unknown" },
	{ "never Sendmail by configuration", "postfix", "8.17.1.9",
	    "localhost", { .kind = CLIENT_UNKNOWN }, CLIENT_UNKNOWN,
	    "unknown" },
	{ "an address that is named localhost", "auto", "8.17.1.9",
	    "localhost", { CLIENT_IP, { 4, { 192, 0, 2, 1 } }, 25 },
	    CLIENT_IP, "192.0.2.1" }
};

START_TEST(client_is_told)
{
	struct session *s = session_of(client_rows[_i].mta);
	struct macros m = { { { "v", client_rows[_i].version } } };
	struct question q;

	must_connect(s, client_rows[_i].name, &client_rows[_i].client, &m);
	must_mail(s, "<>", &m);
	must_rcpt(s, "<b@example.net>", &m, &q);
	ck_assert_msg(q.client.kind == client_rows[_i].kind, "%s: kind %d",
	    client_rows[_i].label, q.client.kind);
	ck_assert_msg(q.client.port == client_rows[_i].client.port,
	    "%s: port %d", client_rows[_i].label, q.client.port);
	ck_assert_str_eq(line_of(s, &q).client, client_rows[_i].text);
	ck_assert_str_eq(line_of(s, &q).name, client_rows[_i].name);
	session_free(s);
}
END_TEST

START_TEST(client_before_connect_is_unknown)
{
	struct session *s = session_of("auto");
	struct macros m = { { { NULL, NULL } } };
	struct question q;

	must_mail(s, "<>", &m);
	must_rcpt(s, "<b@example.net>", &m, &q);
	ck_assert_int_eq(q.client.kind, CLIENT_UNKNOWN);
	ck_assert_str_eq(line_of(s, &q).client, "unknown");
	ck_assert_str_eq(line_of(s, &q).name, "");
	session_free(s);
}
END_TEST

/* ---- the question -------------------------------------------------------- */

START_TEST(recipient_macros_are_told)
{
	struct session *s = session_of("auto");
	struct macros m = { { { "{rcpt_mailer}", "smtp" },
	    { "{rcpt_host}", "example.net" },
	    { "{rcpt_addr}", "b@example.net" }, { "i", "4CgSNs5Q9s" },
	    { "{daemon_name}", "MTA" } } };
	struct question q;
	struct line line;

	must_connect(s, "host.example", &stranger, &m);
	must_mail(s, "<a@example.com>", &m);
	must_rcpt(s, "<b@example.net>", &m, &q);
	ck_assert_str_eq(q.sender, "<a@example.com>");
	ck_assert_str_eq(q.recipient.arg, "<b@example.net>");
	ck_assert_str_eq(q.recipient.mailer, "smtp");
	ck_assert_str_eq(q.recipient.host, "example.net");
	ck_assert_str_eq(q.recipient.addr, "b@example.net");
	line = line_of(s, &q);
	ck_assert_str_eq(line.queue_id, "4CgSNs5Q9s");
	ck_assert_str_eq(line.listener, "MTA");
	ck_assert_str_eq(line.mailer, "smtp");
	ck_assert_str_eq(line.from, "<a@example.com>");
	ck_assert_str_eq(line.to, "<b@example.net>");
	session_free(s);
}
END_TEST

START_TEST(missing_macros_are_missing)
{
	struct session *s = session_of("auto");
	struct macros m = { { { NULL, NULL } } };
	struct question q;
	struct line line;

	must_connect(s, "host.example", &stranger, &m);
	must_mail(s, "<a@example.com>", &m);
	must_rcpt(s, "<b@example.net>", &m, &q);
	ck_assert_ptr_null(q.recipient.mailer);
	ck_assert_ptr_null(q.recipient.host);
	ck_assert_ptr_null(q.recipient.addr);
	line = line_of(s, &q);
	ck_assert_str_eq(line.queue_id, "");
	ck_assert_str_eq(line.listener, "");
	session_free(s);
}
END_TEST

START_TEST(verdict_is_on_the_line)
{
	struct session *s = session_of("auto");
	struct macros m = { { { NULL, NULL } } };
	struct question q;
	struct line line;

	must_connect(s, "host.example", &stranger, &m);
	must_mail(s, "<a@example.com>", &m);
	must_rcpt(s, "<b@example.net>", &m, &q);
	line = line_of(s, &q);
	ck_assert_int_eq(line.word, VERDICT_REJECT);
	ck_assert_int_eq(line.reason, REASON_AUTH_REQUIRED);
	ck_assert_str_eq(line.code, "550 5.7.1");
	ck_assert_str_eq(line.rule, "cn=x");
	ck_assert_str_eq(line.match, "@example.com");
	ck_assert_int_eq(line.enforce_from, 17);
	ck_assert(line.has_age);
	ck_assert_int_eq(line.policy_age, 23);
	session_free(s);
}
END_TEST

/* ---- what resets what ---------------------------------------------------- */

enum event { END, CONNECT, MAIL_JOE, MAIL_ANN, MAIL_NOBODY, ABORT, RCPT };

static const struct {
	const char *label;
	enum event events[8];
	int rcpt;		/* what the last RCPT answers */
	const char *login;
	const char *sender;
} reset_rows[] = {
	{ "RCPT without MAIL", { CONNECT, RCPT }, -1, "", "" },
	{ "RCPT without anything", { RCPT }, -1, "", "" },
	{ "RCPT after an abort", { CONNECT, MAIL_JOE, ABORT, RCPT }, -1, "",
	    "" },
	{ "one message", { CONNECT, MAIL_JOE, RCPT }, 0, "joe",
	    "<joe@example.com>" },
	{ "the second recipient", { CONNECT, MAIL_JOE, RCPT, RCPT }, 0, "joe",
	    "<joe@example.com>" },
	{ "two messages with different logins", { CONNECT, MAIL_JOE, RCPT,
	    ABORT, MAIL_ANN, RCPT }, 0, "ann", "<ann@example.com>" },
	{ "MAIL after MAIL", { CONNECT, MAIL_JOE, MAIL_ANN, RCPT }, 0, "ann",
	    "<ann@example.com>" },
	{ "a login does not outlive its message", { CONNECT, MAIL_JOE, RCPT,
	    MAIL_NOBODY, RCPT }, 0, "", "<>" },
	{ "an abort before anything", { CONNECT, ABORT, MAIL_JOE, RCPT }, 0,
	    "joe", "<joe@example.com>" },
	{ "two aborts", { CONNECT, MAIL_JOE, ABORT, ABORT, RCPT }, -1, "", "" }
};

static int
play(struct session *s, enum event event, struct question *q)
{
	struct macros nobody = { { { "i", "" } } };
	struct macros joe = { { { "{auth_authen}", "joe" } } };
	struct macros ann = { { { "{auth_authen}", "ann" } } };
	const struct session_macros macros = ask(&nobody);

	switch (event) {
	case END:
		break;
	case CONNECT:
		must_connect(s, "host.example", &stranger, &nobody);
		break;
	case MAIL_JOE:
		must_mail(s, "<joe@example.com>", &joe);
		break;
	case MAIL_ANN:
		must_mail(s, "<ann@example.com>", &ann);
		break;
	case MAIL_NOBODY:
		must_mail(s, "<>", &nobody);
		break;
	case ABORT:
		session_abort(s);
		break;
	case RCPT:
		return (session_rcpt(s, "<b@example.net>", &macros, q));
	}
	return (0);
}

START_TEST(state_is_reset)
{
	struct session *s = session_of("auto");
	struct question q;
	int i, rcpt = 0;

	for (i = 0; reset_rows[_i].events[i] != END; i++)
		rcpt = play(s, reset_rows[_i].events[i], &q);
	ck_assert_msg(rcpt == reset_rows[_i].rcpt, "%s: answers %d",
	    reset_rows[_i].label, rcpt);
	if (rcpt == 0) {
		ck_assert_msg(strcmp(q.login, reset_rows[_i].login) == 0,
		    "%s: login %s", reset_rows[_i].label, q.login);
		ck_assert_msg(strcmp(q.sender, reset_rows[_i].sender) == 0,
		    "%s: sender %s", reset_rows[_i].label, q.sender);
	}
	session_free(s);
}
END_TEST

START_TEST(recipients_are_told_apart)
{
	struct session *s = session_of("auto");
	struct macros none = { { { NULL, NULL } } };
	struct macros local = { { { "{rcpt_mailer}", "local" },
	    { "i", "4CgSNs5Q9s" } } };
	struct question q;

	must_connect(s, "host.example", &stranger, &none);
	must_mail(s, "<a@example.com>", &none);
	must_rcpt(s, "<b@example.com>", &local, &q);
	must_rcpt(s, "<c@example.net>", &none, &q);
	ck_assert_ptr_null(q.recipient.mailer);
	ck_assert_str_eq(q.recipient.arg, "<c@example.net>");
	ck_assert_str_eq(line_of(s, &q).queue_id, "");
	session_free(s);
}
END_TEST

static const struct {
	const char *label;
	const char *mail;	/* `i' at MAIL */
	const char *rcpt;	/* `i' at RCPT */
	const char *queue_id;
} id_rows[] = {
	{ "none", NULL, NULL, "" },
	{ "from MAIL on, as Sendmail has it", "6ALJjNMJ022342", NULL,
	    "6ALJjNMJ022342" },
	{ "at RCPT only, as Postfix has it", NULL, "4CgSNs5Q9s",
	    "4CgSNs5Q9s" },
	{ "the recipient's goes before", "6ALJjNMJ022342", "4CgSNs5Q9s",
	    "4CgSNs5Q9s" },
	{ "an empty one is none", "6ALJjNMJ022342", "", "6ALJjNMJ022342" },
	{ "two empty ones", "", "", "" }
};

START_TEST(queue_id_is_of_message_or_recipient)
{
	struct session *s = session_of("auto");
	struct macros mail = { { { "i", id_rows[_i].mail } } };
	struct macros rcpt = { { { "i", id_rows[_i].rcpt } } };
	struct macros none = { { { NULL, NULL } } };
	struct question q;

	must_connect(s, "host.example", &stranger, &none);
	must_mail(s, "<a@example.com>", &mail);
	must_rcpt(s, "<b@example.net>", &rcpt, &q);
	ck_assert_msg(strcmp(line_of(s, &q).queue_id,
	    id_rows[_i].queue_id) == 0, "%s: %s", id_rows[_i].label,
	    line_of(s, &q).queue_id);
	must_mail(s, "<a@example.com>", &none);
	must_rcpt(s, "<b@example.net>", &none, &q);
	ck_assert_str_eq(line_of(s, &q).queue_id, "");
	session_free(s);
}
END_TEST

START_TEST(empty_macros_are_missing)
{
	struct session *s = session_of("auto");
	struct macros m = { { { "{rcpt_mailer}", "" }, { "{rcpt_host}", "" },
	    { "{rcpt_addr}", "" }, { "{daemon_name}", "" } } };
	struct question q;

	must_connect(s, "host.example", &stranger, &m);
	must_mail(s, "<a@example.com>", &m);
	must_rcpt(s, "<b@example.net>", &m, &q);
	ck_assert_ptr_null(q.recipient.mailer);
	ck_assert_ptr_null(q.recipient.host);
	ck_assert_ptr_null(q.recipient.addr);
	session_free(s);
}
END_TEST

/* ---- the rest ------------------------------------------------------------ */

START_TEST(strings_are_copied)
{
	struct session *s = session_of("auto");
	char name[] = "host.example", sender[] = "<a@example.com>";
	char listener[] = "MTA", rcpt[] = "<b@example.net>", id[] = "4CgS";
	struct macros m = { { { "{daemon_name}", listener }, { "i", id } } };
	struct question q;

	must_connect(s, name, &stranger, &m);
	must_mail(s, sender, &m);
	must_rcpt(s, rcpt, &m, &q);
	name[0] = sender[1] = listener[0] = rcpt[1] = id[0] = '!';
	ck_assert_str_eq(line_of(s, &q).name, "host.example");
	ck_assert_str_eq(line_of(s, &q).listener, "MTA");
	ck_assert_str_eq(line_of(s, &q).queue_id, "4CgS");
	ck_assert_str_eq(q.sender, "<a@example.com>");
	ck_assert_str_eq(q.recipient.arg, "<b@example.net>");
	session_free(s);
}
END_TEST

START_TEST(overload_is_remembered)
{
	const struct config *config = config_of("auto");
	struct session *s = session_new(config, true);

	ck_assert(session_overloaded(s));
	ck_assert_ptr_eq(session_config(s), config);
	session_free(s);
	s = session_new(config, false);
	ck_assert(!session_overloaded(s));
	session_free(s);
	config_give(config);
}
END_TEST

START_TEST(simulated_session_is_not_put_off)
{
	const struct client simulated = {
		.kind = CLIENT_IP,
		.ip = { .family = 4, .bytes = { 127, 0, 0, 1 } }
	};
	const struct config *config = config_of("auto");
	struct session *s = session_new(config, true);
	struct macros nobody = { { { "i", "4CgS" } } };
	struct macros joe = { { { "{auth_authen}", "joe" } } };

	must_connect(s, "localhost", &simulated, &nobody);
	must_mail(s, "<a@example.com>", &nobody);
	ck_assert(!session_overloaded(s));
	/* Who signs in speaks SMTP: a proxy did not tell the port. */
	must_mail(s, "<a@example.com>", &joe);
	ck_assert(session_overloaded(s));
	session_free(s);
	config_give(config);
}
END_TEST

START_TEST(no_session_is_freed)
{

	session_free(NULL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("session");

	suite_rows(suite, login_is_read, ROWS(login_rows));
	suite_one(suite, login_of_any_length);
	suite_rows(suite, client_is_told, ROWS(client_rows));
	suite_one(suite, client_before_connect_is_unknown);
	suite_one(suite, recipient_macros_are_told);
	suite_one(suite, missing_macros_are_missing);
	suite_one(suite, empty_macros_are_missing);
	suite_rows(suite, queue_id_is_of_message_or_recipient, ROWS(id_rows));
	suite_one(suite, verdict_is_on_the_line);
	suite_rows(suite, state_is_reset, ROWS(reset_rows));
	suite_one(suite, recipients_are_told_apart);
	suite_one(suite, strings_are_copied);
	suite_one(suite, overload_is_remembered);
	suite_one(suite, simulated_session_is_not_put_off);
	suite_one(suite, no_session_is_freed);
	return (suite_run(suite));
}
