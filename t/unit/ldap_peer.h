#ifndef LDAP_PEER_H
#define LDAP_PEER_H

#include <sys/socket.h>
#include <netinet/in.h>

#include <check.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * ldap_peer: an LDAP server that says what a test wants it to, in a thread.
 *
 * Messages are written in a notation for BER: a tag in hexadecimal, and its
 * content as 'text', as :hexadecimal, or as {more of the same}.
 */

enum { PEER_BYTES = 64 * 1024 };

struct peer_bytes {
	size_t len;
	unsigned char b[PEER_BYTES];
};

/* ---- BER --------------------------------------------------------------- */

static inline void
ber_append(struct peer_bytes *to, const void *bytes, size_t len)
{

	ck_assert_uint_le(to->len + len, PEER_BYTES);
	memcpy(to->b + to->len, bytes, len);
	to->len += len;
}

static inline unsigned
ber_hex(const char **s)
{
	unsigned n;

	ck_assert_int_eq(sscanf(*s, "%2x", &n), 1);
	*s += 2;
	return (n);
}

static inline void
ber_element(struct peer_bytes *to, unsigned char tag,
    const struct peer_bytes *content)
{
	const unsigned char head[] = { tag, 0x82,
	    (unsigned char)(content->len >> 8), (unsigned char)content->len };

	ber_append(to, head, sizeof(head));
	ber_append(to, content->b, content->len);
}

/* Until the end of the text or a closing brace. */
static inline const char *
ber_write(struct peer_bytes *to, const char *s)
{
	struct peer_bytes *content;
	unsigned char tag;

	for (; *s != '\0' && *s != '}'; s += strspn(s, " ")) {
		content = calloc(1, sizeof(*content));
		ck_assert_ptr_nonnull(content);
		tag = (unsigned char)ber_hex(&s);
		if (*s == '{') {
			s = ber_write(content, s + 1) + 1;
		} else if (*s == '\'') {
			size_t len = strcspn(s + 1, "'");

			ber_append(content, s + 1, len);
			s += len + 2;
		} else {
			ck_assert_int_eq(*s++, ':');
			while (strspn(s, "0123456789abcdef") >= 2) {
				unsigned char c = (unsigned char)ber_hex(&s);

				ber_append(content, &c, 1);
			}
		}
		ber_element(to, tag, content);
		free(content);
	}
	return (s);
}

/* ---- the server ---------------------------------------------------------- */

struct peer {
	int listening, port;
	pthread_t thread;
	void (*serve)(struct peer *, int fd);	/* one connection */
	const char *says;	/* for serve() */
	bool closes;		/* for serve() */
};

static inline void
peer_say(int fd, const char *notation)
{
	struct peer_bytes *bytes = calloc(1, sizeof(*bytes));

	ck_assert_ptr_nonnull(bytes);
	ber_write(bytes, notation);
	(void)send(fd, bytes->b, bytes->len, MSG_NOSIGNAL);
	free(bytes);
}

/* The client's next words, whatever they are; false at the end. */
static inline bool
peer_hear(int fd)
{
	char some[4096];

	return (recv(fd, some, sizeof(some), 0) > 0);
}

static inline void
peer_until_end(int fd)
{

	while (peer_hear(fd))
		;
}

static inline void *
peer_run(void *ctx)
{
	struct peer *p = ctx;
	int fd;

	while ((fd = accept(p->listening, NULL, NULL)) != -1) {
		p->serve(p, fd);
		close(fd);
	}
	return (NULL);
}

static inline void
peer_listen(struct peer *p)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) }
	};
	socklen_t len = sizeof(sin);

	p->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ne(p->listening, -1);
	ck_assert_int_eq(bind(p->listening, (struct sockaddr *)&sin, len), 0);
	ck_assert_int_eq(listen(p->listening, 32), 0);
	ck_assert_int_eq(getsockname(p->listening, (struct sockaddr *)&sin,
	    &len), 0);
	p->port = ntohs(sin.sin_port);
}

static inline void
peer_begin(struct peer *p, void (*serve)(struct peer *, int))
{

	peer_listen(p);
	p->serve = serve;
	ck_assert_int_eq(pthread_create(&p->thread, NULL, peer_run, p), 0);
}

/** peer_end(p): serve() must come to its end. */
static inline void
peer_end(struct peer *p)
{

	shutdown(p->listening, SHUT_RDWR);
	pthread_join(p->thread, NULL);
	close(p->listening);
}

/*
 * libldap 2.5 loses the text of a Notice of Disconnection: no leak of ours.
 * To know it by the function that it is in, whole call chains are kept.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);
const char *__asan_default_options(void);

const char *
__lsan_default_suppressions(void)
{

	return ("leak:ldap_result");
}

const char *
__lsan_default_options(void)
{

	return ("print_suppressions=0");
}

const char *
__asan_default_options(void)
{

	return ("fast_unwind_on_malloc=0");
}

#endif /* !LDAP_PEER_H */
