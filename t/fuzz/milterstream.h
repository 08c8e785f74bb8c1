#ifndef MILTERSTREAM_H
#define MILTERSTREAM_H

#include <arpa/inet.h>
#include <strings.h>

#include "addr.h"
#include "cidr.h"
#include "fuzz.h"
#include "login.h"

/*
 * milterstream: an input as the bytes that an MTA would send to a filter, with
 * what can be known of them without asking the filter.
 *
 * The first byte says whether the rest is sent as it is, or is a row of pieces:
 * a byte that says what, and its words, each up to a newline.  A word that
 * begins with a byte below 32 is the one of that number in a list (but for 10,
 * the newline).
 */

struct bytes {
	char *bytes;
	size_t len;
};

static inline void
bytes_put(struct bytes *b, const void *bytes, size_t len)
{

	if (len == 0)
		return;
	b->bytes = realloc(b->bytes, b->len + len);
	must(b->bytes != NULL);
	memcpy(b->bytes + b->len, bytes, len);
	b->len += len;
}

struct stream {
	struct bytes out;
	bool wild;		/* there is something of which nothing is
				   known */
	/* Every command comes where it may. */
	bool orderly;
	enum { NOTHING, NEGOTIATED, CONNECTED, IN_MESSAGE } state;

	/* Somewhere in it: */
	bool client_vouches;	/* a client of a network that may relay */
	bool login_vouches;	/* a login of an account that may */
	bool simulated;		/* Postfix's own session */
	bool mta_says_local;	/* a mailer that may be local */
	unsigned recipients;
	unsigned local_recipients;	/* by their own words */
};

/* ---- words --------------------------------------------------------------- */

static const char *const stream_words[32] = {
	"", "<joe@example.com>", "<>", "<a@example.net>", "<b@example.com>",
	"<b@example.org>", "<u%evil.example@example.com>", "joe", "joe+2Bx",
	"zoe", "\n", "{auth_authen}", "{auth_type}", "{rcpt_mailer}",
	"{rcpt_host}", "{rcpt_addr}", "{daemon_name}", "v", "i", "8.17.1",
	"Postfix 3.7.11", "smtp", "local", "error",
	"5.1.1 User unknown in virtual alias table", "192.0.2.7",
	"203.0.113.9", "127.0.0.1", "2001:db8:bad::1", "localhost",
	"<press@example.com>", "ANONYMOUS"
};

static inline const char *
stream_word(struct input *in)
{
	const unsigned char *s = (const unsigned char *)input_line(in);

	return (s[0] < COUNT(stream_words) && s[0] != '\0' ?
	    stream_words[s[0]] : (const char *)s);
}

/* ---- packets ------------------------------------------------------------- */

static inline void
stream_packet(struct stream *s, char command, const struct bytes *content)
{
	uint32_t len = htonl((uint32_t)content->len + 1);

	bytes_put(&s->out, &len, sizeof(len));
	bytes_put(&s->out, &command, 1);
	bytes_put(&s->out, content->bytes, content->len);
}

static inline void
stream_put_word(struct bytes *b, const char *word)
{

	bytes_put(b, word, strlen(word) + 1);
}

static inline void
stream_command(struct stream *s, char command)
{
	const struct bytes none = { NULL, 0 };

	stream_packet(s, command, &none);
}

static inline void
stream_moves(struct stream *s, bool may, int state)
{

	if (!may)
		s->orderly = false;
	s->state = state;
}

/* ---- pieces -------------------------------------------------------------- */

static inline void
stream_negotiate(struct stream *s, struct input *in)
{
	static const uint32_t offers[][3] = {
		{ 6, 0x1ff, 0x1fffff }, { 6, 0xff, 0x1fffff },
		{ 6, 0x13f, 0 }, { 4, 0x3f, 0x7f }, { 2, 0x3f, 0x7f },
		{ 3, 0x3f, 0x3ff }, { 6, 0x1ff, 0x7f }
	};
	const uint32_t *offer = offers[input_below(in, COUNT(offers))];
	struct bytes b = { NULL, 0 };
	uint32_t n;
	int i;

	for (i = 0; i < 3; i++) {
		n = htonl(offer[i]);
		bytes_put(&b, &n, sizeof(n));
	}
	stream_packet(s, 'O', &b);
	free(b.bytes);
	stream_moves(s, s->state == NOTHING, NEGOTIATED);
}

