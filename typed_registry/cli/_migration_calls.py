"""Calls of MMEngine's registry, written as calls of ours. What can't be written so is told by a text instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import libcst as cst

from typed_registry._naming import name_problem

__all__ = ["built", "built_by_registry", "constructed", "found", "registered", "registry_argument", "string_value"]

_REGISTER = ("name", "force", "module")
_BUILD = ("cfg", "default_args")
_BUILD_FROM_CFG = ("cfg", "registry", "default_args")


def string_value(node: cst.BaseExpression | None) -> str | None:
    """The text of a string literal."""
    if not isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
        return None
    value = node.evaluated_value
    return value if isinstance(value, str) else None


def registered(call: cst.Call, is_text: Callable[[cst.BaseExpression], bool]) -> cst.BaseExpression | str:
    """`X.register_module(...)` as `X.register(...)`; `is_text` tells of an expression whether it certainly is a str."""
    given = _bound(call, _REGISTER)
    if isinstance(given, str):
        return given
    names = _names(given.get("name"), is_text)
    if isinstance(names, str):
        return names
    module = given.get("module")
    if isinstance(module, cst.Lambda) and not names:
        return "a lambda has no name of its own: write register('name')(lambda ...)"
    assert isinstance(call.func, cst.Attribute), "register_module is asked of a registry"
    method = call.func.with_changes(attr=cst.Name("register"))
    arguments = _register_arguments(names, given.get("force"))
    chosen: cst.BaseExpression = cst.Call(method, arguments) if arguments else method
    whole = chosen if module is None else cst.Call(chosen, [cst.Arg(module)])
    return whole.with_changes(lpar=call.lpar, rpar=call.rpar)


def built(call: cst.Call) -> cst.Call | str:
    """`X.build(cfg, default_args=d)` as `X.build(cfg, defaults=d)`."""
    given = _bound(call, _BUILD)
    if isinstance(given, str):
        return given
    if "cfg" not in given or sum(each.keyword is None for each in call.args) > 1:
        return "build takes a config, and defaults= by name"
    if [_keyword(each) for each in call.args][:1] == ["default_args"]:
        return call.with_changes(args=_build_arguments(given))
    return call.with_changes(args=[_renamed(each) for each in call.args])


def built_by_registry(call: cst.Call) -> cst.Call | str:
    """`build_from_cfg(cfg, X, default_args=d)` as `X.build(cfg, defaults=d)`."""
    given = _bound(call, _BUILD_FROM_CFG)
    if isinstance(given, str):
        return given
    registry = given.get("registry")
    if "cfg" not in given or registry is None:
        return "build takes a config, and defaults= by name"
    return call.with_changes(func=cst.Attribute(registry, cst.Name("build")), args=_build_arguments(given))


def registry_argument(call: cst.Call) -> cst.BaseExpression | None:
    """The registry that build_from_cfg is given."""
    given = _bound(call, _BUILD_FROM_CFG)
    return None if isinstance(given, str) else given.get("registry")


def found(call: cst.Call, *, certainly: bool, bare: bool) -> cst.BaseExpression | str:
    """`X.get(name)` as what gives the class or function.

    Args:
        call: The call.
        certainly: Whether the result is used at once, so that None would raise there anyway.
        bare: Whether what is None on a miss needs no parentheses where it stands.
    """
    given = _bound(call, ("key",))
    key = None if isinstance(given, str) else given.get("key")
    assert isinstance(call.func, cst.Attribute), "get is asked of a registry"
    registry = call.func.value
    if key is None:
        return "get takes a name"
    if not certainly and not _is_cheap(key):
        return "get() gives an Entry or None: write REGISTRY[name].load(), which raises where there is none"
    entry = cst.Subscript(registry, [cst.SubscriptElement(cst.Index(key))])
    loaded = cst.Call(cst.Attribute(entry, cst.Name("load")))
    if certainly:
        return loaded
    test = cst.Comparison(key.deep_clone(), [cst.ComparisonTarget(cst.In(), registry.deep_clone())])
    choice = cst.IfExp(test, loaded, cst.Name("None"))
    return choice if bare else choice.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def constructed(
    call: cst.Call, name: cst.BaseExpression, protocol: cst.BaseExpression, *, drops_parent: bool, scope: str | None, drops_scope: bool
) -> cst.Call:
    """`Registry('model', ...)` as `Registry('model', Protocol, ...)`; a `scope` is one that has to be written now."""
    gone = {"build_func": True, "parent": drops_parent, "scope": drops_scope}
    names = [
        _keyword(each) or position
        for each, position in zip(call.args, ("name", "build_func", "parent", "scope", "locations"), strict=False)
    ]
    given = dict(zip(names, call.args, strict=True))
    first = given.pop("name").with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT)
    kept = {key: arg for key, arg in given.items() if not gone.get(key) and not _is_none(arg.value)}
    options = [_option(key, arg) for key, arg in kept.items()]
    if scope is not None:
        quote = '"' if (string_value(first.value) is None or _text(first.value).startswith('"')) else "'"
        options.insert(1 if "parent" in kept else 0, _option("scope", cst.Arg(cst.SimpleString(f"{quote}{scope}{quote}"))))
    return call.with_changes(func=name, args=_spaced([first, cst.Arg(protocol), *options], call.args))


def _option(key: str, arg: cst.Arg) -> cst.Arg:
    value = arg.value
    if key == "locations" and isinstance(value, cst.List):
        value = _as_tuple(value)
    if arg.keyword is not None:
        return arg.with_changes(value=value)
    return arg.with_changes(keyword=cst.Name(key), equal=_EQUAL, value=value)


def _spaced(args: Sequence[cst.Arg], before: Sequence[cst.Arg]) -> list[cst.Arg]:
    """The arguments with commas as they were: what comes last ends as the last one did, a new one is set off like its neighbours."""
    commas = [each.comma for each in before[:-1]]
    usual = commas[0] if commas else cst.MaybeSentinel.DEFAULT
    if isinstance(usual, cst.Comma) and any(True for _ in _comments(usual)):
        usual = cst.MaybeSentinel.DEFAULT
    spaced = [each if each.comma in commas else each.with_changes(comma=usual) for each in args[:-1]]
    return [*spaced, args[-1].with_changes(comma=before[-1].comma, whitespace_after_arg=before[-1].whitespace_after_arg)]


def _comments(node: cst.CSTNode) -> list[cst.Comment]:
    own = [node] if isinstance(node, cst.Comment) else []
    return [*own, *(each for child in node.children for each in _comments(child))]


def _as_tuple(node: cst.List) -> cst.Tuple:
    """A list display as a tuple; its brackets' white space and comments are kept."""
    elements = list(node.elements)
    if len(elements) == 1:
        comma = elements[0].comma if isinstance(elements[0].comma, cst.Comma) else cst.Comma()
        elements[0] = elements[0].with_changes(comma=comma)
    left = cst.LeftParen(whitespace_after=node.lbracket.whitespace_after)
    right = cst.RightParen(whitespace_before=node.rbracket.whitespace_before)
    return cst.Tuple(elements, lpar=[left], rpar=[right])


