"""How a component looks in a catalogue: the TypedDict of its config, and the method that makes a spec of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from typed_registry._stub_expressions import UnresolvedError
from typed_registry._stub_names import is_key
from typed_registry._stub_parts import Argument, Component, default_source
from typed_registry._stub_text import bracketed, comment, docstring, indented, quoted
from typed_registry._stub_types import TypeWriter
from typed_registry._stub_unions import SharedUnions
from typed_registry._stub_written import TypeText, Written

__all__ = ["ComponentLayout"]


@dataclass(frozen=True)
class _Key:
    """A key of a config, and a parameter."""

    argument: Argument
    config: str
    parameter: str
    notes: tuple[str, ...]
    parameter_notes: tuple[str, ...]

    @property
    def doc(self) -> str:
        """What is told of it."""
        default = f"Default: {self.argument.default_text}." if self.argument.default_text is not None else ""
        return " ".join(filter(None, [self.argument.doc, default]))


class ComponentLayout:
    """The layout of one component.

    Args:
        names: What its type may be in a config, its own name first.
        config: The name of the TypedDict.
        component: The component.
        writer: Writes the types.
        report: Is told of what couldn't be resolved.
    """

    def __init__(
        self, names: Sequence[str], config: str, component: Component, writer: TypeWriter, report: Callable[[str, str], None]
    ) -> None:
        self.name = names[0]
        self.config = config
        self._names = names
        self._component = component
        self._writer = writer
        self._report = report
        self._notes: list[str] = []
        kept = self._kept()
        self._product = self._product_text(kept)
        self._keys = [self._key(argument, kept) for argument in component.arguments]

    def typed_dict(self, unions: SharedUnions) -> list[str]:
        """The TypedDict of its config."""
        typed_dict, literal = self._writer.name("typing", "TypedDict"), self._writer.name("typing", "Literal")
        kind = f"{literal}[{', '.join(map(quoted, self._names))}]"
        notes = [comment(note) for note in self._about()]
        if not all(is_key(key.argument.name) for key in self._keys):
            return [*notes, *self._functional(typed_dict, kind, unions)]
        doc = docstring(self._doc()) if self._doc() else []
        lines = [*doc, *([""] if doc else []), f"type: {kind}"]
        for key in self._keys:
            lines += [comment(note) for note in key.notes]
            lines.append(f"{key.argument.name}: {unions.in_dict(key.config)}")
            lines += docstring(key.doc) if key.doc else []
        return [*notes, f"class {self.config}({typed_dict}):", *indented(lines)]

    def method(self, name: str, declare: Callable[[str, list[str]], str], write: Callable[[str], str] = str) -> list[str]:
        """The method that makes a spec of it; `declare` adds a definition to the file and names it; `write` gives types their last form."""
        spec = self._writer.name("typed_registry", "BuildSpec")
        lines = bracketed(f"def {name}(", self._parameters(declare, write), f") -> {spec}[{self._product}]:")
        told = [self._doc()] if self._doc() else []
        arguments = [f"    {key.argument.name}: {key.doc}" for key in self._keys if key.doc]
        told += ["\n".join(["Args:", *arguments])] if arguments else []
        deprecated = self._component.deprecated
        above = [f"@{self._writer.name('typing_extensions', 'deprecated')}({quoted(deprecated)})"] if deprecated is not None else []
        if not told:
            return [*above, *lines[:-1], f"{lines[-1]} ..."]
        return [*above, *lines, *indented([*docstring("\n\n".join(told)), "..."])]

    def _parameters(self, declare: Callable[[str, list[str]], str], write: Callable[[str], str]) -> list[str]:
        named = [key for key in self._keys if is_key(key.argument.name)]
        others = [key for key in self._keys if not is_key(key.argument.name)]
        taken = {key.argument.name for key in named}
        receiver = ["self"] if "self" not in taken else ["_self" if "_self" not in taken else "_self_", "/"]
        items: list[str] = []
        for key in named:
            default = "" if key.argument.required else f" = {default_source(key.argument, self._writer)}"
            items += [comment(note) for note in key.parameter_notes]
            items.append(f"{key.argument.name}: {write(key.parameter)}{default}")
        rest = "others" if "others" not in taken else "others_"
        if self._component.takes_more:
            items.append(f"**{rest}: {self._writer.name('typing', 'Any')}")
        elif others:
            items.append(f"**{rest}: {self._writer.name('typing', 'Unpack')}[{declare(self.config, self._other_keys(others))}]")
        star = ["*"] if named else []
        return [*receiver, *star, *items]

    def _other_keys(self, keys: Sequence[_Key]) -> list[str]:
        """The items of the TypedDict of what can't be a parameter."""
        return [f"{quoted(key.argument.name)}: {_forward(key.config)}" for key in keys]

    def _functional(self, typed_dict: str, kind: str, unions: SharedUnions) -> list[str]:
        items = [f'"type": {kind}']
        for key in self._keys:
            items += [comment(note) for note in key.notes]
            type_ = unions.in_dict(key.config)
            items.append(f"{quoted(key.argument.name)}: {_forward(type_) if unions.mentions(type_) else type_}")
        body = bracketed("{", items, "}")
        body[-1] += ","
        told = [self._doc(), *(f"{key.argument.name}: {key.doc}" for key in self._keys if key.doc)]
        doc = "\n\n".join(filter(None, told))
        lines = [f"{self.config} = {typed_dict}(", *indented([f"{quoted(self.config)},", *body]), ")"]
        return [*lines, *(docstring(doc) if doc else [])]

    def _doc(self) -> str:
        deprecated = self._component.deprecated
        return "\n\n".join(filter(None, [self._component.doc, f"Deprecated: {deprecated}" if deprecated is not None else None]))

    def _about(self) -> list[str]:
        more = "It takes other keys too, which a TypedDict can't tell of: give them to `specs`, or parse the config."
        return [*dict.fromkeys(self._notes), *([more] if self._component.takes_more else [])]

    def _kept(self) -> frozenset[str]:
        """The type variables that an argument, which must be given, tells of the product."""
        given: set[str] = set()
        for argument in self._component.arguments:
            if argument.required:
                given |= self._variables(argument.type)
        return self._variables(self._component.product, is_product=True) & given

    def _variables(self, written: Written, *, is_product: bool = False) -> frozenset[str]:
        try:
            return self._writer.text(written, None, is_product=is_product).variables
        except UnresolvedError:
            return frozenset()

    def _product_text(self, kept: frozenset[str]) -> str:
        try:
            made = self._writer.text(self._component.product, kept, is_product=True)
        except UnresolvedError as error:
            self._report(self.name, f"what it makes can't be resolved: {error}")
            self._notes.append(f"What it makes can't be resolved: {error}")
            return self._writer.text(Written(None, value=self._writer.node.protocol), is_product=True).text
        self._notes.extend(made.notes)
        return made.text

    def _key(self, argument: Argument, kept: frozenset[str]) -> _Key:
        try:
            config, parameter = self._writer.text(argument.type, is_config=True), self._writer.text(argument.type, kept)
        except UnresolvedError as error:
            self._report(self.name, f"the type of {argument.name!r} can't be resolved: {error}")
            config = parameter = TypeText(self._writer.name("builtins", "object"), (f"Its type can't be resolved: {error}",))
        text = config.text if argument.required else f"{self._writer.name('typing', 'NotRequired')}[{config.text}]"
        return _Key(argument, text, parameter.text, config.notes, parameter.notes)


def _forward(text: str) -> str:
    """A type that is only known further down, in quotes without escapes where that can be."""
    return f"'{text}'" if "'" not in text and "\\" not in text else quoted(text)
