#!/bin/bash
# README.md, "From an existing slapd to the first verdict", done word by word
# with a slapd as Debian configures it.  Only the paths and the server are
# those of the test, and somebody else types what vi and -W ask for.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../milter.sh"
. "$(dirname "$0")/../slapd.sh"
. "$(dirname "$0")/ldap.sh"
need openssl ldappasswd

dir=$W/debian.slapd
etc=$W/etc
share=$W/share
mkdir -p "$dir/db" "$dir/conf.d" "$etc" "$share" "$W/work" "$W/type"
cp "$TOP"/etc/*.ldif "$share"

# ---- a slapd as Debian has it -------------------------------------------------

me="gidNumber=$(id -g)+uidNumber=$(id -u),cn=peercred,cn=external,cn=auth"
cat > "$dir/config.ldif" <<END
dn: cn=config
objectClass: olcGlobal
cn: config
olcPidFile: $dir/pid

dn: cn=module{0},cn=config
objectClass: olcModuleList
cn: module{0}
olcModulePath: /usr/lib/ldap
olcModuleLoad: back_mdb

dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

include: file://$ldap_schema/core.ldif

include: file://$ldap_schema/cosine.ldif

include: file://$ldap_schema/nis.ldif

include: file://$ldap_schema/inetorgperson.ldif

dn: olcDatabase={-1}frontend,cn=config
objectClass: olcDatabaseConfig
objectClass: olcFrontendConfig
olcDatabase: {-1}frontend
olcSizeLimit: 500
olcAccess: {0}to * by dn.exact=$me manage by * break
olcAccess: {1}to dn.exact="" by * read
olcAccess: {2}to dn.base="cn=Subschema" by * read

dn: olcDatabase={0}config,cn=config
objectClass: olcDatabaseConfig
olcDatabase: {0}config
olcAccess: {0}to * by dn.exact=$me manage by * break

dn: olcDatabase={1}mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: {1}mdb
olcDbDirectory: $dir/db
olcSuffix: $suffix
olcAccess: {0}to attrs=userPassword by self write by anonymous auth by * none
olcAccess: {1}to attrs=shadowLastChange by self write by * read
olcAccess: {2}to * by * read
olcRootDN: $admin
olcRootPW: $admin_password
olcDbIndex: objectClass eq
olcDbIndex: cn,uid eq
olcDbIndex: member,memberUid eq
END

# An organisation with more people than anybody may list by default.
organisation()
{
	local i
	standard_tree | awk 'BEGIN { RS = ""; ORS = "\n\n" }
	    !/relay,|cn=mayrelay|objectClass: relay|ou=relay/'
	for i in {1..600}; do
		person "p$i"
	done
}

fill_slapd()
{
	slapadd -n 0 -F "$dir/conf.d" -l "$dir/config.ldif" &&
	organisation | slapadd -q -n 1 -F "$dir/conf.d"
}

if ! fill_slapd > "$dir/log" 2>&1; then
	not_ok "slapd can be made" "$(tail -n 5 "$dir/log")"
	exit 1
fi
slapd -d stats -h "$(slapd_uri debian)" -F "$dir/conf.d" >> "$dir/log" 2>&1 \
    < /dev/null &
slapd_pids[debian]=$!
at_exit 'kill_slapd debian'
wait_for slapd_answers debian

# ---- what README.md says ---------------------------------------------------------

section()
{
	awk '/^## / { on = /From an existing slapd to the first verdict/ }
	    on' "$TOP/README.md"
}

# The section's blocks, by their first word.
block()			# WORD
{
	section | awk -v word="$1" '
	    /^    / { if (!on && $1 == word) use = 1; on = 1 }
	    /^    / && use { print substr($0, 5) }
	    !/^    / { on = 0; use = 0 }'
}

here()
{
	sed "s|/usr/local/share/mayrelay|$share|g; s|/etc/mayrelay|$etc|g
	    s|chown mayrelay|chown $user|
	    s|-H ldapi:///|-H $(slapd_uri debian)|g
	    s|\"ldapi://%2Frun%2Fslapd%2Fldapi\"|\"$(slapd_uri debian)\"|
	    s| -W | -w $admin_password |g"
}

# Somebody edits the configuration: README's group takes the place of the
# sample's, and the test's settings that of others.
configure()
{
	policy=
	conf_source=
	write_conf
	sed '/^directory = {/,/^reply = {/{/^reply = {/!d}' "$conf" > "$conf.new"
	block directory | here |
	    sed "s|^directory = {|&\n  store = \"$store\";|" >> "$conf.new"
	mv "$conf.new" "$conf"
}

block cp > "$W/lines"
is "$(wc -l < "$W/lines")" 10 "there are ten lines"
configure
like "$(cat "$conf")" 'source = "ldap"' "the configuration is README's"
chmod 755 "$etc"

# vi leaves all as it is; mayrelayd and mayrelay find their configuration.
printf '#!/bin/sh\n' > "$W/type/vi"
printf '#!/bin/sh\nexec %s -c %s "$@"\n' "$P/mayrelayd" "$conf" \
    > "$W/type/mayrelayd"
printf '#!/bin/sh\nexec %s -c %s "$@"\n' "$P/mayrelay" "$conf" \
    > "$W/type/mayrelay"
chmod 755 "$W/type"/*

cd "$W/work" || exit 1
number=0
while IFS= read -r line; do
	number=$((number + 1))
	case $line in
	'mayrelayd -t && mayrelayd &')
		PATH=$W/type:$PATH mayrelayd -t > "$W/said" 2>&1
		is "$? $(cat "$W/said")" "0 " "line $number: mayrelayd -t"
		start_mayrelayd && wait_policy
		continue ;;
	esac
	printf '%s\n' "$line" | here > "$W/line"
	PATH=$W/type:$PATH bash -e "$W/line" > "$W/said" 2>&1
	status=$?
	wanted=0
	[[ $line != 'mayrelay explain'* ]] || wanted=1
	is "$status" "$wanted" "line $number: ${line:0:40}"
	[ "$status" -eq "$wanted" ] || sed 's/^/#   /' "$W/said"
done < "$W/lines"

like "$(cat "$W/said")" '^reject: auth-required' "the first verdict"
# A file of its own for the password: nobody else reads it.
is "$(stat -c '%U %a' "$etc/ldap.secret")" "$user 600" \
    "the password is the user's alone"

# ---- and what comes of it ----------------------------------------------------------

becomes "slapd is followed" followed
is "$(status_of searches.accounts.entries.account)" 603 \
    "all accounts are there, whatever slapd's limit for others"
comes "permit account" "an account" $desk p600 p600@example.com
comes "permit network" "the scanners" 192.0.2.70 "" scanner@example.com

as_feed()		# OPTION...: what mayrelay's user sees
{
	LDAPNOINIT=1 ldapsearch -x -LLL -o ldif_wrap=no \
	    -H "$(slapd_uri debian)" -D "cn=mayrelay,$suffix" \
	    -y "$etc/ldap.secret" -b "$suffix" "$@" 2>&1
}
like "$(as_feed -z 0 '(uid=joe)' mail)" 'joe@example.com' "it may read mail"
is "$(as_feed '(uid=joe)' sn cn userPassword homeDirectory modifiersName |
    grep -Eci '^(sn|userPassword|homeDirectory|modifiersName):')" 0 \
    "and nothing that it does not need"
is "$(LDAPNOINIT=1 ldapsearch -x -LLL -H "$(slapd_uri debian)" -b "$suffix" \
    '(uid=joe)' sn | grep -c '^sn: joe')" 1 "others may what they might"

# In step, also with what was changed while it was away.
ldap_set debian uid=joe,$people mail joe2@example.com
comes "permit account" "a change" $desk joe joe2@example.com
stops "mayrelayd stops"
ldap_set debian uid=joe,$people mail joe3@example.com
ldap_delete debian uid=ann,$people
start_mayrelayd
count_from_start
comes "permit account" "a change meanwhile" $desk joe joe3@example.com
comes "reject account-unknown" "a deletion meanwhile" \
    $desk ann ann@example.com
resumed_only "meanwhile"