/* Whose networks vouch: see policystore.h. */
static inline void
stream_know_client(struct stream *s, char family, const char *name,
    const char *addr, unsigned port)
{
	static const uint8_t office[] = { 192, 0, 2 };
	struct cidr_ip ip;

	if (strncasecmp(addr, "IPv6:", 5) == 0)
		addr += 5;
	if (family == 'L' || strcmp(name, "localhost") == 0)
		s->client_vouches = true;
	if (cidr_ip_parse(addr, strlen(addr), &ip) == -1)
		return;
	if (cidr_ip_loopback(&ip)) {
		s->client_vouches = true;
		s->simulated |= port == 0;
	}
	if (ip.family == 4 && memcmp(ip.bytes, office, 3) == 0)
		s->client_vouches = true;
}

static inline bool
stream_reads(char family, const char *addr)
{
	uint8_t bytes[16];

	return (family == '4' && inet_pton(AF_INET, addr, bytes) == 1);
}

static inline void
stream_connect(struct stream *s, struct input *in)
{
	const char family = "46LU"[input_below(in, 4)];
	const uint16_t port = htons((uint16_t)input_number(in, 2));
	const char *name = stream_word(in), *addr = stream_word(in);
	struct bytes b = { NULL, 0 };

	stream_put_word(&b, name);
	bytes_put(&b, &family, 1);
	if (family != 'U') {
		bytes_put(&b, &port, sizeof(port));
		stream_put_word(&b, addr);
	}
	stream_packet(s, 'C', &b);
	free(b.bytes);
	stream_know_client(s, family, name, addr, port);
	/* An address that does not read makes libmilter hang up. */
	stream_moves(s, s->state == NEGOTIATED && (family == 'U' ||
	    stream_reads(family, addr)), CONNECTED);
}

/* As spec 4.1 reads it, both ways. */
static inline void
stream_know_login(struct stream *s, const char *value)
{
	char login[LOGIN_MAX + 1];
	int xtext;

	for (xtext = 0; xtext < 2; xtext++)
		if (login_read(value, xtext != 0, login, sizeof(login)) &&
		    (strcasecmp(login, "joe") == 0 ||
		    strcasecmp(login, "joe+x") == 0))
			s->login_vouches = true;
}

static inline void
stream_know_mailer(struct stream *s, const char *value)
{
	static const char *const not_local[] = { "", "smtp", "relay",
	    "esmtp" };
	size_t i;

	for (i = 0; i < COUNT(not_local); i++)
		if (strcmp(value, not_local[i]) == 0)
			return;
	s->mta_says_local = true;
}

/* Names in braces and without are the same to libmilter. */
static inline bool
stream_macro_is(const char *name, const char *what)
{

	return (strstr(name, what) != NULL);
}

static inline void
stream_macros(struct stream *s, struct input *in)
{
	const char stage = "CHMRTNE"[input_below(in, 7)];
	const unsigned n = input_below(in, 6);
	const char *name, *value;
	struct bytes b = { NULL, 0 };
	unsigned i;

	bytes_put(&b, &stage, 1);
	for (i = 0; i < n; i++) {
		name = stream_word(in);
		value = stream_word(in);
		stream_put_word(&b, name);
		stream_put_word(&b, value);
		if (name[0] == '\0')
			s->wild = true;
		if (stream_macro_is(name, "auth_authen"))
			stream_know_login(s, value);
		if (stream_macro_is(name, "rcpt_mailer"))
			stream_know_mailer(s, value);
	}
	stream_packet(s, 'D', &b);
	free(b.bytes);
}

static inline void
stream_arguments(struct stream *s, char command, const char *arg,
    const char *more)
{
	struct bytes b = { NULL, 0 };

	stream_put_word(&b, arg);
	if (more[0] != '\0')
		stream_put_word(&b, more);
	stream_packet(s, command, &b);
	free(b.bytes);
}

static inline void
stream_mail(struct stream *s, struct input *in)
{
	const char *sender = stream_word(in);

	stream_arguments(s, 'M', sender, stream_word(in));
	stream_moves(s, s->state == CONNECTED, IN_MESSAGE);
}

static inline void
stream_rcpt(struct stream *s, struct input *in)
{
	const char *rcpt = stream_word(in);
	struct addr a;

	stream_arguments(s, 'R', rcpt, stream_word(in));
	stream_moves(s, s->state == IN_MESSAGE, IN_MESSAGE);
	s->recipients++;
	if (addr_parse(rcpt, strlen(rcpt), &a) == ADDR_MAILBOX &&
	    !a.routing && (a.domain[0] == '\0' ||
	    strcmp(a.domain, "example.com") == 0 ||
	    strcmp(a.domain, "example.org") == 0))
		s->local_recipients++;
}

static inline void
stream_helo(struct stream *s, struct input *in)
{

	stream_arguments(s, 'H', stream_word(in), "");
	stream_moves(s, s->state == CONNECTED, CONNECTED);
}

static inline void
stream_abort(struct stream *s, struct input *in)
{

	(void)in;
	stream_command(s, 'A');
	stream_moves(s, s->state >= CONNECTED, CONNECTED);
}

