"""time, gc, threading, subprocess and the like: results depend on the machine, arguments stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...values import Instance, ListV, Native, Reason, Scalar, Unknown, Value
from .registry import MODULES, NATIVES, native, native_class, plain_class

if TYPE_CHECKING:
    from ..machine import Interp


def _table(make: Callable[[], Value], **names: str) -> None:
    """Functions by module whose result is what `make` gives."""
    for module, functions in names.items():
        MODULES.add(module.replace("__", "."))
        for name in functions.split():
            qualified = f"{module.replace('__', '.')}.{name}"
            NATIVES[qualified] = Native(qualified, lambda it, args, kwargs: make())


_table(
    lambda: Scalar("float"),
    time="time perf_counter monotonic process_time thread_time clock",
    timeit="default_timer timeit",
)
_table(
    lambda: Scalar("int"),
    time="time_ns perf_counter_ns monotonic_ns",
    gc="collect get_count",
    threading="active_count get_ident",
    multiprocessing="cpu_count",
)
_table(
    lambda: Scalar("str"),
    time="strftime ctime asctime",
    platform="system machine node platform release version python_version processor",
    socket="gethostname",
    getpass="getuser getpass",
    traceback="format_exc",
    pprint="pformat",
    tempfile="mkdtemp gettempdir mktemp",
)
_table(
    lambda: None,
    time="sleep",
    gc="disable enable freeze",
    traceback="print_exc print_stack print_exception",
    pprint="pprint pp",
    atexit="unregister",
    signal="signal alarm",
    faulthandler="enable",
    multiprocessing="set_start_method freeze_support set_sharing_strategy",
    readline="set_completer parse_and_bind",
    locale="setlocale",
    ipdb="set_trace",
    pdb="set_trace post_mortem",
    code="interact",
    matplotlib="use",
)
_table(
    lambda: Unknown(Reason.ENVIRONMENT, "depends on the machine"),
    subprocess="run Popen call check_call check_output getoutput getstatusoutput",
    uuid="uuid1 uuid4",
    hashlib="md5 sha1 sha256 sha512",
    tempfile="NamedTemporaryFile TemporaryDirectory TemporaryFile",
    signal="getsignal",
    time="localtime gmtime strptime struct_time",
    csv="reader writer DictReader DictWriter",
    getpass="getpass",
)


@native("atexit.register")
def register(it: Interp, function: Value, *args: Value, **kwargs: Value) -> Value:
    return function


@native_class("threading.Thread")
def thread(it: Interp, cls: Value, *args: Value, **kwargs: Value) -> Value:
    """What it runs is not followed; its lock and events are opaque."""
    return _opened(it, cls)


@native_class("threading.Lock")
def lock(it: Interp, cls: Value, *args: Value, **kwargs: Value) -> Value:
    return _opened(it, cls)


for _name in ("RLock", "Event", "Semaphore", "Condition"):
    native_class(f"threading.{_name}")(lambda it, cls, *args, **kwargs: _opened(it, cls))
plain_class("threading.local")  # one thread is followed


def _opened(it: Interp, cls: Value) -> Value:
    made = Instance(cls, {}, it.here())
    made.open = True
    return made


@native("threading.Lock.__enter__", "threading.RLock.__enter__")
def enter(it: Interp, self: Value) -> Value:
    return True


@native("threading.Lock.__exit__", "threading.RLock.__exit__")
def leave(it: Interp, self: Value, *details: Value) -> Value:
    return None


@native("signal.sigwait", "gc.get_objects")
def nothing_known(it: Interp, *args: Value) -> Value:
    return ListV([], it.unknown(Reason.ENVIRONMENT, "an object"))
