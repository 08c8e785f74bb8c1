/*
 * The test takes the source: syslog(3) becomes a function of its own, that
 * the test may hold.
 */
#define _GNU_SOURCE	/* pipe2, O_DIRECT */
#include <syslog.h>

static void test_syslog(int, const char *, ...)
    __attribute__((format(printf, 2, 3)));
#undef syslog		/* a macro itself with _FORTIFY_SOURCE */
#define syslog test_syslog
#include "../../milter/log.c"
#include "suite.h"

#include <check.h>
#include <fcntl.h>
#include <stdatomic.h>

static int heard;		/* what standard error became */

/* What test_syslog heard: "<priority>text\n" one after the other. */
static char syslogged[4000];
static atomic_bool held;

static void
test_syslog(int priority, const char *format, ...)
{
	size_t len = strlen(syslogged);
	char text[1000];
	va_list ap;

	while (atomic_load(&held))
		usleep(1000);
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	snprintf(syslogged + len, sizeof(syslogged) - len, "<%d>%s\n",
	    priority & ~LOG_FACMASK, text);
	if ((priority & LOG_FACMASK) != LOG_MAIL)
		strcpy(syslogged, "not mail");
}

/* Standard error becomes a pipe that keeps the writes apart. */
static void
listen_pipe(void)
{
	int fds[2];

	ck_assert_int_eq(pipe2(fds, O_DIRECT), 0);
	ck_assert_int_ne(dup2(fds[1], STDERR_FILENO), -1);
	close(fds[1]);
	heard = fds[0];
	fcntl(heard, F_SETFL, O_NONBLOCK);
}

/* One write, with a NUL; "" if there is none. */
static const char *
hear(void)
{
	static char buf[TEXT_MAX + 100];
	ssize_t n = read(heard, buf, sizeof(buf) - 1);

	buf[n > 0 ? n : 0] = '\0';
	return (buf);
}

static const struct {
	const char *label, *text, *line;
} texts[] = {
	{ "a text", "sign in", "t: sign in\n" },
	{ "empty", "", "t: \n" },
	{ "the first and last bytes that stay", " ~", "t:  ~\n" },
	{ "quotes and backslashes stay", "a=\"b\\\"\"", "t: a=\"b\\\"\"\n" },
	{ "a newline begins no line", "a\nt: b", "t: a\\x0at: b\n" },
	{ "ESC", "\x1b[2J", "t: \\x1b[2J\n" },
	{ "DEL", "\x7f", "t: \\x7f\n" },
	{ "UTF-8", "j\xc3\xb6", "t: j\\xc3\\xb6\n" },
	{ "invalid UTF-8", "\xff", "t: \\xff\n" },
	{ "no format", "%s%n%%", "t: %s%n%%\n" },
};
enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

START_TEST(before_the_start)
{

	listen_pipe();
	log_name("t");
	log_text(LOG_SEV_INFO, texts[_i].text);
	ck_assert_msg(strcmp(hear(), texts[_i].line) == 0, "%s",
	    texts[_i].label);
	log_line(LOG_SEV_INFO, "%s", texts[_i].text);
	ck_assert_msg(strcmp(hear(), texts[_i].line) == 0, "%s",
	    texts[_i].label);
	ck_assert_uint_eq(log_lost(), 0);
}
END_TEST

START_TEST(through_the_thread)
{

	listen_pipe();
	ck_assert_int_eq(log_start("t", LOG_TO_STDERR), 0);
	log_text(LOG_SEV_INFO, texts[_i].text);
	log_line(LOG_SEV_ERROR, "%d", 42);
	log_stop(5000);
	ck_assert_msg(strcmp(hear(), texts[_i].line) == 0, "%s",
	    texts[_i].label);
	ck_assert_str_eq(hear(), "t: 42\n");
	ck_assert_str_eq(hear(), "");
	ck_assert_uint_eq(log_lost(), 0);
}
END_TEST

START_TEST(nothing_logged)
{

	listen_pipe();
	log_stop(10);
	ck_assert_int_eq(log_start("t", LOG_TO_STDERR), 0);
	ck_assert_int_eq(log_start("t", LOG_TO_STDERR), -1);
	log_stop(5000);
	log_stop(5000);
	ck_assert_int_eq(log_start("t", LOG_TO_STDERR), -1);
	ck_assert_str_eq(hear(), "");
}
END_TEST

