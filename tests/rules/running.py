"""Runs pieces of Python, each in a process and an empty folder of its own, and says what they did in a form
that two runs can be compared by: results by type and value, exceptions by type, and what was printed."""
import inspect
import json
import os
import shutil
import signal
import sys
import tempfile
import traceback

SECONDS_MAX = 20
ITEMS_MAX = 10_000
DEPTH_MAX = 12
PLAIN = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis), range, slice)


def type_name(value):
    return f"{type(value).__module__}.{type(value).__qualname__}"


def describe(value, depth=0):
    """A value as JSON that tells its type and all that it holds. What an object is at (its address) does not count."""
    name = type_name(value)
    if depth > DEPTH_MAX:
        return [name, "..."]
    if isinstance(value, PLAIN):
        return [name, repr(value)]
    if isinstance(value, (bytearray, memoryview)):
        return [name, bytes(value).hex()]
    if isinstance(value, dict):
        return [name, [[describe(k, depth + 1), describe(v, depth + 1)] for k, v in value.items()]]
    if isinstance(value, (set, frozenset)):
        return [name, sorted((describe(item, depth + 1) for item in value), key=json.dumps)]
    if isinstance(value, (type, type(sys))) or callable(value):
        return [name, getattr(value, "__qualname__", getattr(value, "__name__", ""))]
    if isinstance(value, BaseException):
        return [name, describe(list(value.args), depth + 1)]
    if hasattr(value, "__iter__"):
        items = []
        for item in value:
            items.append(describe(item, depth + 1))
            if len(items) > ITEMS_MAX:
                break
        return [name, items]
    return [name, describe(getattr(value, "__dict__", {}), depth + 1)]


async def everything(generator):
    return [item async for item in generator]


def settle(value):
    """What an awaitable gives; anything else itself."""
    import asyncio

    if inspect.isasyncgen(value):
        value = everything(value)
    return asyncio.run(value) if inspect.iscoroutine(value) else value


def attempt(action):
    try:
        return ["gives", action()]
    except Exception as error:  # the example's own
        return ["raises", type_name(error), "".join(traceback.format_exception(error))]


def observe(code, expressions):
    """["gives" or "raises", ...] of the code and of each expression after it."""
    names = {"__name__": "example"}
    did = [attempt(lambda: exec(compile(code, "example.py", "exec"), names))]
    if did[0][0] == "gives":
        did += [attempt(lambda: describe(settle(eval(expression, names)))) for expression in expressions]
    return did


def child(code, expressions, folder, result):
    """Never returns."""
    status = 1
    try:
        os.chdir(folder)
        out = os.open(os.path.join(folder, ".stdout"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(out, 1)
        os.dup2(nothing, 2)
        os.dup2(nothing, 0)
        sys.stdout = os.fdopen(1, "w", closefd=False)
        sys.stderr = os.fdopen(2, "w", closefd=False)
        signal.alarm(SECONDS_MAX)
        did = observe(code, expressions)
        sys.stdout.flush()
        with os.fdopen(result, "w") as pipe:
            json.dump(did, pipe)
        status = 0
    finally:
        os._exit(status)


def run(code, expressions):
    """{"did": [...], "printed": text}: what the code and then each expression gave or raised; did is None where
    the process ended by itself or took longer than SECONDS_MAX."""
    folder = tempfile.mkdtemp(prefix="example-")
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        child(code, expressions, folder, writing)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    with open(os.path.join(folder, ".stdout"), errors="replace") as printed:
        outcome = {"did": json.loads(text) if text else None, "printed": printed.read()}
    shutil.rmtree(folder)
    return outcome


def comparable(outcome):
    """The outcome without what may differ: the text of a traceback."""
    did = outcome["did"]
    return {"did": did and [step[:2] for step in did], "printed": outcome["printed"]}


def failing_step(outcome):
    """Why a run proves nothing: the traceback of a step that names or imports what is not there; None."""
    if outcome["did"] is None:
        return f"it ended by itself, or took more than {SECONDS_MAX} s"
    for at, step in enumerate(outcome["did"]):
        broken = step[0] == "raises" and (at == 0 or step[1] in ("builtins.NameError", "builtins.SyntaxError",
                                                                 "builtins.ModuleNotFoundError"))
        if broken:
            return step[2]
    return None
