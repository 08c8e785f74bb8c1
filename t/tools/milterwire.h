#ifndef MILTERWIRE_H
#define MILTERWIRE_H

#include <stddef.h>

/*
 * milterwire: words, packets and answers of miltc: what the milter protocol
 * (version 6) looks like on the wire.
 */

enum {
	WORDS_MAX = 64,
	ANSWER_MAX = 1024 * 1024
};

/* The one connection; commands wait in `out' until flush_out. */
extern struct wire {
	int fd;			/* -1: none */
	int timeout_ms;
	unsigned char *out;
	size_t out_len, out_size;
	unsigned char answer[ANSWER_MAX];	/* its code first */
	size_t answer_len;
} wire;

/* A word may hold any byte, NUL too; one NUL follows it. */
struct word {
	char *s;
	size_t len;
};

/** must(p): ${p}, or the end of the program if it is NULL. */
void *must(void *);

/** read_byte(p): one byte as it is written, which may be \xHH; steps over
 * it. */
char read_byte(const char **);

/** read_words(line, words): split at blanks, "..." aside.  Return how many. */
size_t read_words(const char *, struct word[WORDS_MAX]);
void free_words(struct word *, size_t);

/** hang_up(): close the connection, if there is one. */
void hang_up(void);

/** begin_packet(command) ... end_packet(at): what is put between them is one
 * packet; its length is set at last. */
size_t begin_packet(char);
void put_bytes(const void *, size_t);
void put_word(const struct word *);
void end_packet(size_t);

/** put_command(command): a packet without contents. */
void put_command(char);

/** flush_out(): send what waits.  That the filter hung up is noticed by
 * whoever reads. */
void flush_out(void);

/** get_answer(): send what waits and read one answer; a failure is printed.
 * Return 0 or -1. */
int get_answer(void);

/** print_answer(): in words. */
void print_answer(void);

#endif /* !MILTERWIRE_H */
