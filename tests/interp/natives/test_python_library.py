"""The standard library: what snippets compute in the interpreter is what they compute in Python."""

from __future__ import annotations

from snippets import UNKNOWN, agree, interpret, plain

from tensight.values import Instance


def test_itertools_and_operator() -> None:
    agree("""
        import itertools as I, operator as O, functools, collections
        a = (
            list(I.chain([1], (2,), "a")), list(I.chain.from_iterable([[1], [2, 3]])), list(I.product([1, 2], "ab")),
            list(I.product([0, 1], repeat=2)),
        )
        b = (
            list(I.islice(I.count(5, 2), 3)), list(I.islice([1, 2, 3, 4], 1, None, 2)), list(zip(I.count(), "ab")),
            list(I.islice(I.cycle("ab"), 5)),
        )
        c = (
            list(I.repeat(3, 2)), list(I.combinations([1, 2, 3], 2)), list(I.permutations([1, 2])),
            list(I.combinations_with_replacement("ab", 2)),
        )
        d = (
            list(I.accumulate([1, 2, 3])), list(I.accumulate([1, 2, 3], O.mul)),
            list(I.accumulate([1, 2], initial=5)), list(I.starmap(pow, [(2, 3)])),
        )
        e = (
            list(I.takewhile(lambda v: v < 3, [1, 2, 3, 1])), list(I.dropwhile(lambda v: v < 3, [1, 3, 1])),
            list(I.filterfalse(None, [0, 1])),
        )
        f = (
            list(I.zip_longest([1, 2], "a", fillvalue=0)), [(k, list(g)) for k, g in I.groupby("aabc")],
            list(I.pairwise([1, 2, 3])), list(I.compress("abc", [1, 0, 1])),
        )
        x, y = I.tee([1, 2])
        g = list(x), list(y), functools.reduce(O.add, [[1], [2]]), functools.reduce(lambda p, q: p * q, [1, 2, 3], 4)
        h = (
            O.itemgetter(1)([4, 5]), O.itemgetter(0, 2)("abc"), O.attrgetter("real")(3), O.methodcaller("upper")("a"),
            O.add(1, 2), O.contains([1], 1), O.not_(0),
        )
        i = (
            O.lt(1, 2), O.getitem([1, 2], 0), O.truediv(1, 2), O.neg(3), O.is_(None, None), O.index(4),
            O.countOf([1, 1], 1), O.iadd([1], [2]),
        )
    """)


def test_collections() -> None:
    agree("""
        import collections
        from collections import OrderedDict, defaultdict, Counter, deque, ChainMap
        d = OrderedDict([("a", 1), ("b", 2)])
        d.move_to_end("a")
        d["c"] = 3
        a = list(d), d.popitem(last=False), list(d.items()), OrderedDict(x=1)["x"]
        f = defaultdict(list)
        f["x"].append(3)
        f["y"]
        b = dict(f), f.get("z"), len(f), defaultdict(int)["q"], defaultdict(lambda: 5)["k"]
        h = Counter("abracadabra")
        h.update("aa")
        c = h.most_common(2), h["a"], h["zz"], sum(h.values()), dict(Counter(a=2)), sorted(h.elements())[:2]
        k = deque([1, 2, 3], maxlen=3)
        k.append(4)
        k.appendleft(0)
        e = list(k), k.maxlen, k[0], len(k), k.popleft(), k.pop(), list(k)
        k.extend([7, 8, 9]); k.rotate(1); g = list(k), 9 in k, list(reversed(k)), deque([1]) == deque([1])
        class Seq(collections.abc.Sequence):
            def __len__(self): return 3
            def __getitem__(self, i):
                if i >= 3: raise IndexError(i)
                return i * 2
        class Map(collections.abc.Mapping):
            def __len__(self): return 1
            def __iter__(self): return iter(["a"])
            def __getitem__(self, key): return 5
        l = (
            list(Seq()), dict(Map()), Map().get("a"), list(Map().items()), list(Map().keys()), "a" in Map(),
            isinstance(Map(), collections.abc.Mapping),
        )
        u = collections.UserDict(a=1); m = u["a"], len(u), dict(u)
    """)


