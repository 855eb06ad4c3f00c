"""torch.distributions where PyTorch is installed: its source is read. Every class with every method against PyTorch."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from snippets import installed, interpret, source
from torch_snippets import agree, of_abstract, of_real

from tensight.interp import Request, analyse
from tensight.interp.world import World

LOADER, READ = installed(torch), World()
HEAD = "import torch\nimport torch.distributions as D\n"


def _constructors(batch: tuple[int, ...]) -> Iterator[str]:
    def pos(*event: int) -> str:
        return f"(torch.rand({batch + event}) * 0.5 + 0.25)"

    def some(*event: int) -> str:
        return f"torch.randn({batch + event})"

    def eye(size: int) -> str:
        return f"torch.eye({size}).expand({(*batch, size, size)})"

    p, n = pos(), some()
    yield f"Normal({n}, {p})"
    yield f"Normal({n}.double(), 1.0)"
    yield f"Normal(0.0, {p})"
    yield f"LogNormal({n}, {p})"
    yield f"Laplace({n}, 2)"
    yield f"Cauchy({n}, {p})"
    yield f"Gumbel({n}, {p})"
    yield f"HalfNormal({p})"
    yield f"HalfCauchy({p})"
    yield f"StudentT({p})"
    yield f"StudentT({p} + 2, {n}, {p})"
    yield f"Uniform({n} - 10, {n} + 10)"
    yield f"Exponential({p}.double())"
    yield f"Gamma({p}, {p})"
    yield f"Chi2({p})"
    yield f"InverseGamma({p}, 2.0)"
    yield f"Beta({p}, {p})"
    yield f"Beta(0.5, {p})"
    yield f"Kumaraswamy({p}, {p})"
    yield f"Weibull({p}, 1.0)"
    yield f"Pareto({p}, {p})"
    yield f"GeneralizedPareto({n}, {p}, 0.1)"
    yield f"FisherSnedecor({p}, {p})"
    yield f"VonMises({n}, {p})"
    yield f"Poisson({p})"
    yield f"Geometric({p})"
    yield f"Geometric(logits={n})"
    yield f"Bernoulli({p})"
    yield f"Bernoulli(logits={n}.double())"
    yield f"ContinuousBernoulli({p})"
    yield f"Binomial(7, {p})"
    yield f"Binomial(torch.full({batch}, 7.0), logits={n})"
    yield f"NegativeBinomial({p}, {p})"
    yield f"RelaxedBernoulli(torch.tensor(2.2), {p})"
    yield f"Categorical({pos(6)})"
    yield f"Categorical(logits={some(6)})"
    yield f"OneHotCategorical({pos(6)})"
    yield f"OneHotCategoricalStraightThrough(logits={some(6)})"
    yield f"RelaxedOneHotCategorical(torch.tensor(2.2), {pos(6)})"
    yield f"Multinomial(9, {pos(6)})"
    yield f"Dirichlet({pos(6)})"
    yield f"MultivariateNormal({some(3)}, torch.eye(3))"
    yield f"MultivariateNormal({some(3)}, scale_tril={eye(3)})"
    yield f"MultivariateNormal(torch.zeros(3), precision_matrix={eye(3)})"
    yield f"LowRankMultivariateNormal({some(4)}, {some(4, 2)}, {pos(4)})"
    yield f"Wishart(torch.full({batch}, 5.0), torch.eye(3))"
    yield f"LKJCholesky(3, {p})"
    yield f"LogisticNormal({some(3)}, {pos(3)})"
    yield f"Independent(D.Normal({some(5)}, {pos(5)}), 1)"
    yield f"Independent(D.Bernoulli({p}), {len(batch)})"
    yield f"MixtureSameFamily(D.Categorical({pos(5)}), D.Normal({some(5)}, {pos(5)}))"
    yield f"MixtureSameFamily(D.Categorical({pos(5)}), D.Independent(D.Normal({some(5, 2)}, 1.0), 1))"
    yield f"TransformedDistribution(D.Normal({n}, {p}), D.ExpTransform())"
    steps = f"[D.SigmoidTransform().inv, D.AffineTransform({n}, {p})]"
    yield f"TransformedDistribution(D.Uniform({n} - 9, 9.0), {steps})"
    yield f"TransformedDistribution(D.Normal({some(3)}, {pos(3)}), [D.StickBreakingTransform()])"
    yield f"TransformedDistribution(D.Normal({some(6)}, {pos(6)}), [D.ReshapeTransform((6,), (2, 3))])"
    yield f"TransformedDistribution(D.Normal({some(6)}, {pos(6)}), [D.CorrCholeskyTransform()])"


CALLS = (
    "d.batch_shape", "d.event_shape", "d.sample()", "d.sample((2,))", "d.sample(torch.Size([2, 5]))", "d.rsample()",
    "d.rsample((4,))", "d.mean", "d.mode", "d.variance", "d.stddev", "d.entropy()", "d.perplexity()",
    "d.log_prob(d.sample())", "d.log_prob(d.sample((2,)))", "d.cdf(d.sample((2,)))",
    "d.icdf(torch.rand(d.batch_shape))", "d.enumerate_support()", "d.enumerate_support(expand=False)",
    "wide.sample()", "wide.log_prob(d.sample())",
    "d.has_rsample", "d.has_enumerate_support", "d.support.event_dim", "D.kl_divergence(d, d)",
    "D.kl_divergence(wide, d)",
    "d.support.check(d.sample())", "D.biject_to(d.support)(D.biject_to(d.support).inv(d.sample()))",
    "D.transform_to(d.support).inv(d.sample())",
)  # fmt: skip


@pytest.mark.parametrize("batch", [(), (4,), (3, 1)], ids=str)
def test_every_method(batch: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    compared = 0
    for text in _constructors(batch):
        made = f"d = D.{text}\nwide = d.expand((7,) + tuple(d.batch_shape))\n"
        space: dict[str, Any] = {}
        results: dict[str, Any] = {}
        lines = ""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(HEAD + made, space)
            for number, call in enumerate(CALLS):
                try:
                    results[f"r{number}"] = eval(call, space)
                except (NotImplementedError, RuntimeError, ValueError, AttributeError, IndexError):
                    continue
                lines += f"r{number} = {call}\n"
        ours, it = interpret(HEAD + made + lines, loader=LOADER, world=READ)
        assert not it.diagnostics.found, (text, [d.message for d in it.diagnostics.found.values()])
        for name, real in results.items():
            holes: list[str] = []
            said = of_abstract(ours[name])
            call = CALLS[int(name[1:])]
            assert agree(said, of_real(real), holes, call), (text, call, said, of_real(real))
            assert not holes, (text, holes)
            compared += 1
    assert compared > 1200


REFUSED = """
D.Normal(torch.zeros(3), torch.ones(4))
D.Normal(torch.zeros(3), torch.ones(3)).log_prob(torch.zeros(4))
D.Normal(torch.zeros(3), torch.ones(3)).log_prob(torch.zeros(2, 3, 4))
D.Normal(torch.zeros(3), torch.ones(3)).log_prob(0.5)
D.Normal(torch.zeros(3), torch.ones(3)).expand((2, 4))
D.Normal(torch.zeros(3), torch.tensor([1.0, -1.0, 2.0]))
D.Normal("a", 1.0)
D.Normal(0.0, -1.0)
D.Uniform(1.0, 0.0)
D.Bernoulli(torch.tensor(1.5))
D.Bernoulli(0.5).log_prob(torch.tensor(2.0))
D.Bernoulli(0.5, 0.5)
D.Categorical(torch.tensor(0.5))
D.Categorical()
D.Categorical(torch.ones(3), logits=torch.ones(3))
D.Categorical(torch.ones(4, 5)).log_prob(torch.zeros(3))
D.Categorical(torch.ones(3)).log_prob(torch.tensor(7))
D.MultivariateNormal(torch.tensor(0.0), torch.eye(1))
D.MultivariateNormal(torch.zeros(3))
D.MultivariateNormal(torch.zeros(3), torch.ones(3))
D.MultivariateNormal(torch.zeros(3), torch.eye(3)).log_prob(torch.zeros(4))
D.Independent(D.Normal(torch.zeros(3), 1.0), 2)
D.kl_divergence(D.Normal(0.0, 1.0), D.Categorical(torch.ones(3)))
D.MixtureSameFamily(D.Categorical(torch.ones(4)), D.Normal(torch.zeros(3), 1.0))
D.MixtureSameFamily(D.Normal(torch.zeros(3), 1.0), D.Normal(torch.zeros(3), 1.0))
D.Dirichlet(torch.tensor(1.0))
D.Multinomial(torch.tensor([3, 4]), torch.ones(2, 3))
D.Multinomial(3, torch.ones(3)).log_prob(torch.ones(4))
D.TransformedDistribution(D.Normal(0.0, 1.0), "exp")
D.TransformedDistribution(D.Normal(torch.zeros(3), 1.0), D.ReshapeTransform((4,), (2, 2)))
D.TransformedDistribution(D.Normal(0.0, 1.0), D.StickBreakingTransform())
D.LowRankMultivariateNormal(torch.zeros(4), torch.zeros(3, 2), torch.ones(4))
D.Wishart(torch.tensor(5.0), torch.ones(3))
D.LKJCholesky(1)
D.ReshapeTransform((4,), (3, 2))
D.CorrCholeskyTransform()(torch.zeros(4))
D.Beta(torch.ones(3), torch.ones(4))
D.Binomial(5, torch.rand(3)).log_prob(torch.ones(4))
D.Geometric(torch.ones(3), torch.ones(3))
D.RelaxedOneHotCategorical(torch.tensor(1.0), torch.tensor(0.5))
D.Gamma(torch.zeros(3), torch.ones(3))
D.StackTransform([D.ExpTransform()], 0)(torch.ones(3))
D.CatTransform([D.ExpTransform(), D.ExpTransform()], 0, [2, 2])(torch.ones(3))
D.HalfNormal(torch.ones(3)).icdf(torch.rand(4))
""".strip().splitlines()


@pytest.mark.parametrize("call", REFUSED)
def test_refusals(call: str) -> None:
    with pytest.raises(Exception) as raised:
        exec(HEAD + call, {})
    entry = source(f"{HEAD}x = {call}\n")
    found = analyse(Request(entry, (entry,), LOADER), READ).analyses[0].diagnostics
    assert [d.message for d in found] == [str(raised.value).partition("\n")[0]]


def test_abstract_methods_are_refused() -> None:
    """PyTorch has no words for it: the name of the exception stands for them."""
    entry = source(f"{HEAD}x = D.Categorical(torch.ones(3)).rsample()\n")
    found = analyse(Request(entry, (entry,), LOADER), READ).analyses[0].diagnostics
    assert [d.message for d in found] == ["NotImplementedError"]


def test_names() -> None:
    """By every way to import them; classes of the program derive from them."""
    text = """
