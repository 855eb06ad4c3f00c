"""Builtin functions: what snippets compute in the interpreter is what they compute in Python."""

from __future__ import annotations

from snippets import agree


def test_numbers() -> None:
    agree("""
        a = (
            abs(-3), abs(2.5), abs(3 + 4j), round(2.5), round(2.567, 2), round(15, -1), divmod(-7, 2), pow(2, 10),
            pow(3, 4, 5),
        )
        b = (
            int("12"), int(3.9), int(-3.9), int("ff", 16), int(), float("1.5"), float(), float("inf"), bool([]),
            bool("x"), complex(1, 2),
        )
        c = (
            sum([1, 2, 3]), sum([[1], [2]], []), sum((0.5, 0.25), 1), min(3, 1, 2), max([4, 9, 2]), max("abc"),
            max([], default=7),
        )
        d = (
            min([(2, "b"), (1, "z")]), max([3, -5], key=abs), min(["aa", "b"], key=len), max({1: 5, 2: 3}),
            max({1: 5}.values()),
        )
        e = (
            hex(255), oct(8), bin(5), chr(97), ord("b"), hash(5), (5).bit_length(), (2.5).is_integer(),
            (4.0).is_integer(),
        )
        f = (
            7 .real, (3).numerator, (2.5).as_integer_ratio(), int.from_bytes(b"\\x01\\x00", "big"), float(True),
            int(True),
        )
        g = (
            isinstance(True, int), isinstance(1, bool), issubclass(bool, int), isinstance(1, (str, int)),
            type(3) is int, type("") == str,
        )
    """)


def test_sequences() -> None:
    agree("""
        b = list(range(5))
        c = list(range(5, 0, -2)), len(range(3)), range(10)[2:5], 3 in range(5), list(reversed(range(3)))
        d = (
            list(enumerate("ab")), list(enumerate("ab", start=5)), list(zip([1, 2], "xyz")), list(zip()),
            list(zip(*[(1, 2), (3, 4)])),
        )
        e = (
            list(map(lambda x, y: x + y, [1, 2], [3, 4, 5])), list(filter(None, [0, 1, "", "a"])),
            list(filter(lambda v: v > 1, b)),
        )
        f = (
            sorted([3, 1, 2], reverse=True), sorted("bca"), sorted({"b": 1, "a": 2}),
            sorted([(1, "b"), (1, "a")], key=lambda t: t[0]),
        )
        g = any([]), all([]), any([0, 1]), all([1, 0]), any(x > 3 for x in b), all(isinstance(x, int) for x in b)
        it = iter(b); h = next(it), next(it), list(it), next(it, None); i = list(zip(*[iter(range(6))] * 3))
        j = (
            tuple("ab"), list((1, 2)), set("aab"), frozenset([1]), dict([("a", 1)], b=2), dict({"x": 1}),
            list({"p": 1, "q": 2}),
        )
        k = (
            [1, 2, 3].index(2), (1, 2, 1).count(1), [0] * 3, [[0] * 2 for _ in range(2)], (1,) + (2,),
            [1, 2, 3][::-1], [*b, 9][-2:],
        )
        l = (
            len({}), len("abc"), len(()), len({1, 2}), list(map(len, ["a", "bb"])), slice(1, 3),
            [1, 2, 3, 4][slice(1, 3)],
        )
        x, *y, z = range(5)
        m = x, y, z
        n = dict(zip("ab", range(2))), {**{"a": 1}, "b": 2}, {k: v for k, v in zip("ab", [1, 2])}
        o = (
            sorted([[2, 1], [1, 9]]), sorted(["B", "a"], key=str.lower), max([[1, 2], [1, 3]]), [1, 2] < [1, 3],
            (1, "a") == (1, "a"),
        )
        p = list(zip(range(3), range(3, 6)))[1:], sum(x * y for x, y in zip([1, 2], [3, 4])), list(range(0))
    """)


def test_objects() -> None:
    agree("""
        class A:
            kind = "a"
            def __init__(self): self.x = 1
            def f(self): return self.x
            @property
            def p(self): return self.x * 2
            @p.setter
            def p(self, value): self.x = value
            @staticmethod
            def s(v): return v + 1
            @classmethod
            def c(cls): return cls.__name__
            def __len__(self): return 4
            def __call__(self, v): return v * 3
            def __getattr__(self, name):
                if name.startswith("dyn_"): return name[4:]
                raise AttributeError(name)
            def __contains__(self, v): return v == 7
            def __iter__(self): return iter([1, 2])
            def __getitem__(self, i): return i * 10
            def __bool__(self): return False
        a = A(); a.p = 5
        b = (
            getattr(a, "x"), getattr(a, "nope", 9), hasattr(a, "x"), hasattr(a, "nope"), hasattr(A, "f"), a.dyn_q,
            getattr(a, "dyn_z"),
        )
        setattr(a, "y", 3)
        c = (
            a.y, vars(a), a.__dict__["y"], callable(a), callable(A), callable(3), len(a), a(2), 7 in a, list(a), a[3],
            bool(a),
        )
        delattr(a, "y")
        d = hasattr(a, "y"), A.s(1), a.s(2), A.c(), a.c(), a.p, isinstance(a, A), type(a) is A, type(a).__name__, A.kind
        vars(a)["w"] = 1; a.__dict__.update(v=2); e = a.w, a.v, sorted(vars(a)), A.f(a), list(map(A.f, [a]))
        B = type("B", (A,), {"kind": "b", "g": lambda self: 5})
        f = B().g(), B.kind, B().f(), issubclass(B, A), B.__name__
        def fun(a, b=2): "doc"; return locals()
        g = (
            fun(1), fun.__name__, fun.__doc__, eval("a.x"), eval("3"), globals()["c"] is c, repr(None),
            eval("max")(1, 2),
        )
        class M(type):
            made = {}
            def __call__(cls, *args):
                if cls not in M.made: M.made[cls] = super().__call__(*args)
                return M.made[cls]
        class C(metaclass=M):
            def __init__(self, v): self.v = v
        class S:
            _one = None
            def __new__(cls, *args):
                if cls._one is None: cls._one = super().__new__(cls)
                return cls._one
        h = C(1) is C(2), C(3).v, S() is S(), S(1) is S(2)
        o = object(); i = o is o, isinstance(o, object), id(a) == id(a)
    """)


