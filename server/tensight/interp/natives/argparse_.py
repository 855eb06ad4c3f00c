"""argparse: a parser collects its arguments; parse_args gives what the program has when it is run as asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...dims import symbol
from ...values import ClassV, DictV, Instance, ListV, Reason, Scalar, Value, join
from .argparse_read import Found, read_arguments
from .registry import BASES, CONSTANTS, MODULES, native, plain_class
from .state import process
from .support import MISSING, items_of, known_items, unknown_of

if TYPE_CHECKING:
    from ..machine import Interp

MODULES.add("argparse")
SUPPRESS = "==SUPPRESS=="
CONSTANTS.update({"argparse.SUPPRESS": SUPPRESS, "argparse.REMAINDER": "...", "argparse.OPTIONAL": "?",
                  "argparse.ZERO_OR_MORE": "*", "argparse.ONE_OR_MORE": "+", "argparse.PARSER": "A..."})  # fmt: skip
for _name in ("ArgumentParser", "Namespace", "Group", "Subparsers", "Action", "BooleanOptionalAction", "HelpFormatter"):
    plain_class(f"argparse.{_name}")
for _name in (
    "ArgumentDefaultsHelpFormatter",
    "RawTextHelpFormatter",
    "RawDescriptionHelpFormatter",
    "MetavarTypeHelpFormatter",
):
    plain_class(f"argparse.{_name}", "argparse.HelpFormatter")
for _name in ("ArgumentTypeError", "ArgumentError"):
    BASES[f"argparse.{_name}"] = ("builtins.Exception",)
#: Methods that only print.
_SILENT = ("print_help", "print_usage", "convert_arg_line_to_args", "register")


# ---- parsers, groups, subparsers
def _actions(self: Value) -> ListV | None:
    """The arguments of a parser, or of the parser that a group belongs to."""
    found = self.attrs.get("_actions") if isinstance(self, Instance) else None
    return found if isinstance(found, ListV) else None


@native("argparse.ArgumentParser.__init__")
def parser_init(it: Interp, self: Value, *args: Value, parents: Value = (), **options: Value) -> Value:
    if not isinstance(self, Instance):
        return None
    actions = ListV([])
    for parent in known_items(it, parents) or ():
        inherited = _actions(parent)
        if inherited is not None:
            actions.items.extend(inherited.items)
    it.journal.write(self, "_actions", actions)
    it.journal.write(self, "_defaults", DictV({}))
    for name in ("prog", "description", "epilog", "usage"):
        it.journal.write(self, name, options.get(name))
    return None


@native("argparse.ArgumentParser.add_argument_group", "argparse.ArgumentParser.add_mutually_exclusive_group",
        "argparse.Group.add_argument_group", "argparse.Group.add_mutually_exclusive_group")  # fmt: skip
def add_group(it: Interp, self: Value, *args: Value, **options: Value) -> Value:
    group = it.new("argparse.Group")
    if isinstance(self, Instance):
        group.attrs.update(_actions=self.attrs.get("_actions"), _defaults=self.attrs.get("_defaults"))
    if options.get("required") is True:
        group.extra["exclusive"] = True
    return group


@native("argparse.ArgumentParser.add_subparsers")
def add_subparsers(it: Interp, self: Value, *, dest: Value = None, **options: Value) -> Value:
    """Which command is given is not known: the namespace may hold what any of them adds."""
    made = it.new("argparse.Subparsers")
    if isinstance(self, Instance):
        it.journal.write(self, "_subparsers", made)
        if isinstance(dest, str):
            it.journal.write(self, "_command", dest)
    return made


@native("argparse.Subparsers.add_parser")
def add_parser(it: Interp, self: Value, name: Value, **options: Value) -> Value:
    parser = it.instantiate(
        it.native_class("argparse.ArgumentParser"), [], {k: v for k, v in options.items() if k == "parents"}
    )
    if isinstance(self, Instance) and isinstance(parser, Instance):
        it.journal.set(self.extra, "parsers", (*self.extra.get("parsers", ()), parser), self.born)
    return parser


# ---- arguments
@native("argparse.ArgumentParser.add_argument", "argparse.Group.add_argument")
def add_argument(it: Interp, self: Value, *flags: Value, **options: Value) -> Value:
    action = it.new("argparse.Action", option_strings=ListV(list(flags)), **options)
    dest = _dest(flags, options)
    actions = _actions(self)
    if dest is None or actions is None:
        if isinstance(self, Instance):
            self.open = True
        return action
    kind = options.get("action", "store")
    action.attrs.update(dest=dest, default=options.get("default", _default_of(kind)))
    action.extra["kind"] = kind if isinstance(kind, str) else _boolean(kind)
    action.extra["positional"] = bool(flags) and not str(flags[0]).startswith("-")
    it.append(actions, action)
    return action


def _dest(flags: tuple[Value, ...], options: dict[str, Value]) -> str | None:
    given = options.get("dest")
    if isinstance(given, str):
        return given
    if not flags or not all(isinstance(flag, str) for flag in flags):
        return None
    if not flags[0].startswith("-"):
        return str(flags[0])
    long = next((flag for flag in flags if flag.startswith("--")), flags[0])
    return str(long.lstrip("-").replace("-", "_"))


def _boolean(kind: Value) -> str:
    """The action classes that are known; a user's own one stores something."""
    return "boolean" if isinstance(kind, ClassV) and kind.native == "argparse.BooleanOptionalAction" else "custom"


