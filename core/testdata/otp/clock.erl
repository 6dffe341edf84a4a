%% The time that supervisors see. In a real one they measure the period of
%% restarts in whole seconds of the monotonic time. A test that waited for those
%% would be slow, and wrong on a busy machine.
-module(clock).
-export([supervise/0, new/0, use/1, pass/2, monotonic_time/1]).

%% supervise has supervisors that are started from now on ask this module for the
%% time; nothing else of them is changed. It needs the debug information of the
%% module supervisor.
supervise() ->
    case beam_lib:chunks(code:which(supervisor), [abstract_code]) of
        {ok, {supervisor, [{abstract_code, {raw_abstract_v1, Forms}}]}} ->
            case compile:forms(ask(Forms), [binary]) of
                {ok, supervisor, Binary} ->
                    true = code:unstick_mod(supervisor),
                    {module, supervisor} = code:load_binary(supervisor, "supervisor", Binary),
                    ok;
                Error -> {error, Error}
            end;
        Error -> {error, Error}
    end.

ask({remote, L, {atom, M, erlang}, {atom, F, monotonic_time}}) -> {remote, L, {atom, M, clock}, {atom, F, monotonic_time}};
ask(Form) when is_tuple(Form) -> list_to_tuple(ask(tuple_to_list(Form)));
ask([Head | Tail]) -> [ask(Head) | ask(Tail)];
ask(Form) -> Form.

%% new makes a clock, which stands still.
new() -> atomics:new(1, []).

%% use gives the calling process a clock.
use(Clock) -> put(?MODULE, Clock).

%% pass moves a clock on by whole seconds.
pass(Clock, Seconds) -> atomics:add(Clock, 1, Seconds).

%% monotonic_time is the time of the calling process. There is one resolution:
%% seconds, the supervisor's.
monotonic_time(Unit) ->
    case get(?MODULE) of
        undefined -> erlang:monotonic_time(Unit);
        Clock when Unit =:= 1; Unit =:= second -> atomics:get(Clock, 1)
    end.