def test_subclasses_of_builtin_types() -> None:
    agree("""
        class L(list):
            def __init__(self, *items): super().__init__(items); self.tag = "t"
            def append(self, v): super().append(v * 2)
        l = L(1, 2); l.append(3); l += [4]; l.extend([5]); l[0] = 9
        a = (
            list(l), len(l), l.tag, l[1], l[-1], 6 in l, l.index(6), [v for v in l], sorted(l), sum(l), l[1:3],
            l == [9, 2, 6, 4, 5], bool(L()), max(l),
        )
        class D(dict):
            def __getattr__(self, k):
                try: return self[k]
                except KeyError: raise AttributeError(k)
            def __setattr__(self, k, v): self[k] = v
        d = D(x=1); d.y = 2
        b = (
            d.x, d["y"], dict(d), len(d), list(d.items()), "x" in d, hasattr(d, "zz"), d.get("q", 5), {**d},
            isinstance(d, dict), d.pop("x"), list(d),
        )
        class T(tuple):
            def __new__(cls, a, b): return super().__new__(cls, (a, b))
            @property
            def first(self): return self[0]
        t = T(1, 2); c = t.first, tuple(t), t + (3,), len(t), t == (1, 2), [x for x in t], isinstance(t, tuple)
        class I(int):
            def double(self): return self * 2
        e = I(4).double(), I(4) + 1, I(4) == 4, range(I(3)), [10, 20][I(1)], I(5) > 3, int(I(7)), max(I(2), 1)
        class Attr(dict):
            def __init__(self, *args, **kw):
                super(Attr, self).__init__(*args, **kw)
                self.__dict__ = self
        f = dict(Attr(a=1))
        class Sset(set):
            def first(self): return sorted(self)[0]
        g = Sset([3, 1]).first(), len(Sset([1, 1])), 3 in Sset([3])
    """)


def test_exceptions() -> None:
    agree("""
        out = []
        def attempt(f, *kinds):
            try: return f()
            except kinds as error: return type(error).__name__, str(error), error.args
        a = (
            attempt(lambda: {}["k"], KeyError), attempt(lambda: [][0], IndexError),
            attempt(lambda: int("x"), ValueError),
        )
        b = (
            attempt(lambda: next(iter([])), StopIteration), attempt(lambda: 1 / 0, ZeroDivisionError),
            attempt(lambda: [].pop(), IndexError),
        )
        c = (
            attempt(lambda: {}.pop("a"), LookupError), attempt(lambda: "a".index("b"), ValueError),
            attempt(lambda: max([]), ValueError),
        )
        d = (
            attempt(lambda: [1].remove(2), ValueError), attempt(lambda: {1}.remove(2), KeyError),
            attempt(lambda: len(3), TypeError),
        )
        class E(ValueError):
            def __init__(self, code, *rest): super().__init__(f"code {code}"); self.code = code
        try: raise E(3)
        except (TypeError, ValueError) as error: e = error.code, str(error), isinstance(error, Exception), error.args
        try:
            try: raise KeyError("inner")
            finally: out.append("finally")
        except KeyError as error: out.append(error.args[0])
        else: out.append("else")
        def g():
            try: return 1
            finally: out.append("g")
        f = g(), out, issubclass(KeyError, LookupError), OSError is IOError
        try: assert 1 == 2, "message"
        except AssertionError as error: h = str(error)
        try: raise NotImplementedError
        except RuntimeError as error: i = type(error).__name__, str(error)
        try: import a_module_that_is_not_there
        except ImportError: j = "missing"
        k = attempt(lambda: None.x, AttributeError)[0], attempt(lambda: undefined_name, NameError)[0]
    """)


def test_generators() -> None:
    agree("""
        def count(n):
            i = 0
            while i < n:
                yield i
                i += 1
        def both():
            yield from count(2)
            yield from "ab"
        a = (
            list(count(3)), list(both()), sum(count(4)), [x for x in both()], next(count(5)), dict(enumerate(both())),
            max(count(6)), tuple(both()),
        )
        g = count(3)
        b = next(g), list(g), list(g)
        c = list(zip(count(2), both())), list(map(str, count(2))), sorted(count(3), reverse=True)
        class It:
            def __init__(self, n): self.n = n
            def __iter__(self): return self
            def __next__(self):
                if self.n == 0: raise StopIteration
                self.n -= 1
                return self.n
        d = (
            list(It(3)), sum(It(4)), next(It(2)), next(It(0), "end"), [x for x in It(2)], list(enumerate(It(2))),
            list(zip(It(2), "ab")),
        )
        e = (
            list(iter(It(2))), list(x for x in It(3) if x), any(x == 1 for x in It(3)), tuple(It(2)), set(It(2)),
            max(It(3)), list(reversed([1, 2])),
        )
    """)