START_TEST(after_the_stop)
{

	listen_pipe();
	ck_assert_int_eq(log_start("t", LOG_TO_STDERR), 0);
	log_stop(5000);
	log_text(LOG_SEV_INFO, "too late");
	ck_assert_str_eq(hear(), "");
	ck_assert_uint_eq(log_lost(), 1);
}
END_TEST

static const struct {
	const char *label;
	char byte;
	size_t len, shown;	/* of the text; of its bytes in the line */
	size_t width;
} lengths[] = {
	{ "the longest", 'x', TEXT_MAX - 1, TEXT_MAX - 1, 1 },
	{ "a longer one is cut", 'x', TEXT_MAX, TEXT_MAX - 1, 1 },
	{ "no escape is cut in two", '\n', TEXT_MAX, (TEXT_MAX - 1) / 4, 4 },
};
enum { LENGTHS = sizeof(lengths) / sizeof(lengths[0]) };

START_TEST(long_text)
{
	static char text[TEXT_MAX + 1], out[2 * TEXT_MAX];
	size_t len = 0;
	ssize_t n;

	memset(text, lengths[_i].byte, lengths[_i].len);
	listen_pipe();
	log_name("t");
	log_text(LOG_SEV_INFO, text);
	/* A write of more than a page is several packets. */
	while ((n = read(heard, out + len, sizeof(out) - len)) > 0)
		len += (size_t)n;
	ck_assert_msg(len == 4 + lengths[_i].shown * lengths[_i].width, "%s",
	    lengths[_i].label);
	ck_assert_int_eq(out[len - 1], '\n');
	ck_assert_int_eq(out[len - 2], lengths[_i].width == 1 ? 'x' : 'a');
}
END_TEST

START_TEST(long_name)
{

	listen_pipe();
	log_name("a-program-with-a-name-of-more-than-thirty-one-bytes");
	log_text(LOG_SEV_INFO, "x");
	ck_assert_str_eq(hear(), "a-program-with-a-name-of-more-t: x\n");
}
END_TEST

START_TEST(severities)
{

	ck_assert_int_eq(log_start("t", LOG_TO_SYSLOG), 0);
	log_text(LOG_SEV_ERROR, "e");
	log_text(LOG_SEV_WARNING, "%s");
	log_text(LOG_SEV_NOTICE, "n");
	log_text(LOG_SEV_INFO, "i\n");
	log_stop(5000);
	ck_assert_str_eq(syslogged, "<3>e\n<4>%s\n<5>n\n<6>i\\x0a\n");
}
END_TEST

/* Neither who logs nor who stops waits for a syslogd that stands. */
START_TEST(stuck_syslogd)
{
	int64_t begin;
	int i;

	atomic_store(&held, true);
	ck_assert_int_eq(log_start("t", LOG_TO_SYSLOG), 0);
	begin = clock_ms();
	for (i = 0; i < RING_LINES + 500; i++)
		log_line(LOG_SEV_NOTICE, "%d", i);
	ck_assert_msg(clock_ms() - begin < 5000, "logging was held");
	/* The thread holds one line at most. */
	ck_assert_uint_ge(log_lost(), 499);
	ck_assert_uint_le(log_lost(), 500);
	begin = clock_ms();
	log_stop(200);
	ck_assert_int_ge(clock_ms() - begin, 200);
	ck_assert_msg(clock_ms() - begin < 5000, "the stop was held");
	atomic_store(&held, false);
}
END_TEST

#define LOST	"%lu log lines were lost: the log could not keep up\n"

/* Reads the lines up to the one that begins with ${start}, and that. */
static const char *
hear_until(const char *start, unsigned long *seen)
{
	const char *line;

	while (strstr(line = hear(), start) == NULL)
		if (*line == '\0')
			usleep(1000);
		else
			++*seen;
	return (line);
}

/* The pipe is full at once: nobody reads it while the lines are logged. */
START_TEST(loss_is_told)
{
	unsigned long i, lost, n = RING_LINES + 1000, seen = 0;

	listen_pipe();
	ck_assert_int_eq(log_start("t", LOG_TO_STDERR), 0);
	for (i = 0; i < n; i++)
		log_line(LOG_SEV_NOTICE, "line %lu", i);
	ck_assert_int_eq(sscanf(hear_until("lost", &seen), "t: " LOST,
	    &lost), 1);
	ck_assert_uint_gt(lost, 0);
	ck_assert_uint_eq(lost, log_lost());
	ck_assert_uint_ge(seen, RING_LINES / 2);
	log_text(LOG_SEV_NOTICE, "and on");
	hear_until("and on", &seen);
	ck_assert_uint_eq(seen + lost, n);
	log_stop(5000);
	ck_assert_str_eq(hear(), "");
}
END_TEST

