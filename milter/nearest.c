#include <string.h>

#include "nearest.h"

static unsigned char
plain(char c)
{

	if (c >= 'A' && c <= 'Z')
		return ((unsigned char)(c - 'A' + 'a'));
	return ((unsigned char)(c == '-' ? '_' : c));
}

static unsigned
least(unsigned a, unsigned b)
{

	return (a < b ? a : b);
}

/* Optimal string alignment; three rows of its matrix are enough. */
unsigned
nearest_distance(const char *a, const char *b)
{
	unsigned rows[3][NEAREST_NAME_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2], *spare;
	size_t alen = strlen(a), blen = strlen(b), i, j;
	unsigned wrong;

	if (alen > NEAREST_NAME_MAX || blen > NEAREST_NAME_MAX)
		return (NEAREST_FAR);
	for (j = 0; j <= blen; j++)
		before[j] = last[j] = (unsigned)j;
	for (i = 1; i <= alen; i++) {
		row[0] = (unsigned)i;
		for (j = 1; j <= blen; j++) {
			wrong = plain(a[i - 1]) != plain(b[j - 1]);
			row[j] = least(last[j - 1] + wrong,
			    least(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 &&
			    plain(a[i - 1]) == plain(b[j - 2]) &&
			    plain(a[i - 2]) == plain(b[j - 1]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return (last[blen]);
}

const char *
nearest_of(const char *name, const char *const *names, size_t n)
{
	const char *best = NULL;
	unsigned distance, nearest = NEAREST_FAR;
	size_t i;

	for (i = 0; i < n; i++) {
		distance = nearest_distance(name, names[i]);
		if (distance >= nearest || distance * 3 > strlen(names[i]))
			continue;
		nearest = distance;
		best = names[i];
	}
	return (best);
}
