%% The workloads on the BEAM: the same work as the workloads of
%% `understudy bench`. Prints one JSON object.
-module(bench).
-export([main/1, pong/0, ring_node/1, sender/3, counter/2, nothing/0, idle/0, chain_node/2, loop/0]).

main([Name, Scale]) ->
    {Value, Unit} = run(list_to_atom(Name), list_to_float(Scale)),
    io:format("{\"workload\":\"~s\",\"engine\":\"beam\",\"unit\":\"~s\",\"value\":~.3f}~n", [Name, Unit, float(Value)]),
    halt(0).

n(Base, S) -> max(1, round(Base * S)).

%% per_op runs a tenth of the work to warm up, then measures the whole.
per_op(F, N) ->
    F(max(10, N div 10)),
    erlang:garbage_collect(),
    elapsed(fun() -> F(N) end) / N.

elapsed(F) ->
    T0 = erlang:monotonic_time(nanosecond),
    F(),
    erlang:monotonic_time(nanosecond) - T0.

run('ping-pong-raw', S) -> {per_op(fun(N) -> ping(N, 1) end, n(300000, S)), "ns/op"};
run('ping-pong', S) -> {per_op(fun(N) -> ping(N, 1) end, n(300000, S)), "ns/op"};
run('ping-pong-2-workers', S) -> {per_op(fun(N) -> ping(N, 1) end, n(300000, S)), "ns/op"};
run('payload-1KB', S) ->
    Map = maps:from_list([{name, binary:copy(<<"x">>, 64)} |
        [{list_to_atom(lists:flatten(io_lib:format("field_~2..0w", [I]))), I} || I <- lists:seq(0, 23)]]),
    {per_op(fun(N) -> ping(N, Map) end, n(30000, S)), "ns/op"};
run('payload-1MB', S) ->
    %% Binaries over 64 bytes are not copied but shared, as our strings are.
    Binary = binary:copy(<<"m">>, 1 bsl 20),
    {per_op(fun(N) -> ping(N, Binary) end, n(3000, S)), "ns/op"};
run(ring, S) -> {per_op(fun(N) -> ring(N, 100) end, n(3000, S)), "ns/op"};
run('fan-in', S) -> {per_op(fun(N) -> fan_in(N, 4) end, n(1000000, S)), "ns/op"};
run('fan-out', S) -> {per_op(fun(N) -> fan_out(N, 100) end, n(500000, S)), "ns/op"};
run(spawn, S) -> {per_op(fun spawn_monitors/1, n(100000, S)), "ns/op"};
run(timers, S) -> {per_op(fun timers/1, n(100000, S)), "ns/op"};
run(idle, S) ->
    N = n(100000, S),
    idle_many(1000),
    erlang:garbage_collect(),
    Before = erlang:memory(total),
    idle_many(N),
    erlang:garbage_collect(),
    {(erlang:memory(total) - Before) / N, "B/process"};
run('cascade-chain', S) -> {cascade(n(100000, S), chain), "ns/process"};
run('cascade-star', S) -> {cascade(n(100000, S), star), "ns/process"};
run(cpu, S) ->
    fib(20),
    {elapsed(fun() -> fib(fib_arg(27, S)) end) / 1.0e6, "ms"};
run('cpu-2-workers', S) ->
    One = elapsed(fun() -> computing(1, fib_arg(29, S)) end),
    Two = elapsed(fun() -> computing(2, fib_arg(29, S)) end),
    {2 * One / Two, "ratio"};
run('send-among-million', S) ->
    N = n(300000, 1.0),
    idle_many(10),
    Few = per_op(fun(M) -> ping(M, 1) end, N),
    idle_many(n(1000000, S)),
    Many = per_op(fun(M) -> ping(M, 1) end, N),
    {Many / Few, "ratio"};
run(fairness, S) ->
    [spawn(?MODULE, loop, []) || _ <- lists:seq(1, 100)],
    Echo = spawn(?MODULE, pong, []),
    %% The asking side stands outside: it does not queue behind the loops.
    process_flag(priority, high),
    N = n(300, S),
    L = lists:sort([latency(Echo) || _ <- lists:seq(1, N)]),
    {lists:nth(max(1, trunc(0.99 * (N - 1)) + 1), L) / 1.0e6, "ms"}.

