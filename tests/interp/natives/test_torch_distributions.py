"""torch.distributions, compared with PyTorch."""

from torch_snippets import check


def test_shapes() -> None:
    check("""
import torch
import torch.distributions as D
from torch.distributions import Categorical, Normal, kl_divergence, Independent
mu, sigma = torch.zeros(3, 4), torch.ones(4)
n = Normal(mu, sigma)
a = n.sample(), n.rsample((5,)), n.sample(torch.Size([2, 1])), n.log_prob(torch.zeros(3, 4)), n.entropy()
b = n.mean, n.stddev, n.variance, n.loc, n.scale, n.batch_shape, n.event_shape
q = n.log_prob(torch.zeros(7, 1, 4)), n.cdf(mu)
c = Categorical(logits=torch.zeros(5, 6))
d = c.sample(), c.sample((2,)), c.log_prob(torch.zeros(5).long()), c.entropy(), c.probs, c.logits, c.batch_shape
e = Normal(0.0, 1.0).sample(), Normal(0, 1).sample((3,)), Normal(torch.zeros(2), 1.0).rsample()
f = D.Bernoulli(torch.full((3,), 0.5)).sample(), D.Bernoulli(logits=torch.zeros(2, 2)).log_prob(torch.ones(2, 2))
g = D.MultivariateNormal(torch.zeros(2, 3), torch.eye(3))
h = g.sample(), g.sample((4,)), g.log_prob(torch.zeros(2, 3)), g.batch_shape, g.event_shape, g.mean
i = D.Dirichlet(torch.ones(2, 5)).sample(), D.OneHotCategorical(logits=torch.zeros(2, 5)).sample((3,))
j = Independent(Normal(mu, sigma), 1)
k = j.log_prob(mu), j.sample(), j.event_shape, j.batch_shape
l = kl_divergence(n, Normal(torch.zeros(4), torch.ones(4))), D.kl_divergence(c, c)
m = D.Beta(torch.ones(2), torch.ones(2)).sample(), D.Gamma(2.0, torch.ones(3)).mean, D.Uniform(-1.0, 1.0).sample((2, 3))
o = D.Multinomial(10, torch.ones(3, 4)).sample(), D.Exponential(torch.ones(3)).entropy()
mix = D.MixtureSameFamily(Categorical(torch.ones(5)), Normal(torch.zeros(5), torch.ones(5)))
p = mix.sample((3,)), mix.log_prob(torch.zeros(3))
act = Categorical(torch.softmax(torch.zeros(1, 4), -1)).sample()
""")
