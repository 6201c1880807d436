"""Random trees of registries: each answer is that of a naive model and, where it is installed, the original's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.compat.doubles import HAS_MMENGINE, face_of, no_scopes

SCOPES = ("zza", "zzb", "zzc")
NAMES = ("One", "Two", "Three")

# Of each registry but the root: which of those before it is its parent, and its scope. Of each: the names that it has.
nodes = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(SCOPES)), max_size=6)
own_names = st.lists(st.sets(st.sampled_from(NAMES)), min_size=7, max_size=7)
keys = st.tuples(st.lists(st.sampled_from(SCOPES), max_size=3), st.sampled_from(NAMES)).map(lambda path: ".".join([*path[0], path[1]]))
asked = st.lists(st.tuples(st.integers(0, 6), keys), min_size=1, max_size=20)


class Node:
    """A registry of the model."""

    def __init__(self, scope: str, parent: Node | None) -> None:
        self.scope = scope
        self.parent = parent
        self.root: Node = self if parent is None else parent.root
        self.children: dict[str, Node] = {}
        self.own: dict[str, Callable[[], None]] = {}

    def get(self, key: str) -> Callable[[], None] | None:
        scope, dot, name = key.partition(".")
        if not dot:
            return self.own.get(key) or (None if self.parent is None else self.parent.get(key))
        if scope == self.scope:
            return self.own.get(name)
        if scope in self.children:
            return self.children[scope].below(name)
        if scope == self.root.scope:
            return self.root.own.get(name)
        return self.root.children[scope].below(name) if scope in self.root.children else None

    def below(self, path: str) -> Callable[[], None] | None:
        scope, dot, name = path.partition(".")
        if not dot or scope == self.scope:
            return self.own.get(name if dot else path)
        return self.children[scope].below(name) if scope in self.children else None


def build(face: Any, shape: list[tuple[int, str]], owned: list[set[str]]) -> tuple[list[Node], list[Any]]:
    """The same tree twice."""
    model, made = [Node("zzroot", None)], [face.Registry("r", scope="zzroot")]
    for parent, scope in shape:
        above = parent % len(model)
        if scope in model[above].children:
            continue
        model.append(Node(scope, model[above]))
        model[above].children[scope] = model[-1]
        made.append(face.Registry("r", parent=made[above], scope=scope))
    for node, registry, names in zip(model, made, owned, strict=False):
        for name in sorted(names):
            node.own[name] = registry.register_module(name=name, module=lambda: None)
    return model, made


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(nodes, own_names, asked)
def test_get_finds_what_the_model_finds(shape: list[tuple[int, str]], owned: list[set[str]], asked: list[tuple[int, str]]) -> None:
    """Whatever was asked before."""
    model, made = build(face_of("compat"), shape, owned)
    for index, key in asked:
        assert made[index % len(made)].get(key) is model[index % len(model)].get(key)


@settings(max_examples=60 if HAS_MMENGINE else 1, suppress_health_check=[HealthCheck.too_slow])
@given(nodes, own_names, asked)
def test_the_original_finds_it_too(shape: list[tuple[int, str]], owned: list[set[str]], asked: list[tuple[int, str]]) -> None:
    """But for what it finds of a qualified name elsewhere, by its fall-back to parents and the root."""
    face = face_of("mmengine" if HAS_MMENGINE else "compat")
    with no_scopes(face):
        model, made = build(face, shape, owned)
        for index, key in asked:
            found, expected = made[index % len(made)].get(key), model[index % len(model)].get(key)
            assert found is expected or (expected is None and "." in key)