latency(Echo) ->
    elapsed(fun() -> Echo ! {self(), 1}, receive {Echo, _} -> ok end end).

pong() ->
    receive {From, V} -> From ! {self(), V}, pong() end.

ping(N, Payload) ->
    Peer = spawn(?MODULE, pong, []),
    ping_loop(Peer, N, Payload),
    exit(Peer, kill).

ping_loop(_, 0, _) -> ok;
ping_loop(Peer, N, Payload) ->
    Peer ! {self(), Payload},
    receive {Peer, _} -> ok end,
    ping_loop(Peer, N - 1, Payload).

ring_node(Next) ->
    receive Token -> Next ! Token, ring_node(Next) end.

ring(Rounds, Size) ->
    {First, Nodes} = lists:foldl(fun(_, {Next, All}) ->
        P = spawn(?MODULE, ring_node, [Next]), {P, [P | All]}
    end, {self(), []}, lists:seq(2, Size)),
    [begin First ! {token, I}, receive {token, I} -> ok end end || I <- lists:seq(1, Rounds)],
    [exit(P, kill) || P <- Nodes].

sender(_, 0, _) -> ok;
sender(To, N, I) -> To ! {n, I}, sender(To, N - 1, I + 1).

fan_in(N, Senders) ->
    [spawn(?MODULE, sender, [self(), N div Senders, 1]) || _ <- lists:seq(1, Senders)],
    drain(N div Senders * Senders).

drain(0) -> ok;
drain(N) -> receive {n, _} -> drain(N - 1) end.

counter(To, N) -> drain(N), To ! done.

fan_out(N, Receivers) ->
    Each = N div Receivers,
    All = [spawn(?MODULE, counter, [self(), Each]) || _ <- lists:seq(1, Receivers)],
    rounds(Each, All),
    [receive done -> ok end || _ <- All].

rounds(0, _) -> ok;
rounds(I, All) -> [P ! {n, I} || P <- All], rounds(I - 1, All).

nothing() -> ok.

spawn_monitors(0) -> ok;
spawn_monitors(N) ->
    {P, R} = spawn_monitor(?MODULE, nothing, []),
    receive {'DOWN', R, process, P, _} -> ok end,
    spawn_monitors(N - 1).

timers(N) ->
    [erlang:start_timer(1, self(), t) || _ <- lists:seq(1, N)],
    drain_timers(N).

drain_timers(0) -> ok;
drain_timers(N) -> receive {timeout, _, t} -> drain_timers(N - 1) end.

idle() -> receive _ -> ok end.

idle_many(0) -> ok;
idle_many(N) -> spawn(?MODULE, idle, []), idle_many(N - 1).

chain_node(Boss, Peer) ->
    case Peer of
        none -> ok;
        _ -> link(Peer), Boss ! linked
    end,
    receive _ -> ok end.

%% The end is seen by the count of processes, looked at every millisecond: a
%% monitor on each of them would be work that our side does not do.
cascade(N, Kind) ->
    Before = erlang:system_info(process_count),
    First = spawn(?MODULE, chain_node, [self(), none]),
    build(N - 1, First, First, Kind),
    erlang:garbage_collect(),
    elapsed(fun() -> exit(First, kill), gone(Before) end) / N.

gone(Before) ->
    case erlang:system_info(process_count) =< Before of
        true -> ok;
        false -> receive after 1 -> gone(Before) end
    end.

build(0, _, _, _) -> ok;
build(N, First, Last, Kind) ->
    P = spawn(?MODULE, chain_node, [self(), Last]),
    receive linked -> ok end,
    build(N - 1, First, case Kind of chain -> P; star -> First end, Kind).

%% Each step of the scale by the golden ratio is one more call level.
fib_arg(Base, S) -> max(1, Base + round(math:log(S) / math:log((1 + math:sqrt(5)) / 2))).

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).

computing(Processes, N) ->
    Refs = [element(2, spawn_monitor(fun() -> exit(fib(N)) end)) || _ <- lists:seq(1, Processes)],
    [receive {'DOWN', R, process, _, Result} when is_integer(Result) -> ok end || R <- Refs].

loop() -> loop().
