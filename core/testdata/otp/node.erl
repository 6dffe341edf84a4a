#!/usr/bin/env escript
%% A node that plays stories for the tests of core, see core/erlang_test.go.
%%
%% It reads one term a line, {Number, Module, Story}, has Module:play(Story) run
%% in a process of its own, and answers with a line "Number played Seen|Seen|...|",
%% what was seen at each step, when it has been played: in any order. A story that
%% could not be played is answered with "Number failed Reason". The modules lie beside
%% this file. At the end of its input the node ends.
%%
%% First it says "ready", or "ready without clock": time as seen by the
%% supervisors of a story does not pass by itself, but by clock:pass.
-module(node).
-mode(compile).
-export([main/1]).

main(Modules) ->
    logger:set_primary_config(level, none),
    Here = filename:dirname(escript:script_name()),
    [{module, _} = load(filename:join(Here, Module)) || Module <- ["clock" | Modules]],
    case clock:supervise() of
        ok -> io:put_chars("ready\n");
        {error, _} -> io:put_chars("ready without clock\n")
    end,
    read().

load(File) ->
    {ok, Module, Binary} = compile:file(File, [binary, report]),
    code:load_binary(Module, File, Binary).

read() ->
    case io:get_line("") of
        Line when is_list(Line) ->
            {ok, Tokens, _} = erl_scan:string(Line),
            {ok, {Number, Module, Story}} = erl_parse:parse_term(Tokens),
            spawn(fun() -> answer(Number, Module, Story) end),
            read();
        eof -> ok
    end.

answer(Number, Module, Story) ->
    Answer = try ["played ", [[Seen, "|"] || Seen <- Module:play(Story)]]
             catch Class:Reason:Stack -> ["failed ", io_lib:format("~0p", [{Class, Reason, Stack}])]
             end,
    io:put_chars([integer_to_list(Number), " ", Answer, "\n"]).