def _default_of(kind: Value) -> Value:
    return {"store_true": False, "store_false": True}.get(kind) if isinstance(kind, str) else None


@native("argparse.ArgumentParser.set_defaults", "argparse.Group.set_defaults")
def set_defaults(it: Interp, self: Value, **values: Value) -> Value:
    actions = _actions(self)
    if not isinstance(self, Instance) or actions is None:
        return None
    if "**" in values:
        self.open = True
        return None
    defaults = self.attrs["_defaults"]
    it.journal.touch(defaults)
    defaults.items.update(values)
    for action in actions.items:
        if isinstance(action, Instance) and action.attrs.get("dest") in values:
            it.journal.write(action, "default", values[action.attrs["dest"]])
    return None


@native("argparse.ArgumentParser.get_default")
def get_default(it: Interp, self: Value, dest: Value) -> Value:
    actions = _actions(self)
    for action in actions.items if actions is not None else ():
        if isinstance(action, Instance) and action.attrs.get("dest") == dest:
            return action.attrs["default"]
    return self.attrs["_defaults"].items.get(dest) if isinstance(self, Instance) and isinstance(dest, str) else None


# ---- results
def _missing(action: Instance) -> bool:
    """Whether the program does not run without this argument."""
    if action.extra["positional"]:
        nargs = action.attrs.get("nargs")
        return nargs not in ("?", "*", "...") if isinstance(nargs, str | None) else True
    return action.attrs.get("required") is True


def _unnamed(it: Interp, action: Instance) -> Value:
    """The value of a required argument: one of its choices, a symbolic int, or a value of its type."""
    one = _one(it, action)
    nargs = action.attrs.get("nargs")
    if nargs is None or nargs == "?":
        return one
    if isinstance(nargs, int):
        return ListV([_one(it, action) for _ in range(min(nargs, 64))])
    return ListV([one], one) if nargs == "+" else ListV([], one)


def _one(it: Interp, action: Instance) -> Value:
    kind = action.attrs.get("type")
    if isinstance(kind, ClassV):
        match kind.native:
            case "builtins.int":
                return symbol(str(action.attrs["dest"]))
            case "builtins.float":
                return Scalar("float")
            case "builtins.str":
                return Scalar("str")
    if kind is None:
        return Scalar("str")
    return it.unknown(Reason.PARAMETER, f"the argument {action.attrs['dest']}")


def _default(it: Interp, action: Instance) -> Value:
    """The default; one that is a string goes through `type` as the command line does."""
    value, kind = action.attrs["default"], action.attrs.get("type")
    if action.extra["positional"] and value is None and action.attrs.get("nargs") in ("*", "..."):
        return ListV([])
    if isinstance(value, str) and kind is not None and action.extra["kind"] in ("store", "append", "extend"):
        return it.call(kind, [value])
    return value


