%% Plays stories of process groups with pg, see core/group_otp_test.go.
-module(groups).
-export([play/1]).

%% A story names its members and its watchers, which subscribe. A watcher is no
%% member: the pg of OTP 25 has a fault there, which newer ones have not.
play({Members, Watchers, Steps}) ->
    Scopes = #{one => scope(1), two => scope(1)},
    Player = self(),
    Pids = maps:from_list([{Name, spawn(fun() -> member() end)} || Name <- Members]
                          ++ [{Name, spawn(fun() -> watcher(Player, []) end)} || Name <- Watchers]),
    Names = maps:from_list([{Pid, Name} || {Name, Pid} <- maps:to_list(Pids)]),
    Seen = [do(Step, Scopes, Pids, Names) || Step <- Steps],
    [gen_server:stop(Scope) || Scope <- maps:values(Scopes)],
    [exit(Pid, kill) || Pid <- maps:values(Pids)],
    Seen.

%% scope starts a scope under a name that is free: names are atoms, which last.
scope(N) ->
    Name = list_to_atom("scope" ++ integer_to_list(N)),
    case pg:start(Name) of
        {ok, _} -> Name;
        {error, {already_started, _}} -> scope(N + 1)
    end.

do({join, Who, Scope, Groups}, Scopes, Pids, _) ->
    [ok = pg:join(map_get(Scope, Scopes), Group, map_get(Who, Pids)) || Group <- Groups],
    "ok";
do({leave, Who, Scope, Groups}, Scopes, Pids, _) ->
    Left = [pg:leave(map_get(Scope, Scopes), Group, map_get(Who, Pids)) || Group <- Groups],
    case lists:member(ok, Left) of
        true -> "ok";
        false -> "not a member"
    end;
do({members, Scope, Group}, Scopes, _, Names) -> members(pg:get_members(map_get(Scope, Scopes), Group), Names);
do({groups, Scope}, Scopes, _, _) -> lists:join(" ", [atom_to_list(G) || G <- lists:sort(pg:which_groups(map_get(Scope, Scopes)))]);
do({monitor, Who, Scope, Group}, Scopes, Pids, Names) ->
    members(ask(Who, {monitor, map_get(Scope, Scopes), Group}, Pids), Names);
do({events, Who, Scope}, Scopes, Pids, Names) ->
    Present = ask(Who, {events, map_get(Scope, Scopes)}, Pids),
    lists:join(", ", [[atom_to_list(G), " ", members(P, Names)] || {G, P} <- lists:sort(maps:to_list(Present))]);
do({close, Who, N}, _, Pids, _) -> ask(Who, {close, N}, Pids), "ok"; % 18.8: repeated it is true, in pg false
do({read, Who}, _, Pids, Names) ->
    lists:join("; ", [lists:join(", ", [change(C, Names) || C <- Changes]) || Changes <- ask(Who, read, Pids)]);
do({Ends, Who}, Scopes, Pids, _) ->
    Pid = map_get(Who, Pids),
    Monitor = monitor(process, Pid),
    exit(Pid, case Ends of exits -> bye; crashes -> crash; is_killed -> kill end),
    receive {'DOWN', Monitor, process, Pid, _} -> ok end,
    [told(Scope, Pid) || Scope <- maps:values(Scopes)],
    "ok".

%% told returns when a scope has dealt with the end of a process.
told(Scope, Pid) ->
    {monitors, Monitors} = process_info(whereis(Scope), monitors),
    case lists:member({process, Pid}, Monitors) of
        true -> erlang:yield(), told(Scope, Pid);
        false -> _ = sys:get_state(Scope, infinity)
    end.

%% Those who joined last come first in pg.
members(Pids, Names) -> lists:join(" ", [name(Pid, Names) || Pid <- lists:reverse(Pids)]).

change({Kind, Group, Pids}, Names) ->
    lists:join(", ", [[case Kind of join -> "joined "; leave -> "left " end, atom_to_list(Group), " ", name(Pid, Names)] || Pid <- Pids]).

name(Pid, Names) -> atom_to_list(map_get(Pid, Names)).

ask(Who, Request, Pids) ->
    map_get(Who, Pids) ! Request,
    receive {answer, Answer} -> Answer end.

member() ->
    receive never -> ok end.

%% A watcher has subscriptions, each with its scope, the oldest first.
watcher(Player, Subscriptions) ->
    receive
        {monitor, Scope, Group} ->
            {Ref, Members} = pg:monitor(Scope, Group),
            Player ! {answer, Members},
            watcher(Player, Subscriptions ++ [{Scope, Ref}]);
        {events, Scope} ->
            {Ref, Present} = pg:monitor_scope(Scope),
            Player ! {answer, Present},
            watcher(Player, Subscriptions ++ [{Scope, Ref}]);
        {close, N} ->
            {Scope, Ref} = lists:nth(N, Subscriptions),
            Player ! {answer, pg:demonitor(Scope, Ref)},
            watcher(Player, Subscriptions);
        read ->
            Player ! {answer, [changes(Ref) || {_, Ref} <- Subscriptions]},
            watcher(Player, Subscriptions)
    end.

changes(Ref) ->
    receive {Ref, Kind, Group, Pids} -> [{Kind, Group, Pids} | changes(Ref)]
    after 0 -> []
    end.
