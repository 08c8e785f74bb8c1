#ifndef PRIVILEGE_H
#define PRIVILEGE_H

#include "why.h"

/*
 * privilege: from root to milter.user, for the daemon and the tools.
 */

/**
 * privilege_drop(user, why):
 * Become ${user} with its groups and no way back, if root; else nothing.
 * Return 0 or -1.
 */
int privilege_drop(const char *, struct why *);

#endif /* !PRIVILEGE_H */
