"""torch.distributions: batch and event shapes, and what samples and log-probabilities are shaped like."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...values import FLOAT32, INT64, DType, Instance, OneOf, Reason, Scalar, Size, Tensor, Unknown, Value
from .numpy_array import run
from .numpy_create import shape_of
from .registry import MODULES, native, plain_class, prop

if TYPE_CHECKING:
    from ..machine import Interp

MODULE = "torch.distributions"
BASE = f"{MODULE}.Distribution"
MODULES.update({MODULE, f"{MODULE}.normal", f"{MODULE}.categorical", f"{MODULE}.kl", f"{MODULE}.distribution"})
plain_class(BASE)
#: Every parameter has the shape of the batch; a sample is one number an element.
_SCALAR: dict[str, tuple[str, ...]] = {
    "Normal": ("loc", "scale"), "Bernoulli": ("probs", "logits"), "Beta": ("concentration1", "concentration0"),
    "Gamma": ("concentration", "rate"), "Uniform": ("low", "high"), "Exponential": ("rate",),
    "Laplace": ("loc", "scale"),
    "LogNormal": ("loc", "scale"), "Poisson": ("rate",), "StudentT": ("df", "loc", "scale"), "Cauchy": ("loc", "scale"),
    "Gumbel": ("loc", "scale"), "HalfNormal": ("scale",), "HalfCauchy": ("scale",), "Geometric": ("probs", "logits"),
    "Binomial": ("total_count", "probs", "logits"), "Weibull": ("scale", "concentration"), "Pareto": ("scale", "alpha"),
    "Chi2": ("df",), "VonMises": ("loc", "concentration"), "ContinuousBernoulli": ("probs", "logits"),
    "NegativeBinomial": ("total_count", "probs", "logits"), "Kumaraswamy": ("concentration1", "concentration0"),
    "InverseGamma": ("concentration", "rate"), "FisherSnedecor": ("df1", "df2"),
}  # fmt: skip
#: The last axis of the parameters is one distribution; whether a sample has it too.
_VECTOR: dict[str, tuple[tuple[str, ...], bool]] = {
    "Categorical": (("probs", "logits"), False), "OneHotCategorical": (("probs", "logits"), True),
    "OneHotCategoricalStraightThrough": (("probs", "logits"), True), "Dirichlet": (("concentration",), True),
    "Multinomial": (("total_count", "probs", "logits"), True),
    "RelaxedOneHotCategorical": (("temperature", "probs", "logits"), True),
}  # fmt: skip
#: Parameters that say nothing of the shape.
_BESIDE = {("Multinomial", "total_count"), ("RelaxedOneHotCategorical", "temperature")}


def _as_tensor(value: Value) -> Tensor | None:
    """A parameter as a tensor of float; None if nothing is known of it."""
    if isinstance(value, Tensor):
        return value
    return None if isinstance(value, Unknown | OneOf | Instance) else Tensor((), FLOAT32)


def _broadcast(it: Interp, tensors: list[Tensor]) -> Tensor:
    """The common shape of tensors."""
    result: Value = tensors[0]
    for other in tensors[1:]:
        result = run(it, "torch.add", [replace(t, dtype=None, data=None) for t in (result, other)])
        if not isinstance(result, Tensor):
            return Tensor(None, unknown=it.unknown(Reason.DATA_DEPENDENT, "parameters of a distribution"))
    return Tensor(result.dims, result.dtype, unknown=result.unknown)


def set_shapes(it: Interp, self: Instance, batch: Tensor, event: tuple[Value, ...] | None, dtype: DType | None) -> None:
    """`batch`: a tensor of the batch's shape; `event` None: not known."""
    for name, value in (("batch", batch), ("event", event), ("dtype", dtype)):
        it.journal.set(self.extra, name, value, self.born)


def _given(names: tuple[str, ...], args: tuple[Value, ...], kwargs: dict[str, Value]) -> dict[str, Value]:
    found = {**dict(zip(names, args)), **kwargs}
    return {name: found[name] for name in names if found.get(name) is not None}


def unsettled(it: Interp, self: Instance) -> None:
    set_shapes(it, self, Tensor(None, unknown=it.unknown(Reason.DATA_DEPENDENT, "a distribution")), None, None)


