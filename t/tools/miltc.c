/*
 * miltc: speaks the milter protocol to a filter, as an MTA does.
 *
 * Reads commands from stdin, one a line, and prints one line for each that the
 * filter answers.  Words are separated by blanks; "..." holds blanks, and \xHH
 * (anywhere) any byte.  Lines that are empty or begin with # are ignored.
 *
 *	open unix:PATH | inet:PORT@HOST		a connection
 *	negotiate [VERSION [ACTIONS [STEPS]]]	default 6 0x1ff 0x1fffff
 *	negotiated				what the filter asked for
 *	macro C|H|M|R [NAME=VALUE...]		macros of a stage from now on;
 *						NAME as v or {auth_authen}
 *	connect NAME 4|6|L|U [ADDR [PORT]]
 *	helo NAME	mail ARG...	rcpt ARG...	unknown TEXT
 *	data	header NAME VALUE	eoh	body TEXT	eom	abort
 *	only-rcpt				print `continue' only for a
 *						recipient from now on
 *	quit					end, and hang up
 *	quit_nc					end; connect may follow
 *	close					hang up without a word
 *	raw HEX					send these bytes
 *	wait-reply				read one more answer
 *	sleep MS	timeout MS (for answers; 60000)
 *	case KIND ADDR PORT <TAB> login <TAB> auth_type <TAB> sender <TAB>
 *	    recipient <TAB> mailer <TAB> host <TAB> addr
 *				one whole dialogue; - is an absent value.
 *				The connection goes on with the same client.
 *
 * What is printed: continue, reject, tempfail, accept, discard; or a reply as
 * "550 5.7.1 first line | second line", %% undoubled and other bytes as \xHH;
 * "closed" when the filter hung up, "timeout" when it does not answer, and
 * "error: ..." for what could not be done.  Nothing is printed for what the
 * filter said it will not answer (SMFIP_NR_*), or does not want (SMFIP_NO*).
 *
 * Like an MTA it sends for a stage the macros that the filter asked for and
 * that have a value; those of C stand in for later stages.  Without any, it
 * sends none at all.
 */

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "milterwire.h"

enum {
	MACROS_MAX = 32,
	CASE_FIELDS = 8
};

/* Protocol version 6. */
#define STEP_NOCONNECT	0x1UL
#define STEP_NR_CONN	0x1000UL
#define STEP_NR_MAIL	0x4000UL

enum stage { STAGE_CONNECT, STAGE_HELO, STAGE_MAIL, STAGE_RCPT, STAGES };

/* The commands that are words and nothing else. */
static const struct step {
	const char *name;
	char command;
	enum stage stage;		/* STAGES: no macros */
	unsigned long unwanted;		/* SMFIP_NO* */
	unsigned long silent;		/* SMFIP_NR_* */
} steps[] = {
	{ "helo", 'H', STAGE_HELO, 0x2, 0x2000 },
	{ "mail", 'M', STAGE_MAIL, 0x4, STEP_NR_MAIL },
	{ "rcpt", 'R', STAGE_RCPT, 0x8, 0x8000 },
	{ "unknown", 'U', STAGES, 0x100, 0x20000 },
	{ "data", 'T', STAGES, 0x200, 0x10000 },
	{ "header", 'L', STAGES, 0x20, 0x80 },
	{ "eoh", 'N', STAGES, 0x40, 0x40000 },
	{ "body", 'B', STAGES, 0x10, 0x80000 },
	{ "eom", 'E', STAGES, 0, 0 }
};

struct stage_state {
	struct word macros[MACROS_MAX];	/* name=value */
	size_t n;
	char *list;			/* asked for; NULL: all */
};

static struct {
	unsigned long version, actions, steps;
	char case_client[256];		/* whom a case has connected */
	bool only_rcpt;
	struct stage_state stages[STAGES];
} mta;

static void
fail(const char *what)
{

	printf("error: %s\n", what);
}

static void
hear(char command, unsigned long silent)
{

	if ((mta.steps & silent) != 0)
		flush_out();
	else if (get_answer() == 0 && (!mta.only_rcpt || command == 'R' ||
	    wire.answer[0] != 'c'))
		print_answer();
}

/* ---- macros -------------------------------------------------------------- */

static bool
is_asked(const char *list, const char *name, size_t len)
{
	size_t n;

	if (list == NULL)
		return (true);
	for (;; list += n) {
		list += strspn(list, " ,");
		if (*list == '\0')
			return (false);
		n = strcspn(list, " ,");
		if (n == len && strncmp(list, name, len) == 0)
			return (true);
	}
}

