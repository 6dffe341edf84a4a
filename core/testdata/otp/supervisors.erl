%% Plays histories with the supervisors of OTP, see core/supervisor_otp_test.go.
-module(supervisors).
-export([play/1, init/1, leaf/3, start_leaf/3, start_sup/4]).

play({Tree = {Strategy, _, _, _, _}, Actions}) ->
    process_flag(trap_exit, true),
    Log = spawn_link(fun() -> log(#{seen => [], starts => #{}, pids => #{}, fails => #{f => [1]}, declines => #{}, leaves => #{}, over => [], hold => no}) end),
    S = #{log => Log, clock => clock:new(), simple => Strategy =:= simple_one_for_one},
    Top = case start_sup(Log, maps:get(clock, S), top, Tree) of
              {ok, Pid} -> Pid;
              {error, _} -> call(Log, {note, "end not_started"}), none
          end,
    [settle(Log, Top, []) | [settle(Log, Top, act(Action, S)) || Action <- Actions]].

%% settle gives what was seen, once nothing more can come of itself: every
%% supervisor has answered a call, so it has dealt with all that arrived before,
%% and has no link any more to a process that has ended, so it will be told of no
%% further end; and that twice, with nothing seen in between. At the end stands
%% the answer to the request that was made, if one was.
settle(Log, Top, Asked) -> settle(Log, Top, Asked, changed).
settle(Log, Top, Asked, Before) ->
    Supervisors = [Sup || Sup <- call(Log, supervisors), answers(Sup)],
    receive {'EXIT', Top, Reason} -> call(Log, {note, io_lib:format("end ~p", [Reason])})
    after 0 -> ok
    end,
    {Count, Ending} = call(Log, state),
    case Ending =:= [] andalso not lists:any(fun is_process_alive/1, Asked) andalso lists:all(fun told/1, [self() | Supervisors]) of
        true when Before =:= {Count, Supervisors} ->
            Answers = [receive {answer, Pid, Answer} -> ["= ", Answer] end || Pid <- Asked],
            lists:join(", ", call(Log, take) ++ Answers);
        true -> settle(Log, Top, Asked, {Count, Supervisors});
        false -> erlang:yield(), settle(Log, Top, Asked, changed)
    end.

answers(Pid) ->
    try sys:get_state(Pid, infinity) of _ -> true
    catch exit:_ -> false
    end.

told(Pid) ->
    case process_info(Pid, links) of
        {links, Links} -> lists:all(fun(L) -> not is_pid(L) orelse is_process_alive(L) end, Links);
        undefined -> false
    end.

%% act lets something happen and gives those who wait for the answer to a request.
act({sleep, Ms}, #{clock := Clock}) -> clock:pass(Clock, Ms div 1000), [];
act({crash, Id}, #{log := Log}) -> tell(call(Log, {pid, Id}), crash);
act({exit, Id}, #{log := Log}) -> tell(call(Log, {pid, Id}), exit);
act({stop}, #{log := Log}) -> exit(call(Log, {pid, top}), shutdown), [];
act({while_starting, First, Rest}, S = #{log := Log}) ->
    %% The first start that follows of the first action is held back.
    call(Log, hold),
    act(First, S),
    pause(),
    Asked = case call(Log, holds) of
                true -> lists:append([begin Pids = act(Action, S), pause(), Pids end || Action <- Rest]);
                false -> []
            end,
    call(Log, release),
    Asked;
act({Request, Sup, Id}, #{log := Log, simple := Simple}) ->
    Pid = call(Log, {pid, Sup}),
    Player = self(),
    [spawn(fun() ->
         Answer = try request(Log, Request, Pid, Simple, Id) of Result -> answer(Request, Result)
                  catch exit:_ -> "shutting_down"
                  end,
         Player ! {answer, self(), Answer}
     end)].

%% pause lets all others run until they wait, but for those that wait for what is
%% held back: there is one scheduler, and each round gives everybody a turn.
pause() -> [erlang:yield() || _ <- lists:seq(1, 300)].

tell(Leaf, What) ->
    Monitor = monitor(process, Leaf),
    Leaf ! What,
    receive {'DOWN', Monitor, process, Leaf, _} -> [] end.

request(_, start, Sup, true, Id) -> supervisor:start_child(Sup, [Id]);
request(Log, start, Sup, false, Id) -> supervisor:start_child(Sup, child(Log, none, {Id, permanent, false, timed, [], [], leaf}));
request(Log, terminate, Sup, true, Id) -> supervisor:terminate_child(Sup, call(Log, {pid, Id}));
request(_, terminate, Sup, false, Id) -> supervisor:terminate_child(Sup, Id);
request(_, restart, Sup, _, Id) -> supervisor:restart_child(Sup, Id);
request(_, delete, Sup, _, Id) -> supervisor:delete_child(Sup, Id);
request(_, which, Sup, _, _) -> lists:reverse(supervisor:which_children(Sup));
request(_, count, Sup, _, _) -> supervisor:count_children(Sup).

answer(which, List) ->
    lists:join("; ", [[atom_to_list(Id), " ", status(Child)] || {Id, Child, _, _} <- List]);
answer(count, N) ->
    lists:join(" ", [io_lib:format("~s ~p", [K, proplists:get_value(K, N)]) || K <- [specs, active, supervisors, workers]]);
answer(_, ok) -> "ok";
answer(_, {ok, _}) -> "ok";
answer(_, {error, {already_started, _}}) -> "already_started";
answer(_, {error, no_start}) -> "failed";
answer(_, {error, Reason}) when is_atom(Reason) -> atom_to_list(Reason);
answer(_, {error, _}) -> "failed".

status(undefined) -> "stopped";
status(restarting) -> "restarting";
status(_) -> "running".

%% Supervisors.

start_sup(Log, Clock, Id, Tree) -> supervisor:start_link(?MODULE, {Log, Clock, Id, Tree}).

init({Log, Clock, Id, {Strategy, Intensity, Period, Auto, Children}}) ->
    clock:use(Clock),
    call(Log, {register, Id, self()}),
    Flags = #{strategy => Strategy, intensity => Intensity, period => Period, auto_shutdown => Auto},
    Specs = case {Strategy, Children} of
                {simple_one_for_one, [{Template, Restart, _, Shutdown, _, _, Kind}]} ->
                    [#{id => Template, start => {?MODULE, start_leaf, [Log, Kind]}, restart => Restart, shutdown => shutdown(Shutdown, Kind)}];
                _ ->
                    [child(Log, Clock, Child) || Child <- Children]
            end,
    {ok, {Flags, Specs}}.

child(Log, _, {Id, Restart, Significant, Shutdown, Fails, Declines, Kind}) when is_atom(Kind) ->
    call(Log, {starts, Id, Fails, Declines}),
    #{id => Id, start => {?MODULE, start_leaf, [Log, Kind, Id]}, restart => Restart, significant => Significant, shutdown => shutdown(Shutdown, Kind)};
child(Log, Clock, {Id, Restart, Significant, timed, _, _, Tree}) ->
    #{id => Id, start => {?MODULE, start_sup, [Log, Clock, Id, Tree]}, restart => Restart, significant => Significant, type => supervisor}.

%% The grace is over for those who do not use it, and never for others.
shutdown(brutal, _) -> brutal_kill;
shutdown(timed, stubborn) -> 0;
shutdown(timed, leaf) -> infinity.

%% Leaves.

start_leaf(Log, Kind, Id) -> proc_lib:start_link(?MODULE, leaf, [Log, Kind, Id]).

leaf(Log, Kind, Id) ->
    process_flag(trap_exit, true),
    [Parent | _] = get('$ancestors'),
    case call(Log, {starting, Id, self()}) of
        starts -> proc_lib:init_ack({ok, self()}), leaf(Log, Kind, Id, Parent);
        declines -> proc_lib:init_ack(ignore);
        fails -> proc_lib:init_ack({error, no_start})
    end.

leaf(Log, Kind, Id, Parent) ->
    receive
        crash -> over(Log, Id, crash);
        exit -> over(Log, Id, normal);
        {'EXIT', Parent, shutdown} when Kind =:= stubborn -> leaf(Log, Kind, Id, Parent);
        {'EXIT', Parent, Reason} -> over(Log, Id, Reason)
    end.

over(Log, Id, Reason) ->
    call(Log, {over, io_lib:format("-~s ~s", [Id, Reason]), self()}),
    exit(Reason).

%% The log: what was seen, who is who, and which starts fail.

call(Log, Request) ->
    Ref = make_ref(),
    Log ! {self(), Ref, Request},
    receive {Ref, Answer} -> Answer end.

log(S) ->
    receive {From, Ref, Request} ->
        case log(Request, lost(S)) of
            {hold, Next} -> log(Next#{hold := {From, Ref, Request}});
            {Answer, Next} -> From ! {Ref, Answer}, log(Next)
        end
    end.

%% lost notes the leaves that were killed, before anything that follows from it.
lost(S = #{leaves := Leaves}) ->
    case lists:all(fun({_, Pid}) -> is_process_alive(Pid) end, maps:values(Leaves)) of
        true -> S;
        false ->
            receive {'DOWN', Monitor, process, _, Reason} ->
                {{Id, _}, Rest} = maps:take(Monitor, Leaves),
                Next = S#{leaves := Rest},
                case Reason of
                    killed -> lost(element(2, log({note, ["-", atom_to_list(Id), " killed"]}, Next)));
                    _ -> lost(Next)
                end
            end
    end.

log({note, Text}, S = #{seen := Seen}) -> {ok, S#{seen := [Text | Seen]}};
log({over, Text, Pid}, S = #{over := Over}) -> log({note, Text}, S#{over := [Pid | Over]});
log(take, S = #{seen := Seen}) -> {lists:reverse(Seen), S#{seen := []}};
log(state, S = #{seen := Seen, over := Over}) ->
    Ending = [Pid || Pid <- Over, is_process_alive(Pid)],
    {{length(Seen), Ending}, S#{over := Ending}};
log({pid, Id}, S = #{pids := Pids}) -> {element(2, maps:get(Id, Pids)), S};
log(supervisors, S = #{pids := Pids}) -> {[Pid || {supervisor, Pid} <- maps:values(Pids)], S};
log({register, Id, Pid}, S = #{pids := Pids}) -> {ok, S#{pids := Pids#{Id => {supervisor, Pid}}}};
log({starts, Id, Fails, Declines}, S = #{fails := F, declines := D}) ->
    {ok, S#{fails := maps:merge(F, maps:from_list([{Id, Fails} || Fails =/= []])), declines := D#{Id => Declines}}};
log(hold, S) -> {ok, S#{hold := next}};
log(holds, S = #{hold := Hold}) -> {is_tuple(Hold), S};
log(release, S = #{hold := {From, Ref, Request}}) ->
    {Answer, Next} = log(Request, S#{hold := no}),
    From ! {Ref, Answer},
    {ok, Next};
log(release, S) -> {ok, S#{hold := no}};
log({starting, _, _}, S = #{hold := next}) -> {hold, S};
log({starting, Id, Pid}, S = #{starts := Starts, fails := Fails, declines := Declines, pids := Pids, leaves := Leaves}) ->
    N = maps:get(Id, Starts, 0) + 1,
    {How, Mark} = case {lists:member(N, maps:get(Id, Fails, [])), lists:member(N, maps:get(Id, Declines, []))} of
                      {true, _} -> {fails, "!"};
                      {_, true} -> {declines, "~"};
                      _ -> {starts, "+"}
                  end,
    Next = S#{starts := Starts#{Id => N}, pids := Pids#{Id => {leaf, Pid}}, leaves := Leaves#{monitor(process, Pid) => {Id, Pid}}},
    {How, element(2, log({note, [Mark, atom_to_list(Id)]}, Next))}.
