#include <sys/types.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "privilege.h"

static int
find(const char *user, struct passwd **pw, struct why *why)
{

	errno = 0;
	if ((*pw = getpwnam(user)) == NULL && errno != 0 && errno != ENOENT)
		return (why_set(why, "cannot look up the user \"%s\": %s",
		    user, strerror(errno)));
	if (*pw == NULL)
		return (why_set(why, "there is no user \"%s\" (milter.user): "
		    "create it, for instance with: useradd --system "
		    "--home-dir /nonexistent --shell /usr/sbin/nologin %s",
		    user, user));
	if ((*pw)->pw_uid == 0)
		return (why_set(why, "milter.user \"%s\" is root: name a user "
		    "that has no other use", user));
	return (0);
}

int
privilege_find(const char *user, struct privilege_user *who, struct why *why)
{
	struct passwd *pw;

	if (find(user, &pw, why) == -1)
		return (-1);
	who->uid = pw->pw_uid;
	who->gid = pw->pw_gid;
	return (0);
}

int
privilege_group(const char *name, gid_t *gid, struct why *why)
{
	const struct group *gr;

	errno = 0;
	if ((gr = getgrnam(name)) != NULL) {
		*gid = gr->gr_gid;
		return (0);
	}
	if (errno != 0 && errno != ENOENT)
		return (why_set(why, "cannot look up the group \"%s\": %s",
		    name, strerror(errno)));
	return (why_set(why, "there is no group \"%s\": name that of the mail "
	    "server, or \"\" to leave the socket's group as it is", name));
}

static int
no_way_back(const struct privilege_user *who)
{

	return (getuid() == who->uid && geteuid() == who->uid &&
	    getgid() == who->gid && getegid() == who->gid &&
	    setuid(0) == -1 && seteuid(0) == -1 &&
	    (who->gid == 0 || setgid(0) == -1) ? 0 : -1);
}

int
privilege_drop(const char *user, struct why *why)
{
	struct privilege_user who;

	if (geteuid() != 0)
		return (0);
	if (privilege_find(user, &who, why) == -1)
		return (-1);
	if (initgroups(user, who.gid) == -1 || setgid(who.gid) == -1 ||
	    setuid(who.uid) == -1)
		return (why_set(why, "cannot become the user \"%s\": %s", user,
		    strerror(errno)));
	if (no_way_back(&who) == -1)
		return (why_set(why, "the privileges of root could not be "
		    "given up for good"));
#ifdef PR_SET_NO_NEW_PRIVS
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#endif
	return (0);
}