def test_math() -> None:
    agree("""
        import math
        a = (
            math.ceil(3.2), math.floor(-3.2), math.trunc(-3.7), math.sqrt(16), math.prod([2, 3, 4]),
            math.gcd(12, 18, 8), math.lcm(4, 6),
        )
        b = (
            math.log(8, 2), math.log2(8), math.log10(100), math.exp(0), math.pow(2, 3), math.isqrt(17),
            math.factorial(5), math.comb(5, 2),
        )
        c = (
            math.pi, math.inf, math.isinf(math.inf), math.isclose(1.0, 1.0 + 1e-12), math.hypot(3, 4),
            math.fsum([0.1] * 10), math.cos(0),
        )
        d = (
            math.ceil(7 / 2), int(math.log(64, 4)), round(math.log2(1024)), int(2 ** 0.5 * 10), int(224 * 0.875),
            math.copysign(1, -0.0), math.modf(2.5),
        )
        def divisible(v, divisor=8):
            new = max(divisor, int(v + divisor / 2) // divisor * divisor)
            return new + divisor if new < 0.9 * v else new
        e = (
            [divisible(c * 1.4) for c in (16, 24, 32)], int(math.ceil(1.8 * 3)), math.degrees(math.pi),
            math.dist((0, 0), (3, 4)),
        )
    """)


def test_copy() -> None:
    agree("""
        import copy
        x = {"a": [1, [2]]}; y = copy.deepcopy(x); z = copy.copy(x); y["a"][1].append(3); z["a"].append(4)
        class Node:
            def __init__(self): self.items = []; self.me = self
        n = Node(); m = copy.deepcopy(n); m.items.append(1); k = copy.copy(n); k.items.append(2); k.extra = 1
        a = (
            n.items, m.items, m.me is m, m is n, k.items is n.items, hasattr(n, "extra"), copy.deepcopy((1, [2])),
            copy.copy([1, 2]),
        )
        shared = [0]; p = copy.deepcopy([shared, shared]); p[0].append(1); b = p, shared, p[0] is p[1]
        class Own:
            def __deepcopy__(self, memo): return "own"
            def __copy__(self): return "shallow"
        c = copy.deepcopy(Own()), copy.copy(Own()), copy.deepcopy([Own()])
    """)


def test_argparse() -> None:
    agree("""
        import argparse
        p = argparse.ArgumentParser(description="x")
        p.add_argument("--lr", type=float, default=1e-3)
        p.add_argument("--batch-size", "-b", type=int, default="32")
        p.add_argument("--cuda", action="store_true")
        p.add_argument("--no-bn", dest="bn", action="store_false", default=True)
        p.add_argument("--name")
        p.add_argument("-v", action="count", default=0)
        p.add_argument("--mode", action="store_const", const=[1], default=None)
        p.add_argument("--tags", action="append", default=[])
        p.add_argument("--opt", nargs="?", const="c", default="d")
        p.add_argument("--gone", default=argparse.SUPPRESS)
        p.add_argument("--size", type=lambda s: tuple(int(v) for v in s.split("x")), default="3x4")
        p.add_argument("--dims", nargs="+", type=int, default=[1, 2])
        g = p.add_argument_group("g"); g.add_argument("--layers", type=int, default=4, choices=[2, 4])
        e = p.add_mutually_exclusive_group()
        e.add_argument("--fast", action="store_true")
        e.add_argument("--slow", action="store_true")
        p.set_defaults(extra=5, lr=0.1)
        args = p.parse_args([])
        a = (
            vars(args), args.batch_size, args.name, "lr" in args, p.get_default("layers"), hasattr(args, "gone"),
            args.size,
        )
        b = vars(p.parse_args(["--lr", "0.5", "-b", "8", "--cuda", "--dims", "3", "4", "--name=q", "--no-bn",
            "-vv", "--opt", "--mode", "--size", "1x2"]))
        c, rest = p.parse_known_args(["--zzz", "--lr", "2"]); d = c.lr, rest, vars(argparse.Namespace(a=1, b=[2]))
        q = argparse.ArgumentParser(parents=[p], add_help=False, conflict_handler="resolve")
        f = q.parse_args([]).layers
        p.add_argument("pos", type=int, nargs="*", default=[7]); h = p.parse_args([]).pos, p.parse_args(["3", "4"]).pos
        def build(**kwargs): return argparse.Namespace(**kwargs)
        args.new = 3; i = build(x=1).x, args.new, getattr(args, "nope", 2)
        class P(argparse.ArgumentParser):
            def __init__(self): super().__init__(); self.add_argument("--k", type=int, default=6)
        j = P().parse_args([]).k
    """)


def test_required_arguments_are_symbols() -> None:
    found, _ = interpret("""
        import argparse
        p = argparse.ArgumentParser()
        p.add_argument("data")
        p.add_argument("--hidden", type=int, required=True)
        p.add_argument("n", nargs="?", type=int, default=3)
        args = p.parse_args(); a, b, c = args.hidden * 2, args.n, args.data
        s = p.add_subparsers(dest="command"); t = s.add_parser("train"); t.add_argument("--x", type=int, default=1)
        later = p.parse_args()
        d, e = later.x, later.command
    """)
    assert plain(found["a"]) == "<2*hidden>" or "hidden" in str(found["a"])
    assert found["b"] == 3
    assert plain(found["c"]) is UNKNOWN
    assert found["d"] == 1  # only a program that was given the command gets there
    assert plain(found["e"]) is UNKNOWN