static size_t
name_len(const struct word *macro)
{
	const char *equals = memchr(macro->s, '=', macro->len);

	return (equals == NULL ? macro->len : (size_t)(equals - macro->s));
}

static void
put_macro(const struct word *macro)
{
	const size_t len = name_len(macro);

	put_bytes(macro->s, len);
	put_bytes("", 1);
	if (len < macro->len)
		put_bytes(macro->s + len + 1, macro->len - len);
	else
		put_bytes("", 1);
}

static size_t
put_macros_of(const struct stage_state *from, const char *list)
{
	size_t i, n = 0;

	for (i = 0; i < from->n; i++) {
		if (is_asked(list, from->macros[i].s,
		    name_len(&from->macros[i]))) {
			put_macro(&from->macros[i]);
			n++;
		}
	}
	return (n);
}

static void
put_macros(enum stage stage)
{
	static const char commands[STAGES] = { 'C', 'H', 'M', 'R' };
	const struct stage_state *st = &mta.stages[stage];
	const size_t at = begin_packet('D');
	size_t n = 0;

	put_bytes(&commands[stage], 1);
	if (stage != STAGE_CONNECT && st->list != NULL)
		n = put_macros_of(&mta.stages[STAGE_CONNECT], st->list);
	n += put_macros_of(st, st->list);
	if (n == 0)
		wire.out_len = at;
	else
		end_packet(at);
}

static void
set_macros(struct stage_state *st, struct word *words, size_t n)
{
	size_t i;

	free_words(st->macros, st->n);
	st->n = n < MACROS_MAX ? n : MACROS_MAX;
	for (i = 0; i < st->n; i++) {
		st->macros[i] = words[i];
		words[i].s = NULL;
	}
}

static void
do_macro(struct word *words, size_t n)
{
	static const char letters[] = "CHMR";
	const char *at = n < 2 ? NULL : strchr(letters, words[1].s[0]);

	if (at == NULL || *at == '\0')
		fail("macro C|H|M|R");
	else
		set_macros(&mta.stages[at - letters], words + 2, n - 2);
}

/* ---- commands ------------------------------------------------------------ */

static int
open_unix(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(un.sun_path))
		return (-1);
	strcpy(un.sun_path, path);
	if ((fd = socket(AF_UNIX, SOCK_STREAM, 0)) == -1)
		return (-1);
	if (connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0)
		return (fd);
	close(fd);
	return (-1);
}

static int
open_inet(const char *spec)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *ai;
	char port[16];
	const char *at = strchr(spec, '@');
	int fd;

	if (at == NULL || (size_t)(at - spec) >= sizeof(port))
		return (-1);
	snprintf(port, sizeof(port), "%.*s", (int)(at - spec), spec);
	if (getaddrinfo(at + 1, port, &hints, &ai) != 0)
		return (-1);
	fd = socket(ai->ai_family, ai->ai_socktype, 0);
	if (fd != -1 && connect(fd, ai->ai_addr, ai->ai_addrlen) == -1) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(ai);
	return (fd);
}

static void
do_close(struct word *words, size_t n)
{

	(void)words;
	(void)n;
	hang_up();
	mta.case_client[0] = '\0';
}

static void
do_open(struct word *words, size_t n)
{
	const char *spec = n > 1 ? words[1].s : "";

	do_close(words, n);
	if (strncmp(spec, "unix:", 5) == 0)
		wire.fd = open_unix(spec + 5);
	else if (strncmp(spec, "inet", 4) == 0 && strchr(spec, ':') != NULL)
		wire.fd = open_inet(strchr(spec, ':') + 1);
	if (wire.fd == -1)
		fail("cannot connect");
}

static unsigned long
get_long(size_t at)
{
	uint32_t v;

	memcpy(&v, wire.answer + at, 4);
	return (ntohl(v));
}

static void
read_lists(void)
{
	unsigned long stage;
	size_t at = 13;
	int i;

	for (i = 0; i < STAGES; i++) {
		free(mta.stages[i].list);
		mta.stages[i].list = NULL;
	}
	while (at + 4 < wire.answer_len) {
		stage = get_long(at);
		if (stage < STAGES)
			mta.stages[stage].list =
			    must(strdup((char *)wire.answer + at + 4));
		at += 4 + strlen((char *)wire.answer + at + 4) + 1;
	}
}

