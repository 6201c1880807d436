"""Building: first the whole tree of a config is checked, then its components are made, children before parents.

Nothing here recurses: a config may be nested deeper than Python's stack. A slot's validator leaves a Component where a component is due
and goes on; the components found are checked one after the other, and all that is wrong is reported at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic

from pydantic_core import ErrorDetails, ValidationError

from typed_registry._admission import admit_product, load
from typed_registry._components import Component, SlotLike, canonical_config, children_first, components_in, resolved_config
from typed_registry._copying import CycleError, copy_containers
from typed_registry._kinds import is_mapping
from typed_registry._naming import nearest
from typed_registry._plans import Plan, plan_of
from typed_registry._problems import Report, due, type_given
from typed_registry._records import UNDONE, EntryTable, Record
from typed_registry._signatures import bind
from typed_registry._slots import RegistryNode
from typed_registry._warning import warn_user
from typed_registry.config_files import ConfigFile
from typed_registry.errors import (
    ConfigError,
    ContractError,
    InvalidNameError,
    LoadError,
    Place,
    Problem,
    path_text,
    shown,
)
from typed_registry.specs import BuildSpec, bind_spec_class, is_spec, is_spec_class, make_spec, source_of, written_spec_findings
from typed_registry.typing import T

__all__ = ["MAX_DEPTH", "Builder"]

Found = tuple[RegistryNode, Record[Any], SlotLike | None, Mapping[Any, object]]  # where and what it is, the slot it fills, its arguments
MAX_DEPTH = 1_000  # levels of components; far above what configs have, far below what fills the memory


class Builder(Generic[T]):
    """Checks and builds the configs of one registry."""

    def __init__(self, node: RegistryNode) -> None:
        self.node = node
        self._table: EntryTable[Any] = node.table

    @property
    def face(self) -> Any:
        """The registry, as users hold it."""
        return self.node.face

    @property
    def name(self) -> str:
        """The registry's name."""
        return self.node.name

    def build(self, config: Any, defaults: Mapping[str, object] | None = None) -> Any:
        """The component of a config or a spec."""
        top = self._top(config, defaults)
        source = source_of(config) if is_spec(config) else None
        self._check(top, source)
        return self._construct(top, source)

    def build_entry(self, record: Record[Any], arguments: Mapping[str, object]) -> Any:
        """The component of an own entry, whatever has its name by now."""
        if "type" in arguments:
            raise type_given(record.name, self.name, arguments["type"])
        top = Component({**arguments, "type": record.name})
        top.record = record
        self._check(top, None)
        return self._construct(top, None)

    def plan(self, record: Record[Any]) -> Plan:
        """What is known of an own entry's arguments.

        Raises:
            ContractError: Its parameters can't be validated, or a slot is of several registries.
            LoadError: It can't be imported.
        """
        return plan_of(record, self.node)

    def build_spec(self, spec: BuildSpec[Any]) -> Any:
        """The component of a spec of this registry."""
        record = self._table.lookup.get(spec.__spec_name__)
        if record is not None and record.quick is not None and source_of(spec) is None:
            product = record.quick(spec.__spec_arguments__, 0)
            if product is not UNDONE:
                return product
        return self.build(spec)

    def parse(self, data: Any, defaults: Mapping[str, object] | None = None, source: ConfigFile | None = None) -> BuildSpec[Any]:
        """The spec of a config, all of it checked and nothing built."""
        if is_spec(data) and defaults is None:
            top = self._top(data, None)
            self._check(top, source)
            if top.place is None or type(data) is not BuildSpec:  # one written by hand is of the registry that it is bound to
                return data
        else:
            top = self._top(data, defaults)
            self._check(top, source, through_specs=False)
        config = canonical_config(top)
        model: Any = top.plan.record.spec
        if model is not None:
            written: BuildSpec[Any] = model.model_validate({**config, "type": top.plan.record.name})
            return written
        name = config.pop("type")
        return make_spec(self, name, config, source)

    def validate(self, data: Any) -> None:
        """Tell of all that is wrong with a config, as `parse` does, and make no spec of it, which takes as long again."""
        self._check(self._top(data, None), None, through_specs=False)

    def spec(self, record: Record[Any], place: RegistryNode, args: tuple[object, ...], kwargs: Mapping[str, object]) -> BuildSpec[Any]:
        """The spec of a call."""
        plan = plan_of(record, place)
        name = self.node.canonical(place, record.name)
        try:
            arguments = bind(plan.signature, args, kwargs)
        except TypeError as error:
            raise ConfigError([Problem((), f"{name!r} {error}", args, code="TR203")], f"a spec of registry {self.name!r}") from None
        return self.spec_of_name(name, arguments)

    def spec_of_name(self, name: str, arguments: Mapping[str, object]) -> BuildSpec[Any]:
        """The spec of an entry that is known by name."""
        if "type" in arguments:
            raise type_given(name, self.name, arguments["type"])
        return self.parse({**arguments, "type": name})

    def name_in_spec(self, spec: object, name: str | None) -> str:
        """The entry's name in a spec written by hand.

        Raises:
            InvalidNameError: It has none, or it isn't the one asked for.
            TypeError: It is no class of BuildSpec.
        """
        if not is_spec_class(spec):  # `register` is typed by a protocol, which other classes fit
            raise TypeError(f"spec takes a class of BuildSpec, not {shown(spec)}")
        written: Any = spec.model_fields["type"].default if "type" in spec.model_fields else None
        if not isinstance(written, str):
            reason = f"{spec.__name__} needs a field that names the entry: type: Literal['name'] = 'name'"
            raise InvalidNameError(written, self.name, reason)
        if name is not None and name != written:
            raise InvalidNameError(name, self.name, f"the type of {spec.__name__} is {written!r}")
        return written

    def adopt(self, record: Record[Any], spec: type[BuildSpec[Any]]) -> None:
        """Let a spec written by hand hold for an entry that is about to be registered.

        Raises:
            ContractError: Its fields aren't the factory's parameters, or the factory isn't what the registry asks for.
        """
        load(record, self.node.name, self.node.protocol)
        signature: Any = record.signature
        parameters = {parameter.name: parameter.required for parameter in signature.parameters}
        findings = written_spec_findings(spec, parameters, signature.extra is not None)
        if findings:
            reason = f"{spec.__name__} is no spec of it"
            raise ContractError(f"{record.name!r} ({record.target})", self.node.name, reason, findings, record.where)
        bind_spec_class(spec, self, record.name)

    def check(self, *, loaded_only: bool = False) -> list[Problem]:
        """A problem for each own entry that can't be loaded, isn't what the registry asks for, or can't be validated."""
        problems: list[Problem] = []
        for record in [each for each in self.node.table.records.values() if each.factory is not None or not loaded_only]:
            try:
                plan_of(record, self.node)
            except (ContractError, LoadError) as error:
                message = " ".join(line.strip() for line in str(error).splitlines())
                problems.append(Problem((record.name,), message, record.target, place=Place(*record.where), code=error.code))
        return problems

    def resolved(self, spec: BuildSpec[Any], *, name_defaults: bool = False) -> dict[str, object]:
        """The config of a spec with values as they are after validation and with defaults filled in."""
        top = self._top(spec, None)
        self._check(top, None)
        return resolved_config(top, name_defaults=name_defaults)

    # --- checking ---

    def _top(self, config: Any, defaults: Mapping[str, object] | None) -> Component:
        given = config
        if defaults is not None and is_spec(config):
            given = config.replace(**{name: value for name, value in defaults.items() if name not in (*config.__spec_arguments__, "type")})
        elif defaults is not None and is_mapping(config):
            given = {**defaults, **config}
        return Component(given)

    def _check(self, top: Component, source: ConfigFile | None, *, through_specs: bool = True) -> None:
        """Find and validate every component; of nested specs, which were checked when they were made, on demand only what they are."""
        report = Report(self.name, top, source)
        todo = [top]
        while todo:
            component = todo.pop()
            if component.depth > MAX_DEPTH:
                report.too_deep(component, MAX_DEPTH)
                break
            try:
                self._open(component, report, through_specs or component is top)
            except (LoadError, ContractError) as error:
                if report.doubts is None:
                    raise
                report.unusable(component, error)
            for child in component.children:
                child.parent = component
                child.depth = component.depth + 1
                child.is_canonical = component.is_canonical
            todo.extend(reversed(component.children))
        report.raise_if_any()

    def _open(self, component: Component, report: Report, through_specs: bool) -> None:
        found = self._find(component, report)
        if found is None:
            return
        place, record, slot, given = found
        component.slot = slot
        try:
            plan = plan_of(record, place, slot.missing if slot is not None else None)
        except (LoadError, ContractError) as error:
            error.add_note(f"while checking {path_text(component.path()) or 'the config'}: {record.name!r} of registry {place.name!r}")
            raise
        component.plan = plan
        if slot is not None and slot.missing is not None and slot.missing > plan.positional:
            report.add(component, "TR206", f"{record.name!r} takes {plan.positional} positional arguments, not {slot.missing}", given)
            return
        wanted = slot.protocol if slot is not None else self.node.protocol
        if wanted != place.protocol and (findings := plan.lacks(wanted)):
            made = getattr(wanted, "__name__", str(wanted))
            report.add(component, "TR206", f"{record.name!r} makes no {made}: {'; '.join(map(str, findings))}", component.given)
        if through_specs or component.place is not None or not is_spec(component.given):
            self._validate(component, plan, given, report)

    def _find(self, component: Component, report: Report) -> Found | None:
        given = component.given
        if component.record is not None and is_mapping(given):
            component.node = self.node
            return self.node, component.record, None, given
        current: RegistryNode = component.parent.node if component.parent is not None else self.node
        if is_spec(given):
            component.node = given.__spec_registry__.__registry_node__ if given.__spec_registry__ is not None else current
            return self._find_spec(component, given, report)
        if is_mapping(given):
            places = [(node, slot) for slot in component.slots if (node := slot.node_for(current)) is not None]
            choices: list[tuple[RegistryNode, SlotLike | None]] = [*places] if component.slots else [(current, None)]
            nodes = [node for node, _ in choices]
            if "type" not in given:
                near = nearest("type", [key for key in given if isinstance(key, str)], 1)
                text = f"missing key 'type': expected {due(component, nodes)}" + (f"; {near[0]!r} nearly is it" if near else "")
                report.add(component, "TR202", text, given)
                return None
            name: object = given["type"]
        else:
            report.add(component, "TR207", f"expected {due(component, [current])}, not {shown(given)}", given)
            return None
        for node, slot in choices:
            found = node.find(name, canonical=component.is_canonical) if isinstance(name, str) else None
            if found is not None:
                component.node = node
                self._stand(component, slot, found[0], found[1])
                return found[0], found[1], slot, given
        component.node = nodes[0] if nodes else current
        report.unknown_name(component, name, nodes)
        return None

    def _find_spec(self, component: Component, spec: BuildSpec[Any], report: Report) -> Found | None:
        above = component.parent.node if component.parent is not None else self.node
        node: RegistryNode = spec.__spec_registry__.__registry_node__ if spec.__spec_registry__ is not None else above
        component.node = node
        component.is_canonical = True
        found = node.find(spec.__spec_name__, canonical=True)
        if found is None:
            report.unknown_name(component, spec.__spec_name__, [node])
            return None
        place, record = found
        slot = next((slot for slot in component.slots if slot.protocol == place.protocol), component.slots[0] if component.slots else None)
        self._stand(component, slot, place, record)
        return place, record, slot, spec.__spec_arguments__

    def _stand(self, component: Component, slot: SlotLike | None, place: RegistryNode, record: Record[Any]) -> None:
        """Find out by which registry a component is found again where it stands, when its own is another one of the same tree."""
        above, node = component.parent, component.node
        current: RegistryNode = (above.place or above.node) if above is not None else self.node
        here = slot.node_for(current) if slot is not None else current
        if here is not None and here is not node and here.root is node.root and here.name_of(place, record.name) is not None:
            component.place = here

    def _validate(self, component: Component, plan: Plan, given: Mapping[Any, object], report: Report) -> None:
        name = plan.record.name
        component.slotted = plan.slotted(given)
        takes_more = plan.signature.extra is not None and plan.record.spec is None
        if not takes_more and not plan.names.issuperset(given):
            report.unknown_arguments(component, given, plan.names, name)
        elif takes_more and plan.signature.extra is Any:
            _doubt_near_misses(component, plan, given, report)
        found: list[Component] = []
        errors: list[ErrorDetails] = []
        for validate in plan.validators:
            try:
                component.values.update(validate(given, context=found))
            except ValidationError as error:
                told = [(each["loc"], each["msg"]) for each in errors]  # by a spec written by hand, of what has slots too
                errors.extend(each for each in error.errors(include_url=False) if (each["loc"], each["msg"]) not in told)
        if errors:
            component.children = found
            report.invalid(component, errors, given, name)
            return
        if component.slotted:
            component.children = components_in([component.values[name] for name in component.slotted if name in component.values])
        extra = [key for key in component.values if key not in plan.names and key not in component.slotted] if takes_more else ()
        for parameter in (*plan.copied, *extra):
            if parameter in component.values:
                try:
                    component.values[parameter] = copy_containers(component.values[parameter])
                except CycleError:
                    report.add(component, "TR210", "it holds itself", component.values[parameter], inside=(parameter,))

    # --- constructing ---

    def _construct(self, top: Component, source: ConfigFile | None, supplied: dict[str, object] | None = None) -> Any:
        products: dict[int, object] = {}
        for component in children_first(top):
            if component is not top and component.is_waiting:
                products[id(component)] = Waiting(self, component, source)
                continue
            plan: Plan = component.plan
            values = dict(component.values) if supplied is None else copy_containers(component.values)  # its next call needs them too
            for name in component.slotted:
                if name in values:
                    values[name] = copy_containers(values[name], products)
            if supplied is not None and component is top:
                values.update(supplied)
            products[id(component)] = self._call(plan, values, component, source)
        return products[id(top)]

    def _call(self, plan: Plan, values: dict[str, object], component: Component, source: ConfigFile | None) -> Any:
        for name, default in plan.defaults:
            if name not in values:
                values[name] = copy_containers(default)
        record = plan.record
        if record.deprecated is not None and not record.warned:
            record.warned = True
            warn_user(f"{record.name!r} of registry {plan.owner.name!r} is deprecated: {record.deprecated}", DeprecationWarning)
        try:
            product = plan.call(values)
        except Exception as error:  # the component's own, of whatever type; it goes on with a note
            path = component.path()
            error.add_note(plan.note(path, source.place(path) if source is not None else None))
            raise
        plan.verify(product)
        if component.slot is not None and component.slot.protocol != plan.owner.protocol:  # it may ask for more
            admit_product(product, record, plan.owner.name, component.slot.protocol)
        return product

    def call_waiting(self, component: Component, source: ConfigFile | None, args: tuple[object, ...], kwargs: dict[str, object]) -> Any:
        """Build a component with the arguments that its config left to the caller."""
        plan: Plan = component.plan
        supplied = bind(plan.signature, args, kwargs)
        twice = sorted(supplied.keys() & component.values.keys())
        if twice:
            raise TypeError(f"{plan.record.name!r} has {', '.join(map(repr, twice))} from its config already")
        return self._construct(component, source, supplied)


class Waiting:
    """A component whose first parameters its user supplies, such as an optimizer that waits for what it optimizes.

    Each call builds it anew, and what is nested in it too.
    """

    def __init__(self, builder: Builder[Any], component: Component, source: ConfigFile | None) -> None:
        self._builder = builder
        self._component = component
        self._source = source

    def __call__(self, *args: object, **kwargs: object) -> Any:
        return self._builder.call_waiting(self._component, self._source, args, kwargs)

    def __repr__(self) -> str:
        return f"<{self._component.plan.record.name!r} waiting for its first arguments>"


def _doubt_near_misses(component: Component, plan: Plan, given: Mapping[Any, object], report: Report) -> None:
    absent = [name for name in plan.names if name not in given]
    for key in given:
        near = nearest(key, absent, 1) if key not in plan.names else ()
        if near:
            report.doubt(component, plan.record.name, key, near[0])
