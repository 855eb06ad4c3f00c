"""Programs that no analysis should choke on: by name, their text."""

# ruff: noqa: E501 (a program a line)

from __future__ import annotations

HEAD = "import torch\nimport torch.nn as nn\n"

ENDLESS = {
    "while True": HEAD + "x = torch.zeros(1)\nwhile True:\n    x = torch.cat([x, x])\n",
    "while True with a counter": "n = 0\nwhile True:\n    n += 1\n",
    "endless recursion": "def f(n):\n    return f(n + 1)\n\nf(0)\n",
    "mutual recursion": "def f(n):\n    return g(n)\n\ndef g(n):\n    return f(n) + f(n)\n\nf(0)\n",
    "a constructor that builds itself": (
        HEAD + "class A(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = A()\n\nA()\n"
    ),
    "a property that asks itself": "class A:\n    @property\n    def x(self):\n        return self.x\n\nA().x\n",
    "getattr that asks itself": "class A:\n    def __getattr__(self, n):\n        return self.other\n\nA().x\n",
    "an endless generator": "def g():\n    while True:\n        yield 1\n\nl = list(g())\nfor x in g(): pass\n",
    "itertools without an end": "import itertools\nl = list(itertools.count())\nm = list(itertools.cycle([1]))\n",
    "a list that grows while it is walked": "l = [1]\nfor x in l:\n    l.append(x)\n",
    "a list that holds itself": "l = []\nl.append(l)\nprint(l, str(l), l == l)\nd = {}\nd['d'] = d\nprint(d)\n",
    "a class that is its own base": "class A(A):\n    pass\n",
    "a forest of calls": "def f(n):\n    return 0 if n == 0 else f(n - 1) + f(n - 1)\n\nf(60)\n",
    "forks in a loop": (
        HEAD + "x = torch.randn(3)\nfor i in range(1000):\n    for j in range(1000):\n"
        "        if x.sum() > i:\n            x = x + 1\n        elif x.mean() > j:\n            x = x - 1\n"
    ),
    "a huge range": HEAD + "for i in range(10**12):\n    x = torch.zeros(i + 1)\nl = [0 for _ in range(10**9)]\n",
    "a loop of loops": (
        "t = 0\nfor a in range(10**4):\n    for b in range(10**4):\n        for c in range(10**4):\n            t += a\n"
    ),
}

HUGE = {
    "a tower of powers": "n = 10**10**10\nm = 9**9**9**9\nk = 1 << 10**12\nj = 2**-5\n",
    "a factorial": "import math\nn = math.factorial(10**7)\nk = math.comb(10**6, 5 * 10**5)\np = pow(3, 10**9)\n",
    "a range that len cannot count": "r = range(1 << 200)\ni = iter(r)\nn = len(r)\nx = r[5]\nl = list(r)\nl.insert(1 << 80, 1)\n",
    "huge widths": "k = '%*d' % (10**9, 1)\ns = (1).to_bytes(10**9, 'big')\nt = '\\t'.expandtabs(10**9)\nf = f'{1:1000000000}'\n",
    "a huge list": "l = [0] * 10**10\nt = (1,) * 10**12\nb = bytes(10**11)\ns = 'x' * 10**12\n",
    "a huge tensor": HEAD + "x = torch.zeros(10**9, 10**9, 10**9)\ny = torch.arange(10**15).tolist()\nz = x.view(-1)\n",
    "a huge module": HEAD + "net = nn.Sequential(*[nn.Linear(4, 4) for _ in range(10**7)])\n",
    "products": (
        "import itertools\nl = list(itertools.product(range(100), repeat=10))\n"
        "p = list(itertools.permutations(range(20)))\n"
    ),
    "a format of a huge width": "s = 'x'.ljust(10**12)\nt = 'x'.center(10**12)\nu = ' '.join(['a' * 10**6] * 10**6)\n",
    "an einsum of everything": HEAD + "x = torch.einsum('" + "abcdefghijklmnopqrstuvwxyz" * 40 + "', torch.zeros(1))\n",
}

NESTED = {
    "nested brackets": "x = " + "(" * 150 + "1" + ")" * 150 + "\n",
    "nested lists": "x = " + "[" * 90 + "]" * 90 + "\n",
    "too many brackets": "x = " + "(" * 5000 + "1" + ")" * 5000 + "\n",
    "a long sum": "x = " + " + ".join(["1"] * 20_000) + "\n",
    "a long chain of attributes": "x = a" + ".b" * 10_000 + "\n",
    "a long chain of calls": "x = f" + "()" * 5_000 + "\n",
    "minus minus": "x = " + "-" * 5_000 + "1\n",
    "not not": "x = " + "not " * 5_000 + "1\n",
    "nested functions": "".join(" " * i + f"def f{i}():\n" for i in range(90)) + " " * 90 + "pass\nf0()\n",
    "nested ifs": "".join(" " * i + "if x:\n" for i in range(95)) + " " * 95 + "pass\n",
    "many elifs": "if a: pass\n" + "".join(f"elif a == {i}: pass\n" for i in range(3_000)),
    "nested lambdas": "f = " + "lambda: " * 400 + "1\n",
    "nested f-strings": "x = f\"{f'{1}'}\"\n",
}

