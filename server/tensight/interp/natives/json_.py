"""json, tomllib, yaml and pickle: what can be read is read, nothing is written."""

from __future__ import annotations

import importlib
import json
import sys
from typing import TYPE_CHECKING, Any

from ... import limits
from ...libs.yaml_text import Unclear, load_yaml
from ...values import Reason, Scalar, Value
from .files import content_of
from .registry import ALIASES, BASES, MODULES, native, plain_class
from .support import NO_KEY, from_host, payload, to_host, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

#: tomllib, or tomli on Python 3.10.
_TOML = "tomllib" if sys.version_info >= (3, 11) else "tomli"
MODULES.update(("json", "tomllib", "pickle", "yaml", "tomli"))
BASES["json.JSONDecodeError"] = ("builtins.ValueError",)
BASES["tomllib.TOMLDecodeError"] = ("builtins.ValueError",)
ALIASES["json.decoder.JSONDecodeError"] = "json.JSONDecodeError"
ALIASES["tomli.TOMLDecodeError"] = "tomllib.TOMLDecodeError"
plain_class("json.JSONEncoder")
plain_class("json.JSONDecoder")


def _load_json(it: Interp, text: Any, kwargs: dict[str, Value]) -> Value:
    if not isinstance(text, str | bytes) or kwargs or len(text) > limits.MAX_SOURCE:
        return unknown_of(it, [text], "json")
    try:
        return from_host(it, json.loads(text))
    except ValueError as error:
        return it.fail("json.JSONDecodeError", str(error))
    except RecursionError:
        return it.unknown(Reason.LIMIT, "json nests too deep")


@native("json.loads")
def loads(it: Interp, s: Value, **kwargs: Value) -> Value:
    return _load_json(it, payload(s), kwargs)


@native("json.load")
def load(it: Interp, fp: Value, **kwargs: Value) -> Value:
    text = content_of(it, fp)
    return unknown_of(it, [fp], "a file") if text is None else _load_json(it, text, kwargs)


@native("json.dumps")
def dumps(it: Interp, obj: Value, **kwargs: Value) -> Value:
    plain, options = to_host(obj), {k: to_host(v) for k, v in kwargs.items()}
    if plain is NO_KEY or any(v is NO_KEY for v in options.values()):
        return Scalar("str")
    try:
        text = json.dumps(plain, **options)
    except (TypeError, ValueError, RecursionError) as error:
        return it.fail(type(error).__name__, str(error))
    return text if len(text) <= limits.MAX_TEXT else Scalar("str")


@native("json.dump", "pickle.dump", "yaml.dump", "yaml.safe_dump")
def dump(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return None


@native("pickle.dumps")
def pickle_dumps(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return it.unknown(Reason.ENVIRONMENT, "pickle")


@native("pickle.load", "pickle.loads", "yaml.load_all", "yaml.safe_load_all")
def opaque_load(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return it.unknown(Reason.ENVIRONMENT, "data of a file")


# ---- TOML
def _load_toml(it: Interp, text: Any) -> Value:
    if not isinstance(text, str) or len(text) > limits.MAX_SOURCE:
        return unknown_of(it, [text], "toml")
    try:
        return from_host(it, importlib.import_module(_TOML).loads(text))
    except ValueError as error:
        return it.fail("tomllib.TOMLDecodeError", str(error))


@native("tomllib.loads", "tomli.loads")
def toml_loads(it: Interp, s: Value, /) -> Value:
    return _load_toml(it, payload(s))


@native("tomllib.load", "tomli.load")
def toml_load(it: Interp, fp: Value, /) -> Value:
    text = content_of(it, fp)
    return unknown_of(it, [fp], "a file") if text is None else _load_toml(it, text)


# ---- YAML
BASES["yaml.YAMLError"] = ("builtins.Exception",)


@native("yaml.load", "yaml.safe_load", "yaml.full_load", "yaml.unsafe_load")
def yaml_load(it: Interp, stream: Value, *args: Value, **kwargs: Value) -> Value:
    text = payload(stream) if isinstance(payload(stream), str) else content_of(it, stream)
    if not isinstance(text, str):
        return unknown_of(it, [stream], "a file")
    try:
        return from_host(it, load_yaml(text), {})
    except Unclear as error:
        return it.unknown(Reason.UNSUPPORTED, f"YAML that cannot be read: {error}")
