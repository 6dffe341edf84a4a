%% Plays stories of timers with those of Erlang, see core/timer_otp_test.go.
-module(timers).
-export([play/1]).

%% A story has a step at each instant and a half; timers are due at instants. The
%% steps are themselves messages of timers, so what was due before a step is in
%% the mailbox before it, however late both are. A step that ends after the next
%% instant has begun proves nothing: then all is played again with longer
%% instants.
play(Steps) -> play(Steps, 8).

play(Steps, Instant) ->
    Base = erlang:monotonic_time(millisecond) + Instant,
    S = #{base => Base, instant => Instant, timers => #{}, fired => []},
    at(S, 1, Instant div 2, step),
    try steps(Steps, 1, S)
    catch throw:late -> play(Steps, 2 * Instant)
    end.

%% at has a timer of its own send a message at an instant and some milliseconds.
at(#{base := Base, instant := Instant}, N, More, Message) ->
    erlang:start_timer(Base + N * Instant + More, self(), Message, [{abs, true}]).

steps([], _, S) -> forget(S), [];
steps([Step | Rest], N, S = #{base := Base, instant := Instant, fired := Fired}) ->
    receive
        {timeout, _, {watched, Name}} -> steps([Step | Rest], N, S#{fired := [Name | Fired]});
        {timeout, _, step} ->
            {Answer, Next} = do(Step, N, S),
            case erlang:monotonic_time(millisecond) < Base + (N + 1) * Instant of
                true -> ok;
                false -> forget(Next), throw(late)
            end,
            at(Next, N + 1, Instant div 2, step),
            Seen = lists:join("; ", [Answer | [["fired ", lists:join(", ", [atom_to_list(T) || T <- lists:reverse(Fired)])] || Fired =/= []]]),
            [Seen | steps(Rest, N + 1, Next#{fired := []})]
    end.

%% forget leaves nothing for another play.
forget(#{timers := Timers}) ->
    [erlang:cancel_timer(Ref) || {Ref, _} <- maps:values(Timers)],
    flush().

flush() -> receive {timeout, _, _} -> flush() after 0 -> ok end.

do({set, Name, How, D}, N, S = #{timers := Timers}) ->
    {"ok", S#{timers := Timers#{Name => {at(S, N + D, 0, {How, Name}), How}}}};
do({stop, Name}, _, S) ->
    {answer(cancel(Name, S)), S};
do({reset, Name, D}, N, S = #{timers := Timers}) ->
    {_, How} = map_get(Name, Timers),
    case cancel(Name, S) of
        true -> {"true", S#{timers := Timers#{Name := {at(S, N + D, 0, {How, Name}), How}}}};
        false -> {"false", S}
    end;
do({wait}, _, S) -> {"ok", S};
do({read, Name}, _, S) ->
    receive {timeout, _, {unread, Name}} -> {"fired", S}
    after 0 -> {"nothing", S}
    end.

cancel(Name, #{timers := Timers}) ->
    {Ref, _} = map_get(Name, Timers),
    is_integer(erlang:cancel_timer(Ref)).

answer(Bool) -> atom_to_list(Bool).