/* Lines of many bytes fill the ring before RING_LINES of them. */
START_TEST(ring_is_bounded_in_bytes)
{
	static char text[8001];
	int i;

	atomic_store(&held, true);
	memset(text, 'x', sizeof(text) - 1);
	ck_assert_int_eq(log_start("t", LOG_TO_SYSLOG), 0);
	for (i = 0; i < 1000; i++)
		log_text(LOG_SEV_NOTICE, text);
	ck_assert_uint_ge(log_lost(), 1000 - RING_BYTES / 8000 - 1);
	ck_assert_uint_lt(log_lost(), 1000 - RING_BYTES / 8000 + 1);
	atomic_store(&held, false);
	log_stop(5000);
}
END_TEST

static void
wait_empty(void)
{
	bool empty;

	do {
		usleep(1000);
		pthread_mutex_lock(&ring.lock);
		empty = ring.n == 0;
		pthread_mutex_unlock(&ring.lock);
	} while (!empty);
}

START_TEST(room_comes_back)
{
	static char text[8001];
	int i;

	memset(text, 'x', sizeof(text) - 1);
	ck_assert_int_eq(log_start("t", LOG_TO_SYSLOG), 0);
	for (i = 0; i < 2 * RING_BYTES / 8000; i++) {
		if (i % 200 == 0)
			wait_empty();
		log_text(LOG_SEV_NOTICE, text);
	}
	ck_assert_uint_eq(log_lost(), 0);
	log_stop(5000);
}
END_TEST

/* A pipe that keeps the writes apart holds 16 pages, one for each. */
enum { THREADS = 4, LINES = 50, PIPE_PAGES = 256 };

static void *
log_many(void *arg)
{
	int i;

	for (i = 0; i < LINES; i++)
		log_line(LOG_SEV_NOTICE, "%s %03d", (const char *)arg, i);
	return (NULL);
}

/* Every line arrives whole, those of one thread in their order. */
START_TEST(many_threads)
{
	static const char *const names[THREADS] = { "a", "b", "c", "d" };
	pthread_t threads[THREADS];
	int i, n, next[THREADS] = { 0 };
	char which;

	listen_pipe();
	ck_assert_int_ne(fcntl(STDERR_FILENO, F_SETPIPE_SZ,
	    PIPE_PAGES * (int)sysconf(_SC_PAGESIZE)), -1);
	ck_assert_int_eq(log_start("t", LOG_TO_STDERR), 0);
	for (i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, log_many,
		    (void *)(uintptr_t)names[i]);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	log_stop(5000);
	for (i = 0; i < THREADS * LINES; i++) {
		ck_assert_int_eq(sscanf(hear(), "t: %c %03d\n", &which, &n),
		    2);
		ck_assert_int_eq(n, next[which - 'a']++);
	}
	ck_assert_str_eq(hear(), "");
}
END_TEST

/* Signals are for the main thread, which waits for them. */
START_TEST(thread_takes_no_signals)
{
	sigset_t before, after;

	ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, NULL, &before), 0);
	ck_assert_int_eq(log_start("t", LOG_TO_SYSLOG), 0);
	ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, NULL, &after), 0);
	ck_assert_int_eq(sigismember(&after, SIGTERM),
	    sigismember(&before, SIGTERM));
	ck_assert_int_eq(pthread_kill(thread, SIGUSR2), 0);
	log_text(LOG_SEV_INFO, "still there");
	log_stop(5000);
	ck_assert_str_eq(syslogged, "<6>still there\n");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("log");
	TCase *tc = tcase_create("log");

	tcase_set_timeout(tc, 20);
	tcase_add_loop_test(tc, before_the_start, 0, TEXTS);
	tcase_add_loop_test(tc, through_the_thread, 0, TEXTS);
	tcase_add_test(tc, nothing_logged);
	tcase_add_test(tc, after_the_stop);
	tcase_add_loop_test(tc, long_text, 0, LENGTHS);
	tcase_add_test(tc, long_name);
	tcase_add_test(tc, severities);
	tcase_add_test(tc, stuck_syslogd);
	tcase_add_test(tc, loss_is_told);
	tcase_add_test(tc, ring_is_bounded_in_bytes);
	tcase_add_test(tc, room_comes_back);
	tcase_add_test(tc, many_threads);
	tcase_add_test(tc, thread_takes_no_signals);
	suite_add_tcase(s, tc);
	return (s);
}

int
main(void)
{

	return (suite_run(suite()));
}