static void
do_negotiate(struct word *words, size_t n)
{
	static const char *const presets[] = { "6", "0x1ff", "0x1fffff" };
	const size_t at = begin_packet('O');
	uint32_t v;
	size_t i;

	for (i = 0; i < 3; i++) {
		v = htonl((uint32_t)strtoul(i + 1 < n ? words[i + 1].s :
		    presets[i], NULL, 0));
		put_bytes(&v, sizeof(v));
	}
	end_packet(at);
	if (get_answer() == -1)
		return;
	if (wire.answer[0] != 'O' || wire.answer_len < 13) {
		print_answer();
		return;
	}
	mta.version = get_long(1);
	mta.actions = get_long(5);
	mta.steps = get_long(9);
	read_lists();
}

static void
do_negotiated(struct word *words, size_t n)
{
	static const char *const names[STAGES] = { "connect", "helo", "mail",
	    "rcpt" };
	int i;

	(void)words;
	(void)n;
	printf("version=%lu actions=0x%lx steps=0x%lx", mta.version,
	    mta.actions, mta.steps);
	for (i = 0; i < STAGES; i++) {
		if (mta.stages[i].list != NULL)
			printf(" %s=\"%s\"", names[i], mta.stages[i].list);
	}
	putchar('\n');
}

static void
put_connect(const struct word *name, char family, const char *addr,
    unsigned port)
{
	const uint16_t net = htons((uint16_t)port);
	size_t at;

	put_macros(STAGE_CONNECT);
	at = begin_packet('C');
	put_word(name);
	put_bytes(&family, 1);
	if (family != 'U') {
		put_bytes(&net, sizeof(net));
		put_bytes(addr, strlen(addr) + 1);
	}
	end_packet(at);
}

static void
do_connect(struct word *words, size_t n)
{

	if (n < 3) {
		fail("connect NAME FAMILY [ADDR [PORT]]");
		return;
	}
	mta.case_client[0] = '\0';
	put_connect(&words[1], words[2].s[0], n > 3 ? words[3].s : "",
	    n > 4 ? (unsigned)strtoul(words[4].s, NULL, 10) : 0);
	hear('C', STEP_NOCONNECT | STEP_NR_CONN);
}

static void
put_args(enum stage stage, char command, const struct word *words, size_t n)
{
	size_t at, i;

	if (stage != STAGES)
		put_macros(stage);
	at = begin_packet(command);
	for (i = 0; i < n; i++)
		put_word(&words[i]);
	end_packet(at);
}

/* An MTA sends the macros of a step, too, that the filter does not want. */
static void
do_step(const struct step *step, const struct word *words, size_t n)
{

	if ((mta.steps & step->unwanted) == 0) {
		put_args(step->stage, step->command, words, n);
		hear(step->command, step->silent);
	} else if (step->stage != STAGES) {
		put_macros(step->stage);
		flush_out();
	}
}

static void
do_only_rcpt(struct word *words, size_t n)
{

	(void)words;
	(void)n;
	mta.only_rcpt = true;
}

static void
do_abort(struct word *words, size_t n)
{

	(void)words;
	(void)n;
	put_command('A');
	flush_out();
}

static void
do_quit(struct word *words, size_t n)
{

	put_command('Q');
	flush_out();
	do_close(words, n);
}

static void
do_quit_nc(struct word *words, size_t n)
{

	(void)words;
	(void)n;
	put_command('K');
	flush_out();
	mta.case_client[0] = '\0';
}

static void
do_raw(struct word *words, size_t n)
{
	const char *s = n > 1 ? words[1].s : "";
	char hex[3] = "", byte;

	for (; s[0] != '\0' && s[1] != '\0'; s += 2) {
		memcpy(hex, s, 2);
		byte = (char)strtoul(hex, NULL, 16);
		put_bytes(&byte, 1);
	}
	flush_out();
}

static void
do_wait_reply(struct word *words, size_t n)
{

	(void)words;
	(void)n;
	if (get_answer() == 0)
		print_answer();
}

static void
do_sleep(struct word *words, size_t n)
{

	if (n > 1)
		usleep((useconds_t)strtoul(words[1].s, NULL, 10) * 1000);
}

static void
do_timeout(struct word *words, size_t n)
{

	if (n > 1)
		wire.timeout_ms = (int)strtol(words[1].s, NULL, 10);
}

/* ---- a whole dialogue ---------------------------------------------------- */

