#ifndef COUNTERS_DIR_H
#define COUNTERS_DIR_H

#include <sys/stat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "counters.h"
#include "suite.h"

/*
 * counters_dir: a folder of a test's own, for counters.
 */

static char dir[] = "/tmp/test_counters.XXXXXX";
static char path[sizeof(dir) + 20];	/* of the counters in it */

static inline void
dir_make(void)
{

	strcpy(strrchr(dir, '.'), ".XXXXXX");
	ck_assert_ptr_ne(mkdtemp(dir), NULL);
	snprintf(path, sizeof(path), "%s/counters", dir);
}

/* Whatever the test has left in place of them. */
static inline void
dir_remove(void)
{
	char left[sizeof(dir) + 20];

	snprintf(left, sizeof(left), "%s/counters.new", dir);
	chmod(dir, 0700);
	unlink(path);
	rmdir(path);
	unlink(left);
	rmdir(left);
	rmdir(dir);
}

static inline struct counters *
create(void)
{
	struct counters *c = NULL;
	struct why why = { "" };

	ck_assert_msg(counters_create(dir, &c, &why) == 0, "%s", why.text);
	return (c);
}

#endif /* !COUNTERS_DIR_H */
