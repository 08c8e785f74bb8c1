#!/bin/bash
# contrib/install-packages refuses before it changes anything; dpkg and apt are
# played by scripts that note what they are asked.
. "$(dirname "$0")/../lib.sh"

policy_rc=/usr/sbin/policy-rc.d
if [ -e "$policy_rc" ]; then
	"$policy_rc" absent start > /dev/null 2>&1 < /dev/null
	[ "$?" -eq 101 ] || cannot_run "$policy_rc lets services start"
fi

mkdir "$W/play"
play()			# NAME: the program is what stands on standard input
{
	{ echo '#!/bin/sh'; cat; } > "$W/play/$1" && chmod 755 "$W/play/$1"
}

play dpkg-query <<-'END'
	case $* in *" here") echo install ok installed ;; *) exit 1 ;; esac
END
play apt-get <<-END
	echo "\$*" >> "$W/asked"
	case "\$*" in
	*--simulate*)	cat "$W/plan" ;;
	esac
END
play id <<-END
	cat "$W/uid"
END

packages()		# PACKAGE...: sets said and status
{
	: > "$W/asked"
	said=$(PATH=$W/play:$PATH "$TOP/contrib/install-packages" "$@" 2>&1)
	status=$?
}

echo 0 > "$W/uid"
packages here
is "$status $said" "0 " "what is there already"
is "$(cat "$W/asked")" "" "needs no apt"

cat > "$W/plan" <<-END
	Remv exim4-base [4.96]
	Remv exim4-config [4.96]
	Inst postfix (3.7)
END
packages here postfix
is "$status" 1 "a package that would go: refused"
like "$said" "apt would remove exim4-base exim4-config to install postfix;" \
    "and which is said"
is "$(grep -vc -e --simulate "$W/asked")" 0 "apt was only asked what it would do"

echo 1000 > "$W/uid"
packages here postfix
is "$status" 1 "not as root: refused"
like "$said" "missing; .* as root: postfix" "and what is missing is said"
is "$(cat "$W/asked")" "" "before apt is asked"