def test_paths() -> None:
    agree("""
        import os, os.path as osp
        from os.path import join
        from pathlib import Path, PurePath
        a = (
            join("a", "b", "c.txt"), os.path.basename("x/y.py"), osp.splitext("m.tar.gz"), os.path.dirname("/q/w"),
            os.path.split("a/b"), os.path.normpath("a/../b"),
        )
        p = Path("data") / "x" / "m.pt"
        b = (
            str(p), p.name, p.stem, p.suffix, str(p.parent), p.with_suffix(".z").name, f"{p}", p.parts,
            p == Path("data/x/m.pt"), "%s" % p, repr(p.name),
        )
        c = (
            str(Path("a", "b").joinpath("c")), str("r" / Path("s")), Path("a.b.c").suffixes, os.fspath(p),
            os.path.join(p, "z"), str(p.relative_to("data")), isinstance(p, Path),
        )
        os.environ["TENSIGHT_TEST"] = "12"
        d = (
            int(os.environ["TENSIGHT_TEST"]), os.environ.get("TENSIGHT_TEST"), os.getenv("TENSIGHT_TEST"),
            "TENSIGHT_TEST" in os.environ,
        )
    """)


def test_files_are_read_through_the_loader_until_they_are_written() -> None:
    found, _ = interpret(
        """
        import json, tomllib, os
        from pathlib import Path
        with open("c.json") as f: a = json.load(f)["h"]
        b = json.loads(Path("c.json").read_text())["h"]
        with open("c.toml", "rb") as f: c = tomllib.load(f)["model"]["width"]
        d = open("t.txt").read(); e = [line.strip() for line in open("t.txt")]
        with open("c.json", "w") as f: json.dump({"h": 1}, f)
        with open("c.json") as f: g = json.load(f)
        h = json.load(open("none.json")); i = os.path.exists("c.json")
        """,
        {"c.json": '{"h": 32}', "c.toml": "[model]\nwidth = 64\n", "t.txt": "x\ny\n"},
    )
    assert [found[n] for n in "abcd"] == [32, 32, 64, "x\ny\n"]
    assert plain(found["e"]) == ["x", "y"]
    assert plain(found["g"]) is plain(found["h"]) is plain(found["i"]) is UNKNOWN


def test_json_and_re() -> None:
    agree("""
        import json, re
        a = json.loads('{"a": [1, 2.5, null, true]}'), json.dumps({"x": [1, None]}, indent=2), json.loads("3")
        try: json.loads("{")
        except json.JSONDecodeError as error: b = "bad"
        c = (
            re.match(r"(\\w+)-(\\d+)", "conv-12").group(1), re.sub(r"\\d+", "N", "a1b22"), re.findall(r"\\d", "a1b2"),
            re.split(",", "a,b"), re.search("z", "abc"),
        )
        d = (
            re.compile("a(b)").match("abc").groups(), [m.start() for m in re.finditer("a", "banana")],
            re.sub("a", lambda m: m.group().upper(), "banana"),
        )
        e = (
            re.match(r"(?P<x>\\d+)", "12").groupdict(), re.fullmatch("a+", "aaa").span(), re.escape("a.b"),
            bool(re.match("A", "a", re.I)), re.compile("b").search("abc")[0],
        )
        pattern = re.compile(r"^(.*denselayer\\d+\\.(?:norm|relu|conv))\\.((?:[12])\\.(?:weight|bias))$")
        f = pattern.match("x") is None
    """, "f")  # fmt: skip


def test_a_pattern_that_may_take_for_ever_is_not_run() -> None:
    found, _ = interpret(
        "import re\nx = re.match(r'(a+)+$', 'a' * 40 + 'b')\ny = re.match(r'.*.*.*.*.*.*z', 'a' * 900)"
    )
    assert plain(found["x"]) is plain(found["y"]) is UNKNOWN


