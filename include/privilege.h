#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include <sys/types.h>

#include "why.h"

/*
 * privilege: from root to milter.user, for the daemon and the tools.
 */

struct privilege_user {
	uid_t uid;
	gid_t gid;
};

/**
 * privilege_find(user, who, why):
 * Whose files ours are to be.  Return 0, or -1 if there is no such user or it
 * is root.
 */
int privilege_find(const char *, struct privilege_user *, struct why *);

/** privilege_group(name, gid, why): return 0, or -1 if there is no such
 * group. */
int privilege_group(const char *, gid_t *, struct why *);

/**
 * privilege_drop(user, why):
 * Become ${user} with its groups and no way back, if root; else nothing.
 * Return 0 or -1.
 */
int privilege_drop(const char *, struct why *);

#endif /* !PRIVILEGE_H */
