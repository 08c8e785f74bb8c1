#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * fuzz: what every target needs: the input cut into pieces, and claims that
 * must hold of what comes of them.
 *
 * A piece is a copy of its own, so that ASan notices whoever reads beyond it.
 */

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* A claim; where it does not hold the target ends, and that is a finding. */
#define must(holds)							\
	((holds) ? (void)0 : must_fail(__FILE__, __LINE__, #holds))

static inline void
must_fail(const char *file, int line, const char *claim)
{

	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, claim);
	abort();
}

static inline void *
must_alloc(size_t size)
{
	void *p = malloc(size);

	must(p != NULL);
	return (p);
}

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

struct input_piece {
	struct input_piece *next;
	char bytes[];
};

struct input {
	const uint8_t *at;
	size_t len;			/* that is left */
	struct input_piece *pieces;	/* handed out; see input_end */
};

static inline struct input
input_of(const uint8_t *data, size_t size)
{

	return ((struct input){ data, size, NULL });
}

static inline void
input_end(struct input *in)
{
	struct input_piece *p;

	while ((p = in->pieces) != NULL) {
		in->pieces = p->next;
		free(p);
	}
}

/* The next byte; 0 when there is none. */
static inline unsigned
input_byte(struct input *in)
{

	if (in->len == 0)
		return (0);
	in->len--;
	return (*in->at++);
}

/* A number below ${n}. */
static inline unsigned
input_below(struct input *in, unsigned n)
{

	return (input_byte(in) % n);
}

static inline uint64_t
input_number(struct input *in, int bytes)
{
	uint64_t n = 0;

	for (; bytes > 0; bytes--)
		n = n << 8 | input_byte(in);
	return (n);
}

/* The next ${len} bytes, or what is left; without a NUL at the end. */
static inline const char *
input_bytes(struct input *in, size_t *len)
{
	struct input_piece *p;

	if (*len > in->len)
		*len = in->len;
	p = must_alloc(sizeof(*p) + *len);
	if (*len > 0)
		memcpy(p->bytes, in->at, *len);
	p->next = in->pieces;
	in->pieces = p;
	in->at += *len;
	in->len -= *len;
	return (p->bytes);
}

/* The same up to ${end}, which is stepped over, or all that is left. */
static inline const char *
input_upto(struct input *in, char end, size_t *len)
{
	const uint8_t *stop = in->len == 0 ? NULL :
	    memchr(in->at, end, in->len);
	const char *bytes;

	*len = stop == NULL ? in->len : (size_t)(stop - in->at);
	bytes = input_bytes(in, len);
	input_byte(in);
	return (bytes);
}

/* As a string; it ends early at a NUL. */
static inline const char *
input_text_upto(struct input *in, char end)
{
	struct input_piece *p;
	const char *bytes;
	size_t len;

	bytes = input_upto(in, end, &len);
	len = strnlen(bytes, len);
	p = must_alloc(sizeof(*p) + len + 1);
	memcpy(p->bytes, bytes, len);
	p->bytes[len] = '\0';
	p->next = in->pieces;
	in->pieces = p;
	return (p->bytes);
}

/* The next line, without its newline. */
static inline const char *
input_line(struct input *in)
{

	return (input_text_upto(in, '\n'));
}

/* No control, and nothing that needs a terminal's trust. */
static inline bool
text_printable(const char *s)
{

	for (; *s != '\0'; s++)
		if (*s < 0x20 || *s > 0x7e)
			return (false);
	return (true);
}

static inline bool
text_folded(const char *s)
{

	for (; *s != '\0'; s++)
		if (*s >= 'A' && *s <= 'Z')
			return (false);
	return (true);
}

#endif /* !FUZZ_H */
