#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "fuzz.h"

/*
 * replay: a main() for the targets where there is no libFuzzer: each file that
 * is named, and each in a folder that is, is one input.
 *
 * usage: fuzz_NOUN FILE|FOLDER...
 *
 * Prints how many there were; one that is a finding ends it.
 */

int LLVMFuzzerInitialize(int *, char ***) __attribute__((weak));

enum { INPUT_MAX = 1024 * 1024 };

static unsigned long inputs;

/* A finding ends the program: its input must have been named before. */
static void
name_input(const char *path)
{

	fprintf(stderr, "input %s\n", path);
	fflush(stderr);
}

static int
replay_file(const char *path)
{
	FILE *file = fopen(path, "re");
	uint8_t *data, *exact;
	size_t len;

	if (file == NULL) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return (-1);
	}
	data = must_alloc(INPUT_MAX);
	len = fread(data, 1, INPUT_MAX, file);
	fclose(file);
	/* Exactly as long as it is, so that ASan sees what is read beyond. */
	exact = must_alloc(len);
	memcpy(exact, data, len);
	free(data);
	name_input(path);
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
	inputs++;
	return (0);
}

static int
replay_folder(const char *path)
{
	char name[4096];
	struct dirent *entry;
	DIR *dir = opendir(path);
	int result = 0;

	if (dir == NULL) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return (-1);
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (replay_file(name) == -1)
			result = -1;
	}
	closedir(dir);
	return (result);
}

static int
replay(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return (replay_folder(path));
	return (replay_file(path));
}

int
main(int argc, char **argv)
{
	int i, result = 0;

	if (LLVMFuzzerInitialize != NULL)
		LLVMFuzzerInitialize(&argc, &argv);
	for (i = 1; i < argc; i++)
		if (replay(argv[i]) == -1)
			result = 1;
	printf("%lu inputs\n", inputs);
	return (result);
}
