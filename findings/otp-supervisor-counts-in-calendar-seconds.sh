#!/usr/bin/env bash
# What:      A supervisor measures its period in whole seconds of the clock: restarts that are 1.45 s
#            apart may count as within one second while others that are 1.35 s apart do not.
# Versions:  Erlang/OTP 25, stdlib 4.2 (erlang-base of Debian 12)
# Expected:  The documentation of supervisor: it gives up if more than MaxR restarts occur within
#            MaxT seconds. With intensity 1 and period 1, two restarts more than a second apart are
#            never too many.
# Seen:      Times are cut to seconds and their difference is compared with the period: just after
#            the tick of a second the period lasts almost two seconds, just before it barely more
#            than one. A period of 5 may last almost 6.
# Hurts:     Whoever sets short periods, and tests of supervisors that pass or fail with the time of
#            day.
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
-behaviour(supervisor).
-export([main/0, init/1, start_child/0]).

init(_) ->
    {ok, {#{intensity => 1, period => 1}, [#{id => child, start => {?MODULE, start_child, []}}]}}.

start_child() ->
    {ok, spawn_link(fun() -> receive fail -> exit(failed) end end)}.

%% Waits until After milliseconds after the next tick of a second.
tick(After) ->
    erlang:send_after(After, self(), go, []),
    receive go -> ok end.

align(Offset) ->
    Next = (erlang:monotonic_time(second) + 1) * 1000 + Offset,
    erlang:send_after(Next, self(), go, [{abs, true}]),
    receive go -> ok end.

fail(Supervisor) ->
    [{child, Child, _, _}] = supervisor:which_children(Supervisor),
    Monitor = monitor(process, Child),
    Child ! fail,
    receive {'DOWN', Monitor, _, _, _} -> ok end.

twice(Offset, Apart) ->
    {ok, Supervisor} = supervisor:start_link(?MODULE, []),
    Monitor = monitor(process, Supervisor),
    align(Offset),
    fail(Supervisor),
    tick(Apart),
    fail(Supervisor),
    receive {'DOWN', Monitor, _, _, _} -> gives_up
    after 300 -> exit(Supervisor, kill), lives
    end.

main() ->
    logger:set_primary_config(level, none),
    process_flag(trap_exit, true),
    io:format("1.45 s apart: ~p, 1.35 s apart: ~p", [twice(20, 1450), twice(700, 1350)]),
    halt().
ERL

erlc finding.erl
expected="1.45 s apart: lives, 1.35 s apart: lives"
seen=$(erl -noshell -s finding main)
known="1.45 s apart: gives_up, 1.35 s apart: lives"

echo "version:  $version"
echo "expected: $expected"
echo "seen:     $seen"
[[ $seen == "$known" ]] || { echo "changed: known was: $known" >&2; exit 1; }