import torch
import torch.distributions as dist
from torch.distributions import *
from torch.distributions.normal import Normal as Bell
from torch.distributions.utils import broadcast_all, logits_to_probs
a = Normal(torch.zeros(3), torch.ones(3)).sample(), ExpTransform()(torch.zeros(3)), Bell(torch.zeros(3), 1.0).sample()
b = dist.normal.Normal(0.0, 1.0).sample(), torch.distributions.Normal(0.0, 1.0).sample((2,))
c = logits_to_probs(torch.zeros(2, 3)), broadcast_all(0.5, torch.zeros(2, 1), torch.zeros(3))
class Mine(torch.distributions.Distribution):
    arg_constraints = {}
    def __init__(self, loc):
        self.loc = loc
        super().__init__(loc.shape, validate_args=False)
    def sample(self, sample_shape=torch.Size()):
        return torch.randn(self._extended_shape(sample_shape))
class Squashed(Normal):
    def rsample(self, sample_shape=torch.Size()):
        return torch.tanh(super().rsample(sample_shape))
@dist.register_kl(Squashed, Mine)
def kl(p, q):
    return (p.loc - q.loc[:, 0]).pow(2)
m, s = Mine(torch.zeros(3, 2)), Squashed(torch.zeros(3), torch.ones(3))
d = m.sample((4,)), m.batch_shape, s.sample((2,)), s.rsample(), dist.kl_divergence(s, m)
e = isinstance(s, torch.distributions.Distribution), isinstance(s, dist.Normal), type(s).__name__
"""
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(text, space)
    ours, it = interpret(text, loader=LOADER, world=READ)
    assert not it.diagnostics.found
    for name in "abcde":
        holes: list[str] = []
        assert agree(of_abstract(ours[name]), of_real(space[name]), holes, name)
        assert not holes
