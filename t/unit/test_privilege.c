#include <sys/types.h>
#include <sys/wait.h>

#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "privilege.h"
#include "suite.h"

static const struct {
	const char *label;
	const char *user;
	const char *says;
} refused_rows[] = {
	{ "a user that is not there", "no-such-user-here",
	    "there is no user \"no-such-user-here\"" },
	{ "its cure is named", "no-such-user-here", "useradd --system" },
	{ "root", "root", "is root" },
	{ "no name", "", "there is no user \"\"" }
};

START_TEST(user_is_refused)
{
	struct privilege_user who;
	struct why why;

	ck_assert_msg(privilege_find(refused_rows[_i].user, &who, &why) == -1,
	    "%s: found", refused_rows[_i].label);
	ck_assert_msg(strstr(why.text, refused_rows[_i].says) != NULL,
	    "%s: said: %s", refused_rows[_i].label, why.text);
}
END_TEST

START_TEST(user_is_found)
{
	struct privilege_user who;

	ck_assert_int_eq(privilege_find("nobody", &who, NULL), 0);
	ck_assert_uint_ne(who.uid, 0);
}
END_TEST

START_TEST(group_is_found)
{
	gid_t gid = 42;

	ck_assert_int_eq(privilege_group("root", &gid, NULL), 0);
	ck_assert_uint_eq(gid, 0);
}
END_TEST

START_TEST(group_is_not_there)
{
	struct why why;
	gid_t gid;

	ck_assert_int_eq(privilege_group("no-such-group-here", &gid, &why),
	    -1);
	ck_assert_ptr_nonnull(strstr(why.text, "no-such-group-here"));
}
END_TEST

/* In a child, as it cannot be undone.  Exits with the number of what failed;
 * 0 if nothing did. */
static int
drop_checked(void)
{
	const gid_t of_root[] = { 0, 4 };
	struct privilege_user who;
	gid_t groups[64];
	int i, n;

	if (privilege_find("nobody", &who, NULL) == -1 ||
	    setgroups(2, of_root) == -1)
		return (1);
	if (privilege_drop("nobody", NULL) == -1)
		return (2);
	if (getuid() != who.uid || geteuid() != who.uid)
		return (3);
	if (getgid() != who.gid || getegid() != who.gid)
		return (4);
	if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0)
		return (5);
	if ((n = getgroups(64, groups)) == -1)
		return (6);
	for (i = 0; i < n; i++) {
		if (groups[i] == 0 || groups[i] == 4)
			return (7);
	}
	return (0);
}

static int
exit_of(int (*run)(void))
{
	int status;
	pid_t pid;

	if ((pid = fork()) == 0)
		_exit(run());
	ck_assert_int_ne(pid, -1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return (WEXITSTATUS(status));
}

static int
drop_to_root(void)
{

	return (privilege_drop("root", NULL) == -1 && getuid() == 0 ? 0 : 1);
}

static int
drop_without_root(void)
{
	const uid_t uid = getuid();

	return (privilege_drop("no-such-user-here", NULL) == 0 &&
	    getuid() == uid ? 0 : 1);
}

static int
drop_twice(void)
{

	return (privilege_drop("nobody", NULL) == 0 ? drop_without_root() : 1);
}

START_TEST(root_is_dropped_for_good)
{

	ck_assert_int_eq(exit_of(drop_checked), 0);
}
END_TEST

START_TEST(root_stays_root_if_user_is_root)
{

	ck_assert_int_eq(exit_of(drop_to_root), 0);
}
END_TEST

START_TEST(others_stay_what_they_are)
{

	ck_assert_int_eq(exit_of(geteuid() == 0 ? drop_twice :
	    drop_without_root), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("privilege");

	suite_rows(suite, user_is_refused, ROWS(refused_rows));
	suite_one(suite, user_is_found);
	suite_one(suite, group_is_found);
	suite_one(suite, group_is_not_there);
	suite_one(suite, others_stay_what_they_are);
	if (geteuid() == 0) {
		suite_one(suite, root_is_dropped_for_good);
		suite_one(suite, root_stays_root_if_user_is_root);
	}
	return (suite_run(suite));
}
