%% Plays stories of links, monitors, cancels and kills with processes of Erlang,
%% see core/exit_otp_test.go.
-module(exits).
-export([play/1]).

%% Processes p1, p3, ... note what they are told as it comes, and end normally
%% when they are asked to; p2, p4, ... read nothing until they are told to.
play({Names, Steps}) ->
    S = lists:foldl(fun(Name, S) -> cast(Name, spawn(program(Name)), S) end,
                    #{pids => #{}, names => #{}, ends => [], graces => [], now => 0, traps => []}, Names),
    {Seen, Last} = lists:mapfoldl(fun step/2, S, Steps),
    [exit(Pid, kill) || Pid <- maps:values(maps:get(pids, Last))],
    Seen.

cast(Name, Pid, S = #{pids := Pids, names := Names}) ->
    monitor(process, Pid),
    S#{pids := Pids#{Name => Pid}, names := Names#{Pid => Name}}.

step(Step, S) ->
    {Answer, Next} = do(Step, S),
    settle(Answer, Next, changed).

%% settle gives what was seen, once nothing more can come: every process has
%% answered, so it has dealt with all that arrived before, and has neither link
%% nor monitor to one that has ended; and that twice, with nothing seen in between.
settle(Answer, S0, Before) ->
    S = ends(S0),
    Living = [{Name, Pid} || {Name, Pid} <- lists:sort(maps:to_list(maps:get(pids, S))), is_process_alive(Pid)],
    News = [{Name, ask(Pid, news)} || {Name, Pid} <- Living],
    Still = lists:all(fun({_, Pid}) -> told(Pid) end, Living)
        andalso length(Living) + length(maps:get(ends, S)) =:= maps:size(maps:get(pids, S)),
    case Still of
        true when Before =:= News -> seen(Answer, News, S);
        true -> settle(Answer, S, News);
        false -> erlang:yield(), settle(Answer, S, changed)
    end.

ends(S = #{ends := Ends}) ->
    receive {'DOWN', _, process, Pid, Reason} -> ends(S#{ends := [{Pid, Reason} | Ends]})
    after 0 -> S
    end.

told(Pid) ->
    case process_info(Pid, [links, monitors]) of
        [{links, Links}, {monitors, Monitors}] ->
            lists:all(fun is_process_alive/1, Links ++ [Peer || {process, Peer} <- Monitors]);
        undefined -> false
    end.

seen(Answer, News, S = #{ends := Ends, names := Names}) ->
    [ask(Pid, forget) || Pid <- maps:values(maps:get(pids, S)), is_process_alive(Pid)],
    Reported = maps:get(reported, S, 0),
    New = [[name(Pid, Names), " ", atom_to_list(Reason)] || {Pid, Reason} <- lists:sublist(Ends, length(Ends) - Reported)],
    Parts = [Answer]
        ++ [["ended ", lists:join(", ", lists:reverse(New))] || New =/= []]
        ++ [[atom_to_list(Name), ": ", lists:join(", ", [event(E, Names) || E <- lists:reverse(List)])] || {Name, List} <- News, List =/= []],
    {lists:join("; ", Parts), S#{reported => length(Ends)}}.

name(Pid, Names) -> atom_to_list(map_get(Pid, Names)).

event({Kind, Pid, Reason}, Names) -> [Kind, " ", name(Pid, Names), " ", atom_to_list(Reason)];
event({Kind, Pid}, Names) -> [Kind, " ", name(Pid, Names)].

do({pass, N}, S = #{now := Now, graces := Graces}) ->
    Due = [Pid || {At, Pid} <- Graces, At =< Now + N],
    [exit(Pid, kill) || Pid <- Due],
    {"ok", S#{now := Now + N, graces := [G || G = {At, _} <- Graces, At > Now + N]}};
do({spawn, Who, How, Name}, S) ->
    Pid = ask(Who, {spawn, program(Name), How}, S),
    {"ok", cast(Name, Pid, S)};
do({cancel, Who, Peer, Grace}, S = #{now := Now, graces := Graces, traps := Traps, pids := Pids}) ->
    Pid = map_get(Peer, Pids),
    Answer = ask(Who, {cancel, Pid, lists:member(Peer, Traps), Grace}, S),
    case is_integer(Grace) andalso Grace > 0 of
        false -> {Answer, S};
        true -> {Answer, S#{graces := [{Now + Grace, Pid} | Graces]}}
    end;
do({trap, Who, On}, S = #{traps := Traps}) ->
    Rest = lists:delete(Who, Traps),
    {ask(Who, {trap, On}, S), S#{traps := case On of on -> [Who | Rest]; off -> Rest end}};
do({read, Who}, S = #{names := Names}) ->
    {lists:join(", ", [event(E, Names) || E <- ask(Who, read, S)]), S};
do({What, Who, Peer}, S = #{pids := Pids}) -> {ask(Who, {What, map_get(Peer, Pids)}, S), S};
do({is_killed, Who}, S = #{pids := Pids}) -> exit(map_get(Who, Pids), kill), {"ok", S};
do({Ends, Who}, S = #{pids := Pids}) ->
    Pid = map_get(Who, Pids),
    Pid ! {self(), Ends},
    gone(Pid),
    {"ok", S}.

gone(Pid) ->
    case is_process_alive(Pid) of
        true -> erlang:yield(), gone(Pid);
        false -> ok
    end.

ask(Who, Request, #{pids := Pids}) -> ask(map_get(Who, Pids), Request).
ask(Pid, Request) ->
    Ref = monitor(process, Pid),
    Pid ! {self(), Ref, Request},
    receive
        {Ref, Answer} -> demonitor(Ref, [flush]), Answer;
        {'DOWN', Ref, process, Pid, _} -> "ok"
    end.

%% Processes.

program(Name) ->
    Lazy = lists:member(Name, [p2, p4, p6, p8]),
    Player = self(),
    fun() -> process(#{lazy => Lazy, player => Player, news => [], monitors => #{}}) end.

process(S = #{lazy := true}) ->
    receive
        {From, Ref, Request} when is_reference(Ref) -> request(From, Ref, Request, S);
        {_, exits} -> exit(normal);
        {_, crashes} -> exit(crash)
    end;
process(S = #{news := News, monitors := Monitors}) ->
    receive
        {From, Ref, Request} when is_reference(Ref) -> request(From, Ref, Request, S);
        {_, exits} -> exit(normal);
        {_, crashes} -> exit(crash);
        Message ->
            case event(Message) of
                none -> process(S);
                cancel -> exit(normal);
                Event = {"EXIT", Pid, _} -> process(S#{news := [Event | News], monitors := maps:remove(Pid, Monitors)});
                Event -> process(S#{news := [Event | News]})
            end
    end.

%% event gives a message as ours would have it. A link that ends normally is
%% silent there (5.5), and CANCEL comes to all (4.1): to those that do not trap
%% exits it comes as a message.
event({'DOWN', _, process, Pid, Reason}) -> {"EXIT", Pid, Reason};
event({'EXIT', _, shutdown}) -> cancel;
event({'EXIT', _, normal}) -> none;
event({'EXIT', Pid, Reason}) -> {"LINK_DOWN", Pid, Reason};
event({hello, Pid}) -> {"hello", Pid};
event(cancel) -> cancel.

request(From, Ref, Request, S) ->
    {Answer, Next} = request(Request, S),
    From ! {Ref, Answer},
    process(Next).

request(news, S = #{news := News}) -> {News, S};
request(forget, S) -> {ok, S#{news := []}};
request(read, S = #{monitors := Monitors}) ->
    Read = read(),
    {Read, S#{monitors := maps:without([Pid || {"EXIT", Pid, _} <- Read], Monitors)}};
request({spawn, Fun, How}, S = #{monitors := Monitors}) ->
    case spawn_opt(Fun, How) of
        {Pid, Ref} -> {Pid, S#{monitors := Monitors#{Pid => Ref}}};
        Pid -> {Pid, S}
    end;
request({trap, On}, S) -> process_flag(trap_exit, On =:= on), {"ok", S};
request({link, Pid}, S) ->
    Alive = is_process_alive(Pid),
    Answer = try link(Pid) of
                 true when Alive -> "ok";
                 true -> receive {'EXIT', Pid, noproc} -> "not found" end
             catch error:noproc -> "not found"
             end,
    {Answer, S};
request({unlink, Pid}, S) ->
    unlink(Pid),
    receive {'EXIT', Pid, Reason} when Reason =/= shutdown -> ok after 0 -> ok end,
    {"ok", S};
request({monitor, Pid}, S = #{monitors := Monitors}) ->
    Alive = is_process_alive(Pid),
    Ref = monitor(process, Pid),
    case Monitors of
        _ when not Alive -> receive {'DOWN', Ref, process, Pid, noproc} -> {"not found", S} end;
        #{Pid := _} -> demonitor(Ref, [flush]), {"already monitoring", S}; % 6.2
        _ when Pid =:= self() -> {"ok", S};
        _ -> {"ok", S#{monitors := Monitors#{Pid => Ref}}}
    end;
request({demonitor, Pid}, S = #{monitors := Monitors}) ->
    case Monitors of
        #{Pid := Ref} -> demonitor(Ref, [flush]), {"ok", S#{monitors := maps:remove(Pid, Monitors)}};
        _ -> {"ok", S}
    end;
request({tell, Pid}, S) ->
    case is_process_alive(Pid) of
        true -> Pid ! {hello, self()}, {"ok", S};
        false -> {"not found", S} % 3.2; to send to one that has ended is no error in Erlang
    end;
request({kills, Pid}, S) ->
    case is_process_alive(Pid) of
        true -> exit(Pid, kill), {"ok", S};
        false -> {"not found", S} % 7.10; likewise
    end;
request({cancel, Pid, Traps, Grace}, S) ->
    case is_process_alive(Pid) of
        false -> {"not found", S}; % 7.7; likewise
        true ->
            process_flag(priority, high), % nobody comes in between (7.2)
            case Traps of
                true -> exit(Pid, shutdown);
                false -> Pid ! cancel
            end,
            [exit(Pid, kill) || Grace =:= 0],
            process_flag(priority, normal),
            {"ok", S}
    end.

%% read gives the events that have not been read, in order.
read() ->
    receive
        {_, _, _} = Message when element(1, Message) =:= 'EXIT' -> read(event(Message));
        {'DOWN', _, _, _, _} = Message -> read(event(Message));
        {hello, _} = Message -> read(event(Message));
        cancel -> read(cancel)
    after 0 -> []
    end.

read(none) -> read();
read(cancel) -> [{"CANCEL", self()} | read()];
read(Event) -> [Event | read()].
