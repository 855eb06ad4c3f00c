"""Dataclasses, enums, named tuples, typing, context managers: classes that the standard library writes."""

from __future__ import annotations

from snippets import agree


def test_dataclasses() -> None:
    agree("""
        from dataclasses import dataclass, field, asdict, astuple, replace, fields, is_dataclass
        from dataclasses import InitVar, KW_ONLY, make_dataclass
        import dataclasses
        from typing import ClassVar, List, Optional
        @dataclass
        class A:
            x: int
            y: float = 2.0
            z: List[int] = field(default_factory=list)
            k: ClassVar[int] = 7
            w: InitVar[int] = 3
            def __post_init__(self, w): self.v = self.x * w
        @dataclass(kw_only=True)
        class B(A):
            q: str = "q"
            r: Optional[int] = None
        a = A(1); b = B(1, 5.0, q="p", w=4); c = A(1, z=[1, 2])
        r1 = a.x, a.y, a.z, a.k, a.v; r2 = b.x, b.y, b.q, b.r, b.v; r3 = asdict(a), astuple(c)
        d = replace(c, x=9, w=2); r4 = d.x, d.v, d.z, [f.name for f in fields(A)], is_dataclass(A), is_dataclass(3)
        r5 = a == A(1), a == A(2), a != A(1), A(1).z is A(1).z, [A(1)] == [A(1)], A(1) in [A(1)]
        @dataclass(order=True, frozen=True)
        class V:
            major: int
            minor: int = field(default=0, compare=True)
            note: str = field(default="", compare=False, repr=False)
        r6 = V(1) < V(2), sorted([V(2), V(1, 5), V(1)])[0].minor, max(V(1), V(3)).major, V(1, 0, "a") == V(1, 0, "b")
        @dataclass
        class C:
            _: KW_ONLY
            a: int
            b: ClassVar[int] = 4
            c: int = dataclasses.field(init=False, default=8)
        r7 = C(a=1).a, C(a=1).c, C.b, [f.name for f in fields(C)]
        @dataclass
        class Outer:
            inner: A = field(default_factory=lambda: A(5))
            table: dict = field(default_factory=dict)
        o = Outer(); o.table["k"] = (A(1),); r8 = asdict(o), Outer().table, Outer().inner.x
        P = make_dataclass("P", [("x", int), ("y", int, 4)]); r9 = P(1).x, P(1).y, asdict(P(2, 3))
        class Sub(A):
            def total(self): return self.x + self.y
        r10 = Sub(3).total(), Sub(3).v, Sub.__name__, A(2, y=1).y, [f.default for f in fields(V)][1]
        try: A()
        except TypeError as error: r11 = "type error"
        try: A(1, nope=3)
        except TypeError as error: r12 = str(error)
    """)


def test_enums() -> None:
    agree("""
        from enum import Enum, IntEnum, Flag, IntFlag, auto, unique
        @unique
        class C(Enum):
            RED = 1
            GREEN = auto()
            def up(self): return self.name.upper()
            @classmethod
            def default(cls): return cls.RED
            @property
            def twice(self): return self.value * 2
            @staticmethod
            def parse(text): return C[text]
        class Alias(Enum):
            A = 1
            B = 1
        class S(str, Enum):
            A = "a"
            B = "b"
        class I(IntEnum):
            X = 3
            Y = 4
        class T(Enum):
            P = (1, "x")
            Q = (2, "y")
            def __init__(self, n, s): self.n = n; self.s = s
        class F(Flag):
            A = auto()
            B = auto()
            C = auto()
            AB = A | B
        class Low(Enum):
            def _generate_next_value_(name, start, count, last): return name.lower()
            ONE = auto()
        a = (
            C.RED.name, C.RED.value, C(2).name, C["RED"].value, [m.name for m in C], len(C), C.default().name,
            C.GREEN.twice, C.parse("RED").value,
        )
        b = (
            S.A == "a", S("b").name, S.A.value, S.A.upper(), {S.A: 1}["a"], {"a": 2}[S.A], {S.A: 3}[S.A],
            S.A in ("a", "z"), "b" in list(S), S.A in {"a"},
        )
        c = (
            I.X + 1, I.X < I.Y, I(3).name, list(range(I.X)), [1, 2, 3, 4, 5][I.X], isinstance(I.X, int),
            max(I.X, I.Y).value, I.X == 3,
        )
        d = (
            T.P.n, T.Q.s, (F.A | F.B).value, bool(F.A & F.B), F.C.value, F.A in (F.A | F.C), C.RED in C, F.AB.value,
            Alias.B.name, [m.name for m in Alias],
        )
        e = (
            str(C.RED), repr(C.RED), C.GREEN.up(), list(C.__members__), f"{C.RED}", C.RED is C(1), C.RED == C.GREEN,
            C.RED != C.GREEN, isinstance(C.RED, C),
        )
        f = {C.RED: 1, C.GREEN: 2}
        g = f[C(1)], f.get(C.GREEN), C.RED in f, list(map(lambda m: m.value, S)), Low.ONE.value
        try: C(9)
        except ValueError as error: h = str(error)
        Color = Enum("Color", "X Y")
        i = Color.X.value, Color["Y"].value, [c.name for c in Color], [c.value for c in I], {c.name: c.value for c in C}
        import copy
        j = (
            copy.deepcopy(C.RED) is C.RED, type(C.RED) is C, hasattr(C, "RED"), getattr(C, "GREEN").value,
            C.RED.name.lower(),
        )
    """)