/* Put NAME=value unless the field is "-". */
static void
case_macro(struct word *macros, size_t *n, const char *name,
    const char *field)
{
	const size_t len = strlen(name);
	struct word *m = &macros[*n];
	const char *p = field;

	if (strcmp(field, "-") == 0)
		return;
	m->s = must(malloc(len + 1 + strlen(field) + 1));
	memcpy(m->s, name, len);
	m->len = len;
	m->s[m->len++] = '=';
	while (*p != '\0')
		m->s[m->len++] = read_byte(&p);
	m->s[m->len] = '\0';
	(*n)++;
}

static void
case_client(const char *client)
{
	struct word words[WORDS_MAX];
	struct word name = { .s = (char[]){ "client.example" }, .len = 14 };
	size_t n;

	if (mta.case_client[0] != '\0' && strcmp(client, mta.case_client) == 0)
		return;
	n = read_words(client, words);
	if (mta.case_client[0] != '\0')
		put_command('K');
	put_connect(&name, n > 0 ? words[0].s[0] : 'U', n > 1 ? words[1].s :
	    "", n > 2 ? (unsigned)strtoul(words[2].s, NULL, 10) : 0);
	if ((mta.steps & STEP_NR_CONN) == 0)
		(void)get_answer();
	free_words(words, n);
	snprintf(mta.case_client, sizeof(mta.case_client), "%s", client);
}

/* One argument as it is written; nothing but \xHH is special in it. */
static void
case_arg(enum stage stage, char command, const char *field)
{
	const char *p = field;
	struct word w = { .s = must(malloc(strlen(field) + 1)) };

	while (*p != '\0')
		w.s[w.len++] = read_byte(&p);
	w.s[w.len] = '\0';
	put_args(stage, command, &w, 1);
	free(w.s);
}

static void
case_mail(char *const field[CASE_FIELDS])
{
	struct word macros[2];
	size_t n = 0;

	case_macro(macros, &n, "{auth_authen}", field[1]);
	case_macro(macros, &n, "{auth_type}", field[2]);
	set_macros(&mta.stages[STAGE_MAIL], macros, n);
	case_arg(STAGE_MAIL, 'M', field[3]);
	if ((mta.steps & STEP_NR_MAIL) == 0)
		(void)get_answer();
}

static void
case_rcpt(char *const field[CASE_FIELDS])
{
	struct word macros[3];
	size_t n = 0;

	case_macro(macros, &n, "{rcpt_mailer}", field[5]);
	case_macro(macros, &n, "{rcpt_host}", field[6]);
	case_macro(macros, &n, "{rcpt_addr}", field[7]);
	set_macros(&mta.stages[STAGE_RCPT], macros, n);
	case_arg(STAGE_RCPT, 'R', field[4]);
	hear('R', 0);
	put_command('A');
}

static void
do_case(char *line)
{
	char *field[CASE_FIELDS];
	int i;

	for (i = 0; i < CASE_FIELDS; i++)
		field[i] = strsep(&line, "\t");
	if (field[CASE_FIELDS - 1] == NULL || line != NULL) {
		fail("a case has 8 fields");
		return;
	}
	case_client(field[0]);
	case_mail(field);
	case_rcpt(field);
}

/* ---- main ---------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*run)(struct word *, size_t);
} commands[] = {
	{ "open", do_open }, { "negotiate", do_negotiate },
	{ "negotiated", do_negotiated }, { "macro", do_macro },
	{ "connect", do_connect }, { "only-rcpt", do_only_rcpt },
	{ "abort", do_abort }, { "quit", do_quit }, { "quit_nc", do_quit_nc },
	{ "close", do_close }, { "raw", do_raw },
	{ "wait-reply", do_wait_reply }, { "sleep", do_sleep },
	{ "timeout", do_timeout }
};

static void
run_words(struct word *words, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(words[0].s, commands[i].name) == 0) {
			commands[i].run(words, n);
			return;
		}
	}
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (strcmp(words[0].s, steps[i].name) == 0) {
			do_step(&steps[i], words + 1, n - 1);
			return;
		}
	}
	fail("no such command");
}

static void
run_line(char *line)
{
	struct word words[WORDS_MAX];
	size_t n;

	line[strcspn(line, "\n")] = '\0';
	if (strncmp(line, "case ", 5) == 0) {
		do_case(line + 5);
		return;
	}
	n = read_words(line, words);
	if (n > 0 && words[0].s[0] != '#')
		run_words(words, n);
	free_words(words, n);
}

int
main(void)
{
	char *line = NULL;
	size_t size = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while (getline(&line, &size, stdin) != -1)
		run_line(line);
	free(line);
	hang_up();
	return (0);
}
