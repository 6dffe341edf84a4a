#!/usr/bin/env bash
# What:      float_to_list with decimals and io_lib:format round the same float to different texts,
#            and the former rounds up what is below the half.
# Versions:  Erlang/OTP 25, stdlib 4.2 (erlang-base of Debian 12)
# Expected:  The documentation of float_to_list: decimals is the number of digits past the decimal
#            point. 1.45 is 1.4499999999999999556 as a float, so one digit is 1.4; that is what
#            io_lib:format and C give.
# Seen:      "1.5" from float_to_list and float_to_binary, "1.4" from io_lib:format. Of the hundred
#            floats 0.05, 0.15, ..., 9.95 they differ on six.
# Hurts:     Reports and invoices whose columns are made by one function and whose sums by the other.
set -euo pipefail
trap 'exit 2' ERR # it cannot be tried here

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
    One = fun(X) -> float_to_list(X, [{decimals, 1}]) end,
    Other = fun(X) -> lists:flatten(io_lib:format("~.1f", [X])) end,
    Floats = [(2 * N + 1) / 20 || N <- lists:seq(0, 99)],
    Differ = length([X || X <- Floats, One(X) =/= Other(X)]),
    io:format("~s ~s, ~p of 100 differ", [One(1.45), Other(1.45), Differ]),
    halt().
ERL

erlc finding.erl
expected="1.4 1.4, 0 of 100 differ"
seen=$(erl -noshell -s finding main)
known="1.5 1.4, 6 of 100 differ"

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
