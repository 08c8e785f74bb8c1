#include "agewatch.h"
#include "log.h"

enum { LOOK_S = 60 };

/* Between two looks at a source its policy grows old by poll_interval: that is
 * nothing to tell. */
enum agewatch_state
agewatch_judge(const struct policy_view *policy, const struct config *config)
{
	const int64_t max_stale = config->policy.max_stale;
	const int64_t usual = 2 * (config->poll_interval_ms / 1000);

	if (!policy->readable || !policy->loaded)
		return (AGEWATCH_MISSING);
	if (policy->age > max_stale)
		return (AGEWATCH_STALE);
	if (policy->age > max_stale / 2 && policy->age > usual)
		return (AGEWATCH_HALF);
	return (AGEWATCH_YOUNG);
}

/* A source may take its time: what is missing is so only after a while. */
static bool
missing_for_long(struct agewatch *watch, enum agewatch_state state,
    const struct clock_reading *now)
{

	if (state != AGEWATCH_MISSING) {
		watch->missing = false;
		return (false);
	}
	if (!watch->missing)
		watch->missed = *now;
	watch->missing = true;
	return (clock_age(&watch->missed, now) >= LOOK_S);
}

/* What becomes of outbound mail when the policy cannot be decided from (spec
 * sections 3, step 2, and 5). */
static const char *
fate(const struct policy_settings *settings, int64_t now)
{

	if (settings->permit_unavailable)
		return ("permitted unless the policy denies it");
	if (now < settings->enforce_from)
		return ("put off where refusals are enforced already");
	return ("put off");
}

static void
tell(enum agewatch_state state, const struct policy_view *policy,
    long long max_stale, const char *mail)
{
	const long long age = policy->age;

	switch (state) {
	case AGEWATCH_YOUNG:
		log_line(LOG_SEV_NOTICE, "the policy is young again (%lld s)",
		    age);
		break;
	case AGEWATCH_HALF:
		log_line(LOG_SEV_WARNING, "the policy is %lld s old; at "
		    "max_stale (%lld s) outbound mail will be %s", age,
		    max_stale, mail);
		break;
	case AGEWATCH_STALE:
		/* By a clock of the future there is no age. */
		if (policy->age == INT64_MAX)
			log_line(LOG_SEV_ERROR, "the policy's age is unknown: "
			    "outbound mail is %s", mail);
		else
			log_line(LOG_SEV_ERROR, "the policy is %lld s old, "
			    "more than max_stale (%lld s): outbound mail is "
			    "%s", age, max_stale, mail);
		break;
	case AGEWATCH_MISSING:
		log_line(LOG_SEV_ERROR, "the policy %s: outbound mail is %s",
		    policy->readable ? "has not been loaded completely yet" :
		    "cannot be read", mail);
		break;
	}
}

static void
look(struct agewatch *watch, const struct config *config,
    const struct policy_view *policy, const struct clock_reading *now)
{
	const struct policy_settings *settings = &config->policy;
	const enum agewatch_state state = agewatch_judge(policy, config);
	const bool long_missing = missing_for_long(watch, state, now);

	if (state == watch->said ||
	    (state == AGEWATCH_MISSING && !long_missing))
		return;
	tell(state, policy, settings->max_stale, fate(settings, now->utc));
	watch->said = state;
}

void
agewatch_look(struct agewatch *watch, const struct config *config,
    struct store *store)
{
	struct clock_reading now;
	struct store_view *view;

	clock_read(&now);
	if (clock_age(&watch->looked, &now) < LOOK_S)
		return;
	watch->looked = now;
	view = store_view_now(store, config->configured, &now);
	if (view == NULL)
		return;
	look(watch, config, store_view_policy(view), &now);
	store_view_end(view);
}