_EQUAL = cst.AssignEqual(whitespace_before=cst.SimpleWhitespace(""), whitespace_after=cst.SimpleWhitespace(""))


def _bound(call: cst.Call, names: Sequence[str]) -> dict[str, cst.BaseExpression] | str:
    """The arguments of a call by name, without those that are None; or why they can't be told."""
    if any(each.star for each in call.args):
        return "its arguments are unpacked, so write what they are"
    given: dict[str, cst.BaseExpression] = {}
    for position, each in enumerate(call.args):
        name = _keyword(each) or (names[position] if position < len(names) else "")
        if name not in names:
            return f"it is given what MMEngine's {_text(call.func).rpartition('.')[2]} doesn't take"
        given[name] = each.value
    return {name: value for name, value in given.items() if not _is_none(value)}


def _keyword(arg: cst.Arg) -> str | None:
    return arg.keyword.value if arg.keyword is not None else None


def _is_none(value: cst.BaseExpression) -> bool:
    return isinstance(value, cst.Name) and value.value == "None"


def _text(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


def _names(given: cst.BaseExpression | None, is_text: Callable[[cst.BaseExpression], bool]) -> list[cst.BaseExpression] | str:
    if given is None:
        return []
    if isinstance(given, (cst.List, cst.Tuple)):
        if not given.elements:
            return "no names: nothing was registered"
        if any(isinstance(each, cst.StarredElement) for each in given.elements):
            return "its names are unpacked: write register(first, aliases=rest)"
        names = [each.value for each in given.elements]
    elif is_text(given):
        names = [given]
    else:
        return "is this one name or several? Write register(first, aliases=rest)"
    for each in names:
        text = string_value(each)
        if text is not None and (problem := name_problem(text)):
            return f"no entry can be called {text!r}: {problem}"
    return names


def _register_arguments(names: Sequence[cst.BaseExpression], force: cst.BaseExpression | None) -> list[cst.Arg]:
    arguments = [cst.Arg(each) for each in names[:1]]
    if len(names) > 1:
        aliases = cst.Tuple([cst.Element(each, comma=cst.Comma() if len(names) == 2 else cst.MaybeSentinel.DEFAULT) for each in names[1:]])
        arguments.append(cst.Arg(aliases, keyword=cst.Name("aliases"), equal=_EQUAL))
    if force is not None and not (isinstance(force, cst.Name) and force.value == "False"):
        arguments.append(cst.Arg(force, keyword=cst.Name("override"), equal=_EQUAL))
    return arguments


def _build_arguments(given: dict[str, cst.BaseExpression]) -> list[cst.Arg]:
    defaults = given.get("default_args")
    more = [] if defaults is None else [cst.Arg(defaults, keyword=cst.Name("defaults"), equal=_EQUAL)]
    return [cst.Arg(given["cfg"]), *more]


def _renamed(arg: cst.Arg) -> cst.Arg:
    if _keyword(arg) == "default_args":
        return arg.with_changes(keyword=cst.Name("defaults"))
    return arg.with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT)


def _is_cheap(key: cst.BaseExpression) -> bool:
    """Whether an expression may be written twice."""
    while isinstance(key, cst.Attribute):
        key = key.value
    return isinstance(key, cst.Name) or string_value(key) is not None
