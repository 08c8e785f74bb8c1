#!/bin/bash
# A server that sends what makes libldap abort() (a notice or an intermediate
# response without a name) takes down the feed only, and mail does not notice;
# nor when the feed hangs.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/../ldapserver.sh"
need_slapd

start_player one < <(standard_tree) || exit 1
write_ldap_conf "$(player_uri one)"
start_mayrelayd && wait_policy || exit 1
wait_for server_is 0 followed
keep_asking "$(asking 198.51.100.9 - a@example.org)" \
    "$(asking 192.0.2.9 joe joe@example.com)"

# What it was sent does not take down a newer library, nor whoever looks first.
takes_down()		# TEXT LINE-OF-A-PLAY...
{
	local mark lines
	mark=$(log_mark)
	lines=$(player_lines one)
	play one "${@:2}"
	becomes "$1: it is sent" player_heard_since one "$lines" \
	    'plays nameless'
	becomes "$1: that has an effect" hit "$mark"
	play one
	becomes "$1: one that lives follows" server_is 0 followed
	becomes "$1: and hears news" news_arrive one
}

hit()			# MARK
{
	said_since "$1" "signal 6|$(player_uri one)"
}

takes_down "a nameless response" 'persist nameless-info'
takes_down "in the midst of a search" 'persist close' \
    'follow.middle nameless-info'
takes_down "a nameless notice" 'persist nameless'
takes_down "in place of an answer to a bind" 'persist close' 'bind nameless'
takes_down "when a search goes on" 'persist close' 'follow.middle nameless'
takes_down "in answer to a probe" 'probe.start nameless'

feed=$(feed_pid)
mark=$(log_mark)
kill -ABRT "$feed"
becomes "a feed that aborts is told of" said_since "$mark" 'signal 6'
becomes "and started again" feed_runs "$feed"
becomes "it follows" server_is 0 followed
becomes "and hears news" news_arrive one

feed=$(feed_pid)
freeze "$feed"
becomes "one that hangs is killed and started again" feed_runs "$feed"
becomes "it follows, too" server_is 0 followed
becomes "and hears news, too" news_arrive one

stop_asking
is "$(answers 1 | cut -c 1-9)" '550 5.7.1' \
    "mail goes on meanwhile: who is refused ($(times_asked) times)"
is "$(answers 2)" continue "and who is permitted"
stops "mayrelayd ends as always"