def _parse(it: Interp, self: Value, args: Value, namespace: Value) -> tuple[Value, Value]:
    """The namespace, and what was left over."""
    actions = _actions(self)
    if not isinstance(self, Instance) or actions is None:
        return unknown_of(it, [self], "parse_args"), ListV([], Scalar("str"))
    given, rest = (process(it).argv.items[1:], process(it).argv.rest) if args is None else items_of(it, args)
    known = [a for a in actions.items if isinstance(a, Instance)]
    target = namespace if isinstance(namespace, Instance) else it.new("argparse.Namespace")
    found = read_arguments(it, known, given) if rest is None else None
    for action in known:
        _store(it, target, action, found)
    for name, value in self.attrs["_defaults"].items.items():
        if name not in target.attrs:
            it.journal.write(target, name, value)
    if "_subparsers" in self.attrs or self.open or found is None or actions.rest is not None:
        target.open = True
        _store_commands(it, self, target)
        if isinstance(self.attrs.get("_command"), str):
            it.journal.write(target, self.attrs["_command"], it.unknown(Reason.PARAMETER, "the command"))
    left = ListV([], Scalar("str")) if found is None or "_subparsers" in self.attrs else ListV(list(found.left))
    return target, left


def _store_commands(it: Interp, self: Instance, target: Instance) -> None:
    """What the commands add: a program reads of them what the command that was given has added."""
    commands = self.attrs.get("_subparsers")
    added: dict[str, Value] = {}
    for parser in commands.extra.get("parsers", ()) if isinstance(commands, Instance) else ():
        one, _ = _parse(it, parser, ListV([]), None)
        for name, value in one.attrs.items() if isinstance(one, Instance) else ():
            added[name] = join(added[name], value) if name in added else value
    for name, value in added.items():
        known = target.attrs.get(name, MISSING)
        it.journal.write(target, name, value if known is MISSING else join(known, value))


def _store(it: Interp, target: Instance, action: Instance, found: Found | None) -> None:
    dest = action.attrs["dest"]
    if action.extra["kind"] in ("help", "version"):
        return
    if found is None:
        it.journal.write(target, dest, it.unknown(Reason.PARAMETER, f"the argument {dest}"))
    elif dest in found.values and found.owner[dest] is action:
        it.journal.write(target, dest, found.values[dest])
    elif dest in found.values or dest in target.attrs:
        return
    elif _missing(action):
        it.journal.write(target, dest, _unnamed(it, action))
    elif not (isinstance(action.attrs["default"], str) and action.attrs["default"] == SUPPRESS):
        it.journal.write(target, dest, _default(it, action))


@native("argparse.ArgumentParser.parse_args", "argparse.ArgumentParser.parse_intermixed_args")
def parse_args(it: Interp, self: Value, args: Value = None, namespace: Value = None) -> Value:
    return _parse(it, self, args, namespace)[0]


@native("argparse.ArgumentParser.parse_known_args")
def parse_known_args(it: Interp, self: Value, args: Value = None, namespace: Value = None) -> Value:
    return _parse(it, self, args, namespace)


@native("argparse.ArgumentParser.error", "argparse.ArgumentParser.exit")
def error(it: Interp, self: Value, *details: Value, **kwargs: Value) -> Value:
    from .sys_ import raise_exit

    return raise_exit(it, 2)


@native(*(f"argparse.ArgumentParser.{name}" for name in _SILENT))
def silent(it: Interp, self: Value, *args: Value, **kwargs: Value) -> Value:
    return None


@native("argparse.ArgumentParser.format_help", "argparse.ArgumentParser.format_usage")
def format_help(it: Interp, self: Value) -> Value:
    return Scalar("str")


@native("argparse.FileType")
def file_type(it: Interp, *args: Value, **kwargs: Value) -> Value:
    return it.unknown(Reason.ENVIRONMENT, "a file")


# ---- Namespace
@native("argparse.Namespace.__init__")
def namespace_init(it: Interp, self: Value, **values: Value) -> Value:
    if isinstance(self, Instance):
        if values.pop("**", None) is not None:
            self.open = True
        for name, value in values.items():
            it.journal.write(self, name, value)
    return None


@native("argparse.Namespace.__contains__")
def contains(it: Interp, self: Value, name: Value) -> Value:
    if isinstance(self, Instance) and isinstance(name, str):
        return name in self.attrs or (Scalar("bool") if self.open else False)
    return Scalar("bool")


@native("argparse.Namespace._get_kwargs")
def get_kwargs(it: Interp, self: Value) -> Value:
    return ListV(list(self.attrs.items())) if isinstance(self, Instance) else unknown_of(it, [self])