def _scalar(name: str, names: tuple[str, ...]) -> None:
    plain_class(f"{MODULE}.{name}", BASE)

    @native(f"{MODULE}.{name}.__init__")
    def init(it: Interp, self: Value, *args: Value, validate_args: Value = None, **kwargs: Value) -> Value:
        if isinstance(self, Instance):
            given = _given(names, args, kwargs)
            tensors = [_as_tensor(v) for v in given.values()]
            known = [t for t in tensors if t is not None]
            if len(known) < len(tensors) or not known:
                unsettled(it, self)
                return None
            batch = _broadcast(it, known)
            dtype = next((v.dtype for v in given.values() if isinstance(v, Tensor)), FLOAT32)
            set_shapes(it, self, batch, (), dtype)
            for key in names:
                it.journal.write(self, key, replace(batch, dtype=dtype))
        return None


def _vector(name: str, names: tuple[str, ...], one_hot: bool) -> None:
    plain_class(f"{MODULE}.{name}", BASE)

    @native(f"{MODULE}.{name}.__init__")
    def init(it: Interp, self: Value, *args: Value, validate_args: Value = None, **kwargs: Value) -> Value:
        if isinstance(self, Instance):
            given = _given(names, args, kwargs)
            main = next((v for k, v in given.items() if (name, k) not in _BESIDE), None)
            if not isinstance(main, Tensor) or main.is_open:
                unsettled(it, self)
                return None
            if main.rank == 0:
                return it.fail("ValueError", "`probs` parameter must be at least one-dimensional.")
            dtype = main.dtype if one_hot else INT64
            set_shapes(it, self, Tensor(main.shape[:-1]), main.shape[-1:] if one_hot else (), dtype)
            for key in names:
                if (name, key) not in _BESIDE:
                    it.journal.write(self, key, main.alike())
        return None


for _name, _names in _SCALAR.items():
    _scalar(_name, _names)
for _name, (_names, _one_hot) in _VECTOR.items():
    _vector(_name, _names, _one_hot)
for _name in ("MultivariateNormal", "Independent", "TransformedDistribution", "MixtureSameFamily", "RelaxedBernoulli",
              "LowRankMultivariateNormal", "Wishart", "LKJCholesky", "LogisticNormal"):  # fmt: skip
    plain_class(f"{MODULE}.{_name}", BASE)


@native(f"{MODULE}.MultivariateNormal.__init__")
def multivariate(it: Interp, self: Value, loc: Value, covariance_matrix: Value = None, precision_matrix: Value = None,
                 scale_tril: Value = None, validate_args: Value = None) -> Value:  # fmt: skip
    matrix = next((m for m in (covariance_matrix, precision_matrix, scale_tril) if m is not None), None)
    if isinstance(self, Instance):
        tensors = [t for t in (loc, matrix) if isinstance(t, Tensor) and not t.is_open]
        if len(tensors) < 2 or tensors[0].rank < 1 or tensors[1].rank < 2:
            unsettled(it, self)
            return None
        batch = _broadcast(it, [Tensor(tensors[0].shape[:-1]), Tensor(tensors[1].shape[:-2])])
        event = tensors[0].shape[-1:]
        set_shapes(it, self, batch, event, tensors[0].dtype)
        if not batch.is_open:
            it.journal.write(self, "loc", Tensor((*batch.shape, *event), tensors[0].dtype))
    return None


@native(f"{MODULE}.Independent.__init__")
def independent(it: Interp, self: Value, base_distribution: Value, reinterpreted_batch_ndims: Value,
                validate_args: Value = None) -> Value:  # fmt: skip
    """The last axes of the batch become axes of the event."""
    if isinstance(self, Instance):
        it.journal.write(self, "base_dist", base_distribution)
        base = base_distribution.extra if isinstance(base_distribution, Instance) else {}
        batch, event, n = base.get("batch"), base.get("event"), reinterpreted_batch_ndims
        if not isinstance(batch, Tensor) or batch.is_open or event is None or not isinstance(n, int) or n > batch.rank:
            unsettled(it, self)
            return None
        at = batch.rank - n
        set_shapes(it, self, Tensor(batch.shape[:at]), (*batch.shape[at:], *event), base.get("dtype"))
    return None


@native(f"{MODULE}.MixtureSameFamily.__init__")
def mixture(it: Interp, self: Value, mixture_distribution: Value, component_distribution: Value,
            validate_args: Value = None) -> Value:  # fmt: skip
    if isinstance(self, Instance):
        base = component_distribution.extra if isinstance(component_distribution, Instance) else {}
        batch = base.get("batch")
        if not isinstance(batch, Tensor) or batch.is_open or batch.rank == 0:
            unsettled(it, self)
        else:
            set_shapes(it, self, Tensor(batch.shape[:-1]), base.get("event"), base.get("dtype"))
    return None


