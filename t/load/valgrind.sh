#!/bin/bash
# flavour: plain
# valgrind finds nothing in mayrelayd, mayrelay-feed and mayrelay while they do
# all that they do: no value that was never set, and nothing lost in the end.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"

need valgrind
need_slapd

# What valgrind finds is written here, by each process; the feed is not root.
found=$W/found
mkdir "$found" && chmod 1777 "$found"

# What is lost is found at the end; what is still held then is not lost, and of
# threads that are still there valgrind cannot tell.
mkdir "$P/real"
for program in mayrelayd mayrelay mayrelay-feed; do
	mv "$P/$program" "$P/real/"
	cat > "$P/$program" <<-END
	#!/bin/sh
	exec valgrind -q --vgdb=no --trace-children=yes --leak-check=full \\
	    --show-leak-kinds=definite --errors-for-leak-kinds=definite \\
	    --log-file=$found/%p $P/real/$program "\$@"
	END
	chmod 755 "$P/$program"
done

dialogues()		# NUMBER OF-CONNECTIONS
{
	awk -v socket="$socket" -v salt="$1" -v n="$2" \
	    -f "$TOP/t/load/dialogues.awk"
}

in_force()		# SENDER: joe may send as that
{
	explain --client 203.0.113.9 --login joe --sender "$1" \
	    --recipient b@example.net
}

make_slapd one sessionlog=100 && standard_tree | load_slapd one &&
    start_slapd one || exit 1
small_policy "$W/networks.ldif"
conf_networks="source = \"ldif:$W/networks.ldif\";"
conf_directory="overrides = \"ldif:$W/overrides.ldif\";"
write_policy "$W/overrides.ldif" <<'LDIF'
version: 1

dn: cn=gone,ou=relay,dc=example,dc=com
objectClass: relayAccount
relayAccess: deny
relayLogin: pete
LDIF
write_ldap_conf one && start_mayrelayd && wait_policy || exit 1

for i in 1 2; do
	dialogues "$i" 30 | miltc > "$W/answers.$i" 2>&1 &
	clients[i]=$!
done
ldap_set one "uid=joe,ou=people,$suffix" mail joe@example.com j@example.com
ldap_modrdn one "uid=ann,ou=people,$suffix" uid=anna
ldap_delete one "cn=staff,ou=groups,$suffix"
person bob | ldap_add one
becomes "a change is in force" in_force j@example.com
wait "${clients[@]}"
is "$(cat "$W"/answers.* | grep -c '^550 5')" 90 "refusals are answered"
is "$(cat "$W"/answers.* | grep -c '^continue$')" 18 "permits are answered"

# The tool, for all that it shows.
explain --client 203.0.113.9 --login pete --sender p@example.com \
    --recipient b@example.net > "$W/said" 2>&1
like "$(cat "$W/said")" account-denied "explain"
explain --client 2001:db8:1::9 --sender '<>' --recipient b@example.net \
    --json > "$W/said" 2>&1
like "$(cat "$W/said")" '"verdict"' "explain --json"
mayrelay status > "$W/said" 2>&1
like "$(cat "$W/said")" policy "status"
like "$(mayrelay status --json 2>&1)" '"running": true' "status --json"
holds "refresh" mayrelay refresh

# A reload that fails, and one that does not.
cp "$conf" "$W/good.conf"
sed -i 's/enforce_from/enforce_form/' "$conf"
kill -HUP "$daemon_pid"
becomes "a broken configuration is refused" log_has 'was not reloaded'
cp "$W/good.conf" "$conf"
kill -HUP "$daemon_pid"
becomes "a good one is taken" log_has 'was reloaded'

# The directory goes, and comes back with another policy.
stop_slapd one
becomes "the directory's end is noticed" log_has 'cannot connect'
echo broken > "$W/networks.ldif"
start_slapd one
ldap_set one "uid=joe,ou=people,$suffix" mail k@example.com
becomes "what it has then is in force" in_force k@example.com
becomes "a broken file is noticed" log_has 'networks.ldif:1'

stops "SIGTERM ends it"
said()
{
	find "$found" -type f -size +0 -exec head -n 40 {} +
}
is "$(said)" "" "valgrind has nothing to say of $(find "$found" -type f |
    wc -l) processes"