ODD = {
    "empty": "",
    "one space": " ",
    "only a comment": "# hello",
    "only a BOM": "\ufeff",
    "a BOM and code": "\ufeffx = 1\n",
    "carriage returns": "import torch\r\nx = torch.zeros(2)\r\ny = x\rz = 1\n",
    "form feeds": "import torch\n\fx = torch.zeros(2)\n\x0b\n",
    "no newline at the end": "import torch\nx = torch.zeros(2, 3)",
    "a backslash at the end": "x = 1 \\",
    "an open string": 'x = """\nimport torch\n',
    "tabs and spaces": "if 1:\n\tx = 1\n        y = 2\n",
    "surrogates": "x = '\\ud800'\ny = '😀'\nprint('\\N{BULLET}')\n",
    "names in other scripts": "变量 = 1\nµ = 2\nﬁ = 3\nimport torch\nх = torch.zeros(变量)\n",
    "Python 2": "print 'hello'\nexec 'x = 1'\nraise E, 'x'\n",
    "a merge conflict": "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n",
    "return outside": "return 1\nyield 2\nawait x\nbreak\ncontinue\n",
    "star nowhere": "*a = 1\nprint(*)\nf(**)\n",
    "duplicate arguments": "def f(a, a): pass\nf(a=1, a=2)\n",
    "nonlocal at the top": "nonlocal x\nglobal y\nx = 1\nglobal x\n",
    "a future that is none": "from __future__ import braces\nfrom __future__ import annotations\n",
    "stars of itself": "from example import *\nimport example\nfrom . import example\nfrom .. import x\n",
    "del of what is not there": "del x\ndel x.y, x[0]\n",
    "raises at once": "raise SystemExit(3)\nimport torch\nx = torch.zeros(2)\n",
    "exit": "import sys\nsys.exit()\nexit()\nquit()\nimport os\nos._exit(1)\n",
    "type parameters": "def f[T](x: T) -> T:\n    return x\n\ntype A[T] = list[T]\nclass B[T]: pass\nf(1)\n",
    "except groups": "try:\n    pass\nexcept* ValueError:\n    pass\n",
    "async": "import asyncio\nasync def f():\n    async with a as b:\n        async for c in d:\n            await e\nasyncio.run(f())\n",
    "a metaclass that raises": "class M(type):\n    def __call__(c):\n        raise E\nclass A(metaclass=M): pass\nA()\n",
    "exec and eval": "exec('x = 1')\neval('y')\ncompile('z', 'f', 'exec')\n__import__('os').system('true')\n",
    "builtins rebound": "len = print = range = None\nlist = dict = int\nobject = type\nsuper = 1\nclass A: pass\nA()\n",
    "torch rebound": "import torch\ntorch = None\ntorch.zeros(1)\nimport torch as torch\ntorch.nn = 3\ntorch.nn.Linear(1, 2)\n",
    "odd sizes": "import torch\ntorch.zeros(-1)\ntorch.zeros(1.5)\ntorch.zeros('a')\ntorch.zeros(None)\ntorch.zeros([[1]])\n",
    "odd layers": "import torch.nn as nn\nnn.Linear()\nnn.Linear(1, 2, 3, 4, 5, 6)\nnn.Conv2d('a', None, [])\nnn.Sequential(1, 2)\n",
    "division by zero": "x = 1 // 0\ny = 1 % 0\nz = 0 ** -1\nimport torch\nw = torch.zeros(2).view(0, -1)\n",
}

#: What doubles with each pass, in size or in the work to look at it.
DOUBLING = {
    "a list": "l = [1]\nfor i in range(1000):\n    l = l + l\n",
    "a list in place": "l = [1]\nwhile True:\n    l += l\n",
    "a list of itself": "l = [1]\nwhile True:\n    l.extend(l)\n",
    "a list with stars": "l = [1]\nwhile True:\n    l = [*l, *l]\n",
    "a tuple": "t = (1,)\nwhile True:\n    t = t + t\n",
    "a text": "s = 'ab'\nwhile True:\n    s = s + s\n",
    "a text in braces": "s = 'ab'\nwhile True:\n    s = f'{s}{s}'\n",
    "a text joined": "s = 'ab'\nwhile True:\n    s = s.join([s, s])\n",
    "bytes": "s = b'ab'\nwhile True:\n    s = s + s\n",
    "a dict": "d = {0: 0}\nfor i in range(100):\n    d = {**d, **{k + len(d): v for k, v in d.items()}}\n",
    "a set": "s = {0}\nfor i in range(100):\n    s = s | {x + 2**i for x in s}\n",
    "arguments": "def f(*a): return f(*a, *a)\nf(1)\n",
    "a tensor": HEAD + "x = torch.zeros(1)\nwhile True:\n    x = torch.cat([x, x])\n",
    "lists that share": "l = m = []\n" + "l = [l, l]\nm = [m, m]\n" * 60 + "print(l == m, str(l), l in [m])\n",
    "tuples that share": "t = u = ()\n" + "t = (t, t)\nu = (u, u)\n" * 60 + "print({t: 1}, t == u, hash(t))\n",
    "a polynomial": (
        HEAD + "def f(x):\n    a, b, c, d = x.shape\n    n = 1\n    for i in range(100):\n"
        "        n = n * (a + b * i + c * d + i)\n    return x.view(n, -1)\n"
    ),
}

ALL = {**ENDLESS, **HUGE, **NESTED, **ODD, **{f"doubling {name}": text for name, text in DOUBLING.items()}}