/* The next client on the same connection. */
static inline void
stream_quit_nc(struct stream *s, struct input *in)
{

	(void)in;
	stream_command(s, 'K');
	stream_moves(s, s->state >= NEGOTIATED, NEGOTIATED);
}

/* The rest of a message, with and without contents. */
static inline void
stream_other(struct stream *s, struct input *in)
{

	stream_arguments(s, "TNBELUQ"[input_below(in, 7)], stream_word(in),
	    stream_word(in));
	s->orderly = false;
}

/* Any packet. */
static inline void
stream_any(struct stream *s, struct input *in)
{
	const char command = (char)input_byte(in);
	struct bytes b;

	b.len = input_byte(in);
	b.bytes = (char *)(uintptr_t)input_bytes(in, &b.len);
	stream_packet(s, command, &b);
	s->wild = true;
}

/* ---- what libmilter cannot bear ------------------------------------------ */

/*
 * libmilter takes names and values of macros in pairs without counting them,
 * and reads beyond the last one if it is a name (8.17.1): nobody behind it can
 * help that.
 */
static inline bool
stream_macros_pair(const char *packet, size_t len)
{
	size_t i, nuls = 0;

	if (len == 0 || packet[0] != 'D')
		return (true);
	for (i = 2; i < len; i++)
		nuls += packet[i] == '\0';
	return (nuls % 2 == 0 && (len <= 2 || packet[len - 1] == '\0'));
}

/** stream_bearable(stream): may it be sent? */
static inline bool
stream_bearable(const struct stream *s)
{
	size_t at = 0, len;
	uint32_t word;

	while (s->out.len - at >= sizeof(word)) {
		memcpy(&word, s->out.bytes + at, sizeof(word));
		at += sizeof(word);
		len = ntohl(word);
		if (len > s->out.len - at)
			return (true);
		if (!stream_macros_pair(s->out.bytes + at, len))
			return (false);
		at += len;
	}
	return (true);
}

/* ---- the whole ----------------------------------------------------------- */

/** stream_make(stream, in): what ${in} says is sent. */
static inline void
stream_make(struct stream *s, struct input *in)
{
	static void (*const pieces[])(struct stream *, struct input *) = {
		stream_negotiate, stream_connect, stream_macros, stream_mail,
		stream_rcpt, stream_rcpt, stream_abort, stream_quit_nc,
		stream_helo, stream_other, stream_any
	};

	memset(s, 0, sizeof(*s));
	s->orderly = true;
	s->wild = input_byte(in) == 0xff;
	if (s->wild) {
		bytes_put(&s->out, in->at, in->len);
		return;
	}
	while (in->len > 0)
		pieces[input_below(in, COUNT(pieces))](s, in);
}

/* ---- answers ------------------------------------------------------------- */

struct answers {
	unsigned continues;
	unsigned replies;
};

/* RFC 5321 section 4.2.1; libmilter puts the lines together. */
static inline void
answers_reply(const char *text, size_t len)
{
	const char *line, *end;

	must(len > 0 && text[len - 1] == '\0' && strlen(text) == len - 1);
	must((text[0] == '4' || text[0] == '5') && text[4] == text[0]);
	must(strncmp(text, "421", 3) != 0);
	for (line = text; *line != '\0'; line = end) {
		end = strstr(line, "\r\n");
		must(strncmp(line, text, 3) == 0);
		must(line[3] == (end != NULL && end[2] != '\0' ? '-' : ' '));
		end = end == NULL ? line + strlen(line) : end + 2;
		must(end - line <= 512);
		for (; line < end && *line != '\r'; line++)
			must(*line >= 0x20 && *line <= 0x7e);
	}
}

static inline void
answers_one(struct answers *a, const char *packet, size_t len)
{

	must(strchr("Ocyrtad", packet[0]) != NULL);
	a->continues += packet[0] == 'c';
	/* None of these is ours: a refusal has always a text. */
	must(strchr("rtad", packet[0]) == NULL);
	if (packet[0] == 'y') {
		a->replies++;
		answers_reply(packet + 1, len - 1);
	}
}

/** answers_read(answers, heard): count them. */
static inline void
answers_read(struct answers *a, const struct bytes *heard)
{
	size_t at = 0, len;
	uint32_t word;

	memset(a, 0, sizeof(*a));
	while (at < heard->len) {
		must(heard->len - at > sizeof(word));
		memcpy(&word, heard->bytes + at, sizeof(word));
		at += sizeof(word);
		len = ntohl(word);
		must(len > 0 && len <= heard->len - at);
		answers_one(a, heard->bytes + at, len);
		at += len;
	}
}

#endif /* !MILTERSTREAM_H */
