#include <sys/types.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "milterwire.h"

struct wire wire = { .fd = -1, .timeout_ms = 60000 };

void *
must(void *p)
{

	if (p == NULL) {
		fputs("miltc: out of memory\n", stderr);
		exit(70);
	}
	return (p);
}

/* ---- words --------------------------------------------------------------- */

/* One byte as written, which may be \xHH; steps over it. */
char
read_byte(const char **p)
{
	char hex[3] = "";
	const char *s = *p;

	if (s[0] == '\\' && s[1] == 'x' && isxdigit((unsigned char)s[2]) &&
	    isxdigit((unsigned char)s[3])) {
		memcpy(hex, s + 2, 2);
		*p = s + 4;
		return ((char)strtoul(hex, NULL, 16));
	}
	*p = s + 1;
	return (*s);
}

static const char *
read_word(const char *p, struct word *w)
{
	bool quoted = false;

	w->s = must(malloc(strlen(p) + 1));
	w->len = 0;
	while (*p != '\0' && (quoted || (*p != ' ' && *p != '\t'))) {
		if (*p == '"') {
			quoted = !quoted;
			p++;
			continue;
		}
		w->s[w->len++] = read_byte(&p);
	}
	w->s[w->len] = '\0';
	return (p);
}

size_t
read_words(const char *p, struct word words[WORDS_MAX])
{
	size_t n = 0;

	for (;;) {
		p += strspn(p, " \t");
		if (*p == '\0' || n == WORDS_MAX)
			return (n);
		p = read_word(p, &words[n++]);
	}
}

void
free_words(struct word *words, size_t n)
{

	while (n > 0)
		free(words[--n].s);
}

/* ---- the wire ------------------------------------------------------------ */

void
hang_up(void)
{

	if (wire.fd != -1)
		close(wire.fd);
	wire.fd = -1;
	wire.out_len = 0;
}

void
put_bytes(const void *bytes, size_t len)
{

	if (wire.out_size - wire.out_len < len) {
		wire.out_size = (wire.out_len + len) * 2;
		wire.out = must(realloc(wire.out, wire.out_size));
	}
	if (len > 0)
		memcpy(wire.out + wire.out_len, bytes, len);
	wire.out_len += len;
}

void
put_word(const struct word *w)
{

	put_bytes(w->s, w->len + 1);
}

/* A packet: its length, the command, the rest.  The length is set at last. */
size_t
begin_packet(char command)
{
	const size_t at = wire.out_len;

	put_bytes("\0\0\0\0", 4);
	put_bytes(&command, 1);
	return (at);
}

void
end_packet(size_t at)
{
	const uint32_t len = htonl((uint32_t)(wire.out_len - at - 4));

	memcpy(wire.out + at, &len, 4);
}

void
put_command(char command)
{

	end_packet(begin_packet(command));
}

/* A filter that hung up is noticed by whoever reads. */
void
flush_out(void)
{
	size_t done = 0;
	ssize_t n;

	while (wire.fd != -1 && done < wire.out_len) {
		n = send(wire.fd, wire.out + done, wire.out_len - done,
		    MSG_NOSIGNAL);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			break;
		done += (size_t)n;
	}
	wire.out_len = 0;
}

/* Return 1, 0 when it is closed, -1 when time is up. */
static int
get_bytes(unsigned char *to, size_t len)
{
	struct pollfd pfd = { .fd = wire.fd, .events = POLLIN };
	ssize_t n;

	while (len > 0) {
		if (wire.fd == -1)
			return (0);
		if (poll(&pfd, 1, wire.timeout_ms) == 0)
			return (-1);
		n = read(wire.fd, to, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return (0);
		to += n;
		len -= (size_t)n;
	}
	return (1);
}

static int
get_packet(void)
{
	unsigned char head[4];
	uint32_t len;
	int n;

	if ((n = get_bytes(head, sizeof(head))) != 1)
		return (n);
	memcpy(&len, head, 4);
	len = ntohl(len);
	if (len == 0 || len >= sizeof(wire.answer))
		return (0);
	if ((n = get_bytes(wire.answer, len)) != 1)
		return (n);
	wire.answer_len = len;
	wire.answer[len] = '\0';
	return (1);
}

/* ---- answers ------------------------------------------------------------- */

static void
print_text(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (s[i] == '%' && i + 1 < len && s[i + 1] == '%')
			i++;
		if ((unsigned char)s[i] < 0x20 || (unsigned char)s[i] > 0x7e)
			printf("\\x%02x", (unsigned char)s[i]);
		else
			putchar(s[i]);
	}
}

/* "550 5.7.1 " of the first line; the others must begin like it. */
static size_t
code_len(const char *s)
{
	const char *space = strlen(s) > 4 ? strchr(s + 4, ' ') : NULL;

	return (space == NULL ? strlen(s) : (size_t)(space - s) + 1);
}

static void
print_reply(const char *s)
{
	const size_t skip = code_len(s);
	const char *first = s, *end;

	printf("%.3s ", s);
	print_text(s + 4, skip > 4 ? skip - 4 : 0);
	for (;;) {
		end = strstr(s, "\r\n");
		if (strncmp(s, first, 3) != 0 || strlen(s) < skip ||
		    s[3] != (end == NULL ? ' ' : '-') ||
		    strncmp(s + 4, first + 4, skip - 4) != 0)
			printf("(malformed) ");
		if (strlen(s) >= skip)
			print_text(s + skip, (end == NULL ? strlen(s) :
			    (size_t)(end - s)) - skip);
		if (end == NULL)
			break;
		printf(" | ");
		s = end + 2;
	}
	putchar('\n');
}

static const struct {
	char code;
	const char *name;
} answers[] = {
	{ 'c', "continue" }, { 'r', "reject" }, { 't', "tempfail" },
	{ 'a', "accept" }, { 'd', "discard" }, { 's', "skip" },
	{ '4', "shutdown" }, { 'f', "connection-failure" }
};

void
print_answer(void)
{
	const char code = (char)wire.answer[0];
	size_t i;

	if (code == 'y') {
		print_reply((const char *)wire.answer + 1);
		return;
	}
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		if (answers[i].code == code) {
			puts(answers[i].name);
			return;
		}
	}
	printf("answer %02x\n", (unsigned char)code);
}

/* Read one answer into wire.answer; a failure is printed. */
int
get_answer(void)
{
	int n;

	flush_out();
	do {
		n = get_packet();
	} while (n == 1 && wire.answer[0] == 'p');
	if (n == 1)
		return (0);
	puts(n == 0 ? "closed" : "timeout");
	hang_up();
	return (-1);
}
