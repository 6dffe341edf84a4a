// Package binding has the parts of an engine that are the same for every
// language. An engine that uses it is left with what is its language's own:
// compiling, converting values, throwing, and a stack for each task.
//
//   - [Call] performs one call of a script into the runtime, over arguments
//     converted before; [Copy] takes payload copies. Both ask the engine's
//     [Language] about the containers and functions of scripts.
//   - [Values] keeps the script's values of modules, functions and objects, of
//     which a process has one each, and finds their members.
//   - [Order] lists the libraries of a program as they are to be loaded.
//   - [Task] stops a task for good once it was killed, and keeps code of the
//     script from running inside calls of the runtime.
//   - [Uncaught] makes the error of an uncaught value; [CheckSource] bounds what
//     a parser is given.
//
// Nothing requires their use: each stands for itself, over the interfaces of
// package hostapi. The engines of this project implement hostapi.Call over the
// stacks of their interpreters, to allocate nothing in a call.
//
// Values of this package belong to one process and are used like hostapi.Task,
// unless their documentation says otherwise. Clause numbers refer to docs/spec.
package binding