@native(
    *(f"{MODULE}.{n}.__init__" for n in ("RelaxedBernoulli", "LowRankMultivariateNormal")),
    *(f"{MODULE}.{n}.__init__" for n in ("Wishart", "LKJCholesky", "LogisticNormal")),
    f"{BASE}.__init__",
)
def not_followed(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    if isinstance(self, Instance):
        unsettled(it, self)
        self.open = True
    return None


# ---- shapes
def parts_of(self: Value) -> tuple[Tensor, tuple[Value, ...] | None, DType | None]:
    extra = self.extra if isinstance(self, Instance) else {}
    batch = extra.get("batch")
    return (batch if isinstance(batch, Tensor) else Tensor(None)), extra.get("event"), extra.get("dtype")


def _whole(it: Interp, self: Value, before: list[Value] | None, dtype: DType | None = None) -> Tensor:
    """A tensor of shape before + batch + event."""
    batch, event, own = parts_of(self)
    if batch.is_open or event is None or before is None:
        return Tensor(None, dtype or own, unknown=it.unknown(Reason.DATA_DEPENDENT, "a distribution"))
    return Tensor((*before, *batch.shape, *event), dtype or own)


@prop(f"{BASE}.batch_shape")
def batch_shape(it: Interp, self: Value) -> Value:
    batch = parts_of(self)[0]
    return it.unknown(Reason.DATA_DEPENDENT, "batch_shape") if batch.is_open else Size(batch.shape)


@prop(f"{BASE}.event_shape")
def event_shape(it: Interp, self: Value) -> Value:
    event = parts_of(self)[1]
    return it.unknown(Reason.DATA_DEPENDENT, "event_shape") if event is None else Size(event)


@prop(f"{BASE}.mean", f"{BASE}.stddev", f"{BASE}.variance", f"{BASE}.mode")
def moment(it: Interp, self: Value) -> Value:
    """Of a Categorical they are not a number, but shaped as the batch all the same."""
    dtype = parts_of(self)[2]
    return _whole(it, self, [], None if dtype is INT64 else dtype)


@prop(f"{BASE}.has_rsample", f"{BASE}.has_enumerate_support")
def has(it: Interp, self: Value) -> Value:
    return Scalar("bool")


@native(f"{BASE}.sample", f"{BASE}.rsample")
def sample(it: Interp, self: Value, sample_shape: Value = ()) -> Value:
    return _whole(it, self, shape_of(it, sample_shape))


@native(f"{BASE}.sample_n")
def sample_n(it: Interp, self: Value, n: Value) -> Value:
    return _whole(it, self, shape_of(it, n))


@native(f"{BASE}.log_prob", f"{BASE}.cdf", f"{BASE}.icdf")
def log_prob(it: Interp, self: Value, value: Value) -> Value:
    """The batch and the value's axes before the event, broadcast."""
    batch, event, dtype = parts_of(self)
    given = _as_tensor(value)
    kept = FLOAT32 if dtype is INT64 else dtype
    if given is None or given.is_open or batch.is_open or event is None or given.rank < len(event):
        return Tensor(None, None, unknown=it.unknown(Reason.DATA_DEPENDENT, "log_prob"))
    outer = given.shape[: given.rank - len(event)]
    return replace(_broadcast(it, [Tensor(outer), batch]), dtype=kept if given.dtype in (None, kept, INT64) else None)


@native(f"{BASE}.entropy", f"{BASE}.perplexity")
def entropy(it: Interp, self: Value) -> Value:
    batch, _, dtype = parts_of(self)
    return replace(batch, dtype=FLOAT32 if dtype is INT64 else dtype)


@native(f"{MODULE}.kl_divergence", f"{MODULE}.kl.kl_divergence")
def kl_divergence(it: Interp, p: Value, q: Value) -> Value:
    a, b = parts_of(p)[0], parts_of(q)[0]
    if a.is_open or b.is_open:
        return Tensor(None, unknown=it.unknown(Reason.DATA_DEPENDENT, "kl_divergence"))
    dtype = parts_of(p)[2]
    return replace(_broadcast(it, [a, b]), dtype=FLOAT32 if dtype is INT64 else dtype)


@native(f"{BASE}.expand")
def expand(it: Interp, self: Value, batch_shape: Value, *args: Value) -> Value:
    dims, (_, event, dtype) = shape_of(it, batch_shape), parts_of(self)
    if not isinstance(self, Instance) or dims is None:
        return it.unknown(Reason.DATA_DEPENDENT, "expand")
    out = Instance(self.cls, {}, it.here(), open=True)
    set_shapes(it, out, Tensor(tuple(dims)), event, dtype)
    return out