def test_named_tuples() -> None:
    agree("""
        from collections import namedtuple
        from typing import NamedTuple, Tuple
        P = namedtuple("P", "x y", defaults=[5]); p = P(1); Q = namedtuple("Q", ["a", "b"])
        a = (
            p.x, p.y, p[0], p._replace(x=3), p._asdict(), P._fields, P._make([1, 2]), p == (1, 5), len(p), list(p),
            Q(b=1, a=2), p + (1,),
        )
        class N(NamedTuple):
            x: int
            y: int = 3
            def area(self): return self.x * self.y
        n = N(2)
        b = (
            n.area(), n.x, n[1], n._asdict(), N._fields, n == (2, 3), isinstance(n, tuple), N(y=1, x=2).y,
            n._replace(y=9).area(),
        )
        class R(namedtuple("R", "v w")):
            @property
            def total(self): return self.v + self.w
            def __new__(cls, v, w=7): return super().__new__(cls, v, w)
        c = R(1).total, R(1, 2).w, R(1)._replace(v=5).v
        x, y = n
        d = [*n], {**n._asdict()}, max(N(1), N(2)).x, sorted([P(2), P(1)])[0].x, {P(1): "k"}[P(1, 5)], P(1) in {P(1)}
        try: P()
        except TypeError as error: e = str(error)
    """)


def test_typing_is_transparent() -> None:
    agree("""
        from __future__ import annotations
        from typing import (Any, Callable, ClassVar, Dict, Generic, Iterable, List, Literal, NewType, Optional,
            Protocol, Sequence,
            Tuple, Type, TypedDict, TypeVar, Union, TYPE_CHECKING, cast, overload, runtime_checkable)
        from collections.abc import Mapping
        T = TypeVar("T", bound=int)
        Id = NewType("Id", int)
        Pair = Tuple[int, int]
        Fn = Callable[[int], Optional[str]]
        @runtime_checkable
        class Shaped(Protocol):
            def shape(self) -> int: ...
        class G(Generic[T]):
            def __init__(self, x: T): self.x = x
        class H(G[int], Shaped):
            def shape(self) -> int: return self.x
        class TD(TypedDict, total=False):
            a: int
        class L(List[int]):
            def twice(self) -> List[int]: return [2 * v for v in self]
        @overload
        def f(x: int) -> int: ...
        @overload
        def f(x: str) -> str: ...
        def f(x): return x
        a = H(3).shape(), cast(int, 4), TYPE_CHECKING, L([1]).twice(), Id(5), f(2), dict(TD(a=1)), G[int](2).x
        b = (
            isinstance([], List), isinstance({}, Dict), isinstance((), Sequence), isinstance({}, Iterable),
            isinstance({}, Mapping), isinstance("a", Sequence),
        )
        c = (
            isinstance(len, Callable), isinstance(3, Callable), isinstance([], Sequence),
            isinstance(iter([]), Iterable), isinstance(3, (int, str)),
        )
        def g(x: Union[int, None] = None, *, m: Literal["a", "b"] = "a") -> Dict[str, Any]: return {"x": x, "m": m}
        d = g(), g(1, m="b"), isinstance({}, List), isinstance(3, Iterable)
        if not TYPE_CHECKING: e = 1
    """)


def test_context_managers() -> None:
    agree("""
        from contextlib import contextmanager, nullcontext, suppress, ExitStack, closing, redirect_stdout
        import contextlib
        log = []
        @contextmanager
        def ctx(v):
            log.append("in")
            yield v + 1
            log.append("out")
        with ctx(3) as a: pass
        with nullcontext(5) as b, nullcontext() as c: pass
        with suppress(KeyError, ValueError):
            d = 1
            {}["x"]
            d = 2
        class Timer(contextlib.ContextDecorator):
            def __enter__(self): log.append("enter"); return self
            def __exit__(self, *details): log.append("exit")
        @Timer()
        def work(x): log.append("work"); return x * 2
        e = work(4)
        class Res:
            closed = False
            def close(self): self.closed = True
        with closing(Res()) as r: f = r.closed
        g = r.closed
        with ExitStack() as stack:
            h = [stack.enter_context(nullcontext(i)) for i in range(2)]
        class Own:
            def __enter__(self): return "own"
            def __exit__(self, kind, value, trace): log.append(kind)
        with Own() as i: pass
    """)


