# What scripts in Starlark can call, beside the built-ins of the language. Made by
# 'understudy types' from the module tables: it is written anew each time.
# A function that may fail gives its results and an error, as a tuple (0.5).


def require(name: str):
    """A module or library that the entry lists under modules or imports; nothing else (14.16)."""
    ...


def pcall(f: callable, *args, **kwargs) -> tuple[bool, object]:
    """Calls f; gives True and its result, or False and the error (19.13)."""
    ...


def error(x):
    """Throws: an error object as it is, anything else as errors.new(str(x)) (19.13)."""
    ...


def fail(*args, sep: str = " "):
    """error with its arguments joined (19.13)."""
    ...


def struct(**kwargs):
    """A value with these fields."""
    ...


def print(*args, sep: str = " "):
    """Prints a line: to the log of the runtime, or where exec shows it."""
    ...

