#!/usr/bin/env bash
# What:      Times before 1970 with a fraction of a second are written and read wrong by calendar: a
#            millisecond before 1970 becomes one after it.
# Versions:  Erlang/OTP 25, stdlib 4.2 (erlang-base of Debian 12)
# Expected:  The documentation of calendar: system_time_to_rfc3339 converts a system time into an RFC
#            3339 timestamp, rfc3339_to_system_time does the reverse. -1 in milliseconds is
#            1969-12-31T23:59:59.999Z.
# Seen:      The fraction is taken without its sign and put behind seconds that are rounded towards
#            zero: -1 and 1 give the same text, and 23:59:59.999 is read as -1999.
# Hurts:     Whoever stores dates of birth or archive data with fractions in this form: up to two
#            seconds off, and not in order.
set -euo pipefail

command -v erlc >/dev/null || { echo "needs Erlang (Debian: apt-get install erlang-base)" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
version="OTP $(erl -noshell -eval 'application:load(stdlib), {ok, V} = application:get_key(stdlib, vsn), io:put_chars([erlang:system_info(otp_release), ", stdlib ", V]), halt().')"
[[ $version == "OTP 25, stdlib 4.2" ]] || echo "note: known of OTP 25, stdlib 4.2"

cat > finding.erl <<'ERL'
-module(finding).
-export([main/0]).

main() ->
    Ms = [{unit, millisecond}],
    io:format("~s ~s ~p", [
        calendar:system_time_to_rfc3339(-1, [{offset, "Z"} | Ms]),
        calendar:system_time_to_rfc3339(1, [{offset, "Z"} | Ms]),
        calendar:rfc3339_to_system_time("1969-12-31T23:59:59.999Z", Ms)]),
    halt().
ERL

erlc finding.erl
expected="1969-12-31T23:59:59.999Z 1970-01-01T00:00:00.001Z -1"
seen=$(erl -noshell -s finding main)
known="1970-01-01T00:00:00.001Z 1970-01-01T00:00:00.001Z -1999"

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