def test_small_modules() -> None:
    agree("""
        import string, textwrap, bisect, heapq, logging, warnings, time, statistics, sys
        import inspect, weakref, random, os, gc, shlex
        a = (
            string.ascii_lowercase, textwrap.dedent("  a\\n  b"), bisect.bisect([1, 3, 5], 3), shlex.split("a 'b c'"),
            statistics.mean([1, 2, 3]),
        )
        h = []; heapq.heappush(h, 3); heapq.heappush(h, 1); b = heapq.heappop(h), h, heapq.nlargest(2, [4, 1, 9])
        log = logging.getLogger(__name__)
        log.debug("x %s", 3)
        log.setLevel(logging.INFO)
        c = logging.getLogger("a") is logging.getLogger("a"), logging.INFO
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
        time.time()
        gc.collect()
        random.seed(3)
        d = sys.version_info >= (3, 8), sys.version_info[0], sys.version_info.major, sys.maxsize
        class K: pass
        k = K()
        f = (
            weakref.ref(k)() is k, inspect.isclass(K), inspect.isfunction(len),
            getattr(sys.modules[__name__], "__name__"),
        )
        try: sys.exit(3)
        except SystemExit as error: g = error.code
    """)


def test_a_progress_bar_is_its_iterable() -> None:
    found, _ = interpret("""
        from tqdm.auto import tqdm, trange
        import tqdm as module
        a = [x for x in tqdm([1, 2])], [i for i in trange(2)], len(tqdm([1, 2, 3])), list(enumerate(module.tqdm("ab")))
        with tqdm(total=3, desc="x") as bar:
            bar.update(1); bar.set_postfix(loss=1); bar.close()
        b = [bar.write("x"), tqdm.write("y")]
    """)
    assert plain(found["a"]) == ([1, 2], [0, 1], 3, [(0, "a"), (1, "b")])
    assert plain(found["b"]) == [None, None]


def test_chance_is_a_value_of_its_type() -> None:
    found, _ = interpret("""
        import random
        a = [random.random(), random.randint(1, 3), random.choice(["x", "y"]), random.uniform(0, 1)]
        a += [random.sample([1, 2, 3], 2)]
        l = [1, 2, 3]; random.shuffle(l); n = len(l), len(a[4]); same = l[0] == l[1]
        r = random.Random(0); b = r.randint(0, 3), r.random() < 0.5, r.choice([5])
        if random.random() < 0.5: c = 1
        else: c = 2
    """)
    assert found["n"] == (3, 2)
    assert plain(found["l"]) == [UNKNOWN] * 3
    assert plain(found["same"]) is plain(found["c"]) is UNKNOWN
    assert plain(found["b"])[2] == 5


def test_a_namespace_is_an_object() -> None:
    found, _ = interpret("import argparse\np = argparse.ArgumentParser()\np.add_argument('--a')\nx = p.parse_args()")
    assert isinstance(found["x"], Instance) and found["x"].attrs == {"a": None}


def test_annotations_of_classes_and_code_objects() -> None:
    agree("""
        import inspect, typing
        class Base:
            x: int
            y: str
        class Derived(Base):
            x: float = 1.0
        hints, own = typing.get_type_hints(Derived), inspect.get_annotations(Derived)
        a = sorted(hints), hints["x"] is float, hints["y"] is str, sorted(own), own["x"] is float
        def f(p, q=1, *args, r, **rest):
            inner = p
            return inner
        code = f.__code__
        b = code.co_varnames[:5], code.co_argcount, "inner" in code.co_varnames, "z" in code.co_varnames, code.co_name
        words = "|".join(f"Name{i}" for i in range(400))
        import re
        c = re.findall(f"({words})", "a Name399 b Name7")
    """)


def test_versions_compare_as_they_are_ordered() -> None:
    agree("""
        from packaging import version
        from packaging.version import InvalidVersion, Version, parse
        texts = ["1.0.dev1", "1.0a1", "1.0b2.dev3", "1.0b2", "1.0rc1", "1.0", "1.0+cpu", "1.0.post1", "1.0.1", "2!0.1"]
        ordered = [[parse(a) < parse(b) for b in texts] for a in texts]
        same = parse("1.0") == Version("1.0.0"), parse("2.6.0+cu118") >= version.parse("2.6"), str(parse("v1.0-1"))
        parts = Version("2.13.1rc2+cpu")
        a = parts.major, parts.minor, parts.micro, parts.release, parts.base_version, parts.public, parts.local
        b = parts.is_prerelease, parts.is_devrelease, parts.is_postrelease
        try:
            c = parse("no version")
        except InvalidVersion:
            c = None
    """)


def test_context_variables() -> None:
    agree("""
        from contextvars import ContextVar
        var, plain = ContextVar("var", default=None), ContextVar("plain")
        a = var.get(), var.get(3), plain.get(4)
        token = var.set([1])
        var.get().append(2)
        inner = plain.set({"x": 1})
        b = var.get(), plain.get(), var.name
        var.reset(token)
        plain.reset(inner)
        try:
            c = plain.get()
        except LookupError:
            c = "none"
        d = var.get()
    """)