def test_small_library_classes() -> None:
    agree("""
        from types import SimpleNamespace, MethodType
        from abc import ABC, abstractmethod, ABCMeta
        from functools import cached_property, wraps, partialmethod, singledispatch, total_ordering
        from functools import lru_cache, partial, cmp_to_key
        s = SimpleNamespace(a=1, b=[2]); s.c = 3; a = s.a, s.b, vars(s)
        class Base(ABC):
            @abstractmethod
            def f(self): ...
            @property
            @abstractmethod
            def p(self): ...
        class D(Base):
            def f(self): return 1
            @property
            def p(self): return 2
        class E(metaclass=ABCMeta): pass
        b = D().f(), D().p, isinstance(D(), Base), isinstance(E(), E)
        class Cnt:
            calls = 0
            @cached_property
            def p(self): Cnt.calls += 1; return 5
            def power(self, x, y): return x ** y
            square = partialmethod(power, y=2)
        cc = Cnt(); c = cc.p + cc.p, Cnt.calls, cc.square(3), MethodType(lambda self, v: v + 1, cc)(4)
        @singledispatch
        def show(x): return "any"
        @show.register(int)
        def _(x): return "int"
        @show.register(list)
        def _(x): return "list"
        d = show(1), show([]), show("a"), show(True)
        @total_ordering
        class V:
            def __init__(self, n): self.n = n
            def __eq__(self, other): return self.n == other.n
            def __lt__(self, other): return self.n < other.n
        e = V(1) <= V(2), V(1) > V(2), V(1) >= V(1), V(3) > V(2), sorted([V(2), V(1)])[0].n, max(V(1), V(4)).n
        def deco(n):
            def outer(f):
                @wraps(f)
                def inner(*args, **kwargs): return f(*args, **kwargs) + n
                return inner
            return outer
        @deco(2)
        def fun(x, y=1): "doc"; return x + y
        f = (
            fun(1), fun(1, y=5), fun.__name__, fun.__doc__, fun.__wrapped__(1), partial(fun, 3)(y=2),
            partial(fun, y=2).keywords,
        )
        @lru_cache(maxsize=None)
        def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
        g = fib(12), sorted([3, 1, 2], key=cmp_to_key(lambda x, y: y - x))
        p = partial(int, base=2); h = p("101"), p.func is int, partial(partial(max, 3), 5)(4)
    """)


def test_reading_attributes_through_getattribute_and_kinds_of_property() -> None:
    agree("""
        class Guard:
            def __getattribute__(self, key):
                if super().__getattribute__("__dict__").get("closed") is not None:
                    raise ValueError(key)
                return super().__getattribute__(key)
        class Renamed(Guard):
            names = {}
            def __setattr__(self, key, value):
                super().__setattr__(super().__getattribute__("names").get(key, key), value)
            def __getattribute__(self, key):
                if key != "names" and key in super().__getattribute__("names"):
                    key = super().__getattribute__("names")[key]
                return super().__getattribute__(key)
        class Config(Renamed):
            names = {"hidden": "n"}
            def __init__(self):
                self.n = 3
        c = Config()
        a = c.hidden, c.n, c.__dict__
        c.hidden = 5
        b = c.n, getattr(c, "nope", 7), hasattr(c, "nope"), hasattr(c, "hidden"), object.__getattribute__(c, "n")
        class class_property(property):
            def __get__(self, instance, owner):
                return self.fget(owner)
        class Base:
            size = 2
            @class_property
            def double(cls):
                return 2 * cls.size
        class Derived(Base):
            size = 4
        d = Base.double, Derived.double, Derived().double
        import collections
        kinds = str(type(1)), str(collections.OrderedDict), f"{list}", str(Base)
    """)


def test_classes_that_derive_from_property() -> None:
    agree("""
        class Named(property):
            def __init__(self, fn=None, *, label=0):
                super().__init__(fn)
                self.label = label
            def __call__(self, fn):
                return Named(fn, label=self.label)
        class Plain(property): pass
        class A:
            def __init__(self): self.n = 2
            @Named(label=3)
            def double(self): return self.n * 2
            @Plain
            def triple(self): return self.n * 3
            @Plain
            def size(self): return self.n
            @size.setter
            def size(self, value): self.n = value
            def twin(self): return self.__new__(type(self))
        a = A()
        r1 = a.double, a.triple, A.double.label, isinstance(A.double, property), type(a.twin()).__name__
        a.size = 7
        r2 = a.size, a.n, a.double
    """)
