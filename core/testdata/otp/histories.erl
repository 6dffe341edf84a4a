#!/usr/bin/env escript
%% Plays histories of supervisors with those of OTP. The argument is a file of
%% terms {Index, Tree, [Action]}; for each step of each history one line
%% Index|Step|Seen is printed. See core/supervisor_history_test.go.
-module(histories).
-mode(compile).
-export([main/1, init/1, leaf/2, start_leaf/2, start_sup/3]).

main([File]) ->
    logger:set_primary_config(level, none),
    {ok, Histories} = file:consult(File),
    Self = self(),
    [spawn(fun() -> Self ! {Index, play(Tree, Actions)} end) || {Index, Tree, Actions} <- Histories],
    [receive {Index, Lines} ->
         [io:format("~p|~p|~s~n", [Index, Step, lists:join(", ", Seen)]) || {Step, Seen} <- lists:enumerate(0, Lines)]
     end || {Index, _, _} <- Histories].

play(Tree, Actions) ->
    process_flag(trap_exit, true),
    Log = spawn_link(fun() -> log(#{seen => [], starts => #{}, pids => #{}, fails => #{f => [1]}}) end),
    Top = case start_sup(Log, top, Tree) of
              {ok, Pid} -> Pid;
              {error, _} -> call(Log, {note, "end not_started"}), none
          end,
    [settle(Log, Top) | [begin act(Log, Action), settle(Log, Top) end || Action <- Actions]].

%% settle gives what was seen once nothing has been added for a while.
settle(Log, Top) -> settle(Log, Top, -1, 0).
settle(Log, _, _, 5) -> call(Log, take);
settle(Log, Top, Before, Same) ->
    receive {'EXIT', Top, Reason} -> call(Log, {note, io_lib:format("end ~p", [Reason])})
    after 20 -> ok
    end,
    case call(Log, count) of
        Before -> settle(Log, Top, Before, Same + 1);
        N -> settle(Log, Top, N, 0)
    end.

act(_, {sleep, Ms}) -> timer:sleep(Ms);
act(Log, {crash, Id}) -> call(Log, {pid, Id}) ! crash;
act(Log, {exit, Id}) -> call(Log, {pid, Id}) ! exit;
act(Log, {stop}) -> exit(call(Log, {pid, top}), shutdown);
act(Log, {Request, Sup, Id}) ->
    Pid = call(Log, {pid, Sup}),
    call(Log, {note, ["= ", answer(Request, request(Log, Request, Pid, simple(Pid), Id))]}).

simple(Sup) -> supervisor:delete_child(Sup, 'no such child') =:= {error, simple_one_for_one}.

request(_, start, Sup, true, Id) -> supervisor:start_child(Sup, [Id]);
request(Log, start, Sup, false, Id) -> supervisor:start_child(Sup, child(Log, {Id, permanent, false, [], leaf}));
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

start_sup(Log, Id, Tree) -> supervisor:start_link(?MODULE, {Log, Id, Tree}).

init({Log, Id, {Strategy, Intensity, Period, Auto, Children}}) ->
    call(Log, {register, Id, self()}),
    Flags = #{strategy => Strategy, intensity => Intensity, period => Period, auto_shutdown => Auto},
    Specs = case {Strategy, Children} of
                {simple_one_for_one, [{Template, Restart, _, _, leaf}]} ->
                    [#{id => Template, start => {?MODULE, start_leaf, [Log]}, restart => Restart}];
                _ ->
                    [child(Log, Child) || Child <- Children]
            end,
    {ok, {Flags, Specs}}.

child(Log, {Id, Restart, Significant, Fails, leaf}) ->
    call(Log, {fails, Id, Fails}),
    #{id => Id, start => {?MODULE, start_leaf, [Log, Id]}, restart => Restart, significant => Significant};
child(Log, {Id, Restart, Significant, _, Tree}) ->
    #{id => Id, start => {?MODULE, start_sup, [Log, Id, Tree]}, restart => Restart, significant => Significant, type => supervisor}.

%% Leaves.

start_leaf(Log, Id) -> proc_lib:start_link(?MODULE, leaf, [Log, Id]).

leaf(Log, Id) ->
    process_flag(trap_exit, true),
    [Parent | _] = get('$ancestors'),
    case call(Log, {starting, Id, self()}) of
        true -> proc_lib:init_ack({ok, self()}), leaf(Log, Id, Parent);
        false -> proc_lib:init_ack({error, no_start}), exit(normal)
    end.

leaf(Log, Id, Parent) ->
    receive
        crash -> over(Log, Id, crash);
        exit -> over(Log, Id, normal);
        {'EXIT', Parent, Reason} -> over(Log, Id, Reason)
    end.

over(Log, Id, Reason) ->
    call(Log, {note, io_lib:format("-~s ~s", [Id, Reason])}),
    exit(Reason).

%% The log: what was seen, who is who, and which starts fail.

call(Log, Request) ->
    Ref = make_ref(),
    Log ! {self(), Ref, Request},
    receive {Ref, Answer} -> Answer end.

log(S) ->
    receive {From, Ref, Request} ->
        {Answer, Next} = log(Request, S),
        From ! {Ref, Answer},
        log(Next)
    end.

log({note, Text}, S = #{seen := Seen}) -> {ok, S#{seen := [Text | Seen]}};
log(take, S = #{seen := Seen}) -> {lists:reverse(Seen), S#{seen := []}};
log(count, S = #{seen := Seen}) -> {length(Seen), S};
log({pid, Id}, S = #{pids := Pids}) -> {maps:get(Id, Pids), S};
log({register, Id, Pid}, S = #{pids := Pids}) -> {ok, S#{pids := Pids#{Id => Pid}}};
log({fails, _, []}, S) -> {ok, S};
log({fails, Id, Starts}, S = #{fails := Fails}) -> {ok, S#{fails := Fails#{Id => Starts}}};
log({starting, Id, Pid}, S = #{starts := Starts, fails := Fails}) ->
    N = maps:get(Id, Starts, 0) + 1,
    Good = not lists:member(N, maps:get(Id, Fails, [])),
    Mark = case Good of true -> "+"; false -> "!" end,
    {_, S1} = log({note, [Mark, atom_to_list(Id)]}, S#{starts := Starts#{Id => N}}),
    {_, S2} = log({register, Id, Pid}, S1),
    {Good, S2}.
