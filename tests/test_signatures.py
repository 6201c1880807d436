"""The parameters of factories of every kind, and calls made from values by name."""

from __future__ import annotations

import abc
import dataclasses
import functools
import importlib.util
import inspect
import subprocess
import sys
import textwrap
import typing
from collections import namedtuple
from collections.abc import Callable, Iterator
from dataclasses import InitVar, dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, ClassVar, Final, Generic, Literal, NamedTuple, Protocol, TypedDict, TypeVar

import pytest
import typing_extensions
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, RootModel
from pydantic.dataclasses import dataclass as pydantic_dataclass

from typed_registry._signatures import Parameter, Signature, SignatureError, bind, call, read_signature

PO, FLEXIBLE, SPREAD, KO, _ = inspect._ParameterKind  # pyright: ignore[reportPrivateUsage]
EMPTY = inspect.Parameter.empty
MakeModule = Callable[[str], ModuleType]
T = TypeVar("T")


def required(name: str, annotation: object = Any, kind: Any = FLEXIBLE) -> Parameter:
    return Parameter(name, kind, annotation)


def optional(name: str, annotation: object, default: object, kind: Any = FLEXIBLE) -> Parameter:
    return Parameter(name, kind, annotation, default)


def parameters(factory: Callable[..., object], **local_names: object) -> list[Parameter]:
    return list(read_signature(factory, local_names or None).parameters)


def names(factory: Callable[..., object]) -> list[str]:
    return [parameter.name for parameter in read_signature(factory).parameters]


def of(generic: Any, *arguments: Any) -> Any:
    """A generic type of classes that only exist at run time."""
    return generic[arguments]


@pytest.fixture
def make_module(tmp_path: Path) -> Iterator[MakeModule]:
    """Writes a module of its own file, so that it has source and globals, and imports it."""
    made: list[str] = []

    def make(source: str) -> ModuleType:
        name = f"signatures_{len(made)}"
        path = tmp_path / f"{name}.py"
        path.write_text(textwrap.dedent(source))
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        made.append(name)
        spec.loader.exec_module(module)
        return module

    yield make
    for name in made:
        del sys.modules[name]


class Image:
    pass


class Plain:
    def __init__(self, scale: Annotated[float, "above 1"], image: Image, other: Any, *, size: int | None = None) -> None:
        pass


class TestClasses:
    def test_plain_class(self) -> None:
        """Names, kinds, resolved annotations and defaults are those of `__init__`, without self."""
        assert read_signature(Plain) == Signature(
            (
                required("scale", Annotated[float, "above 1"]),
                required("image", Image),
                required("other", Any),
                optional("size", int | None, None, KO),
            )
        )

    def test_required_means_without_default(self) -> None:
        """A parameter with a default need not be given."""
        assert [parameter.required for parameter in parameters(Plain)] == [True, True, True, False]

    def test_none_default_leaves_the_annotation(self, make_module: MakeModule) -> None:
        """A default of None doesn't make the type optional."""
        module = make_module("""
            def make(one: int = None, two: "int" = None, three = None): ...
        """)
        assert parameters(module.make) == [optional("one", int, None), optional("two", int, None), optional("three", Any, None)]

    def test_class_without_constructor(self) -> None:
        """A class without `__init__` takes nothing."""

        class Empty:
            pass

        assert read_signature(Empty) == Signature(())
        assert read_signature(object) == Signature(())

    def test_inherited_constructor_of_another_module(self, make_module: MakeModule) -> None:
        """Strings are resolved in the module that wrote them, not in that of the class."""
        base = make_module("""
            from __future__ import annotations
            class Image: ...
            class Base:
                def __init__(self, image: Image, others: list[Image]) -> None: ...
        """)
        child = type("Child", (base.Base,), {})
        assert parameters(child) == [required("image", base.Image), required("others", of(list, base.Image))]

    def test_new_only(self) -> None:
        """A class with `__new__` alone has the parameters of that."""

        class New:
            def __new__(cls, size: int) -> New:
                return super().__new__(cls)

        assert read_signature(New) == Signature((required("size", int),))

    def test_nearer_constructor_counts(self, make_module: MakeModule) -> None:
        """Of `__init__` and `__new__` the one of the nearer class counts."""
        module = make_module("""
            class Base:
                def __init__(self, size): ...
            class Child(Base):
                def __new__(cls, width): ...
            class GrandChild(Child):
                def __init__(self, height): ...
        """)
        assert (names(module.Child), names(module.GrandChild)) == (["width"], ["height"])

    def test_init_counts_in_the_same_class(self, make_module: MakeModule) -> None:
        """In one class `__init__` counts, unless it takes anything and `__new__` says more."""
        module = make_module("""
            class Both:
                def __new__(cls, width): ...
                def __init__(self, size): ...
            class Vague:
                def __new__(cls, width): ...
                def __init__(self, *args, **kwargs): ...
            class Vaguer:
                def __new__(cls, *others, **kwargs): ...
                def __init__(self, *args, **kwargs): ...
        """)
        assert (names(module.Both), names(module.Vague), names(module.Vaguer)) == (["size"], ["width"], ["args"])

    def test_nearer_new_that_takes_anything(self, make_module: MakeModule) -> None:
        """A nearer `__new__` that only passes everything on doesn't hide what `__init__` takes."""
        module = make_module("""
            class Base:
                def __init__(self, size): ...
            class Cached(Base):
                def __new__(cls, *args, **kwargs): ...
        """)
        assert names(module.Cached) == ["size"]

    @pytest.mark.parametrize("protocol", [typing.Protocol, typing_extensions.Protocol])
    def test_class_below_a_protocol(self, protocol: Any) -> None:
        """The constructor that typing puts into protocols is none."""
        namespace: dict[str, Any] = {"Protocol": protocol}
        exec("class Kind(Protocol):\n    size: int\nclass Real(Kind):\n    size = 3", namespace)

        class Base:
            def __init__(self, width: int) -> None: ...

        mixed = type("Mixed", (namespace["Kind"], Base), {})
        assert read_signature(namespace["Real"]) == Signature(())
        assert names(mixed) == ["width"]

    def test_protocol_with_a_constructor(self) -> None:
        """A protocol's own constructor is inherited."""

        class Kind(Protocol):
            def __init__(self, size: int) -> None: ...

        class Real(Kind):
            pass

        assert parameters(Real) == [required("size", int)]

    def test_metaclass_call_is_ignored(self) -> None:
        """What a metaclass does with a call is not looked at."""

        class Meta(type):
            def __call__(cls, *args: Any, **kwargs: Any) -> Any:
                return super().__call__(*args, **kwargs)

            def __len__(cls) -> int:
                return 0

        class Made(metaclass=Meta):
            def __init__(self, size: int) -> None: ...

        assert read_signature(Made) == Signature((required("size", int),))

    def test_generic_class(self) -> None:
        """Type variables stay as they are."""

        class Box(Generic[T]):
            def __init__(self, content: T, more: list[T]) -> None: ...

        assert parameters(Box) == [required("content", T), required("more", list[T])]  # type: ignore[valid-type]

    def test_abstract_class(self) -> None:
        """An ABC is read like any class."""

        class Shape(abc.ABC):
            def __init__(self, size: int = 2) -> None: ...

            @abc.abstractmethod
            def area(self) -> float: ...

        assert parameters(Shape) == [optional("size", int, 2)]

    def test_builtin_class(self) -> None:
        """A class in C is read where it has a signature."""
        assert parameters(complex) == [optional("real", Any, 0), optional("imag", Any, 0)]

    def test_builtin_class_without_signature(self) -> None:
        """A class in C that tells nothing can't be read."""
        with pytest.raises(SignatureError, match="its signature can't be read: no signature found") as caught:
            read_signature(dict)
        assert caught.value.parameter is None

    def test_attrs_class(self, make_module: MakeModule) -> None:
        """A generated constructor that keeps strings is resolved in the module of its class."""
        pytest.importorskip("attrs")
        module = make_module("""
            from __future__ import annotations
            import attrs
            class Image: ...
            @attrs.define
            class Box:
                image: Image
                size: int = 3
        """)
        assert parameters(module.Box) == [required("image", module.Image), optional("size", int, 3)]

    def test_wrapped_constructor(self) -> None:
        """A decorated `__init__` is followed to what it wraps."""

        def logged(function: Any) -> Any:
            @functools.wraps(function)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                return function(*args, **kwargs)

            return wrapper

        class Logged:
            @logged
            def __init__(self, size: int, /, image: Image) -> None: ...

        assert parameters(Logged) == [required("size", int, PO), required("image", Image)]


class TestAnnotations:
    def test_local_names(self) -> None:
        """A local class is found among the names of the function that defines the factory."""

        class Local:
            pass

        class User:
            def __init__(self, one: Local, many: dict[str, Local], me: User | None = None) -> None: ...

        assert parameters(User, Local=Local) == [
            required("one", Local),
            required("many", dict[str, Local]),
            optional("me", User | None, None),
        ]

    def test_local_names_are_for_the_module_of_the_factory(self, make_module: MakeModule) -> None:
        """A constructor from another module never sees the local names."""
        base = make_module("""
            class Image: ...
            class Base:
                def __init__(self, image: "Image") -> None: ...
        """)
        child = type("Child", (base.Base,), {"__module__": __name__})
        assert parameters(child, Image=int) == [required("image", base.Image)]

    def test_names_of_the_class(self, make_module: MakeModule) -> None:
        """A nested class is found; a method that has the name of a type isn't taken for it."""
        module = make_module("""
            from __future__ import annotations
            class Outer:
                class Mode: ...
                int = 3
                def list(self): ...
                def __init__(self, mode: Mode, sizes: list[int]): ...
        """)
        assert parameters(module.Outer) == [required("mode", module.Outer.Mode), required("sizes", list[int])]

    def test_names_of_the_closure(self) -> None:
        """A name that the body of the function uses too is found in its cells."""

        class Local:
            pass

        def make(one: Local) -> Local:
            return Local()

        assert read_signature(make) == Signature((required("one", Local),), None, Local)

    def test_empty_cell(self) -> None:
        """A cell that is not filled yet is no problem."""

        def make(size: int) -> object:
            return later

        signature = read_signature(make)
        later = signature
        assert signature == Signature((required("size", int),), None, object)
        assert make(1) is later

    def test_nested_strings(self, make_module: MakeModule) -> None:
        """Strings inside of annotations are resolved, and Annotated keeps its metadata."""
        module = make_module("""
            from typing import Annotated, Literal, Optional
            class Image: ...
            def make(a: list["Image"], b: Optional["Image"], c: 'Annotated["Image", "Image"]', d: Literal["Image"]) -> None: ...
        """)
        image = module.Image
        assert [parameter.annotation for parameter in parameters(module.make)] == [
            of(list, image),
            image | None,
            of(Annotated, image, "Image"),
            Literal["Image"],
        ]

    def test_unresolvable_name(self, make_module: MakeModule) -> None:
        """A name imported for checkers only is reported with its parameter and module."""
        module = make_module("""
            from __future__ import annotations
            from typing import TYPE_CHECKING
            if TYPE_CHECKING:
                from images import Image
            def make(size: int, image: Image) -> Image: ...
        """)
        with pytest.raises(SignatureError) as caught:
            read_signature(module.make)
        assert (
            str(caught.value)
            == "annotation 'Image' of parameter 'image' can't be resolved: name 'Image' is not defined in module signatures_0"
        )
        assert caught.value.parameter == "image"
        assert caught.value.remedy == "Import what annotations name outside of `if TYPE_CHECKING:`."

    def test_all_unresolvable_names(self, make_module: MakeModule) -> None:
        """One bad annotation doesn't hide another, be it of `*args` or of `**kwargs`."""
        module = make_module("""
            def make(one: "Missing", two: "list.missing", three: "a b", *args: "Absent", **kwargs: "Lost"): ...
        """)
        with pytest.raises(SignatureError) as caught:
            read_signature(module.make)
        assert caught.value.reason == "; ".join(
            [
                "annotation 'Missing' of parameter 'one' can't be resolved: name 'Missing' is not defined in module signatures_0",
                "annotation 'list.missing' of parameter 'two' can't be resolved: type object 'list' has no attribute 'missing'",
                "annotation 'a b' of parameter 'three' can't be resolved: Forward reference must be an expression -- got 'a b'",
                "annotation 'Absent' of parameter 'args' can't be resolved: name 'Absent' is not defined in module signatures_0",
                "annotation 'Lost' of parameter 'kwargs' can't be resolved: name 'Lost' is not defined in module signatures_0",
            ]
        )

    def test_unresolvable_return_annotation(self, make_module: MakeModule) -> None:
        """A result that can't be named is not known, which is no error."""
        module = make_module("""
            def make(size: int) -> "Missing": ...
        """)
        assert read_signature(module.make) == Signature((required("size", int),), None, EMPTY)

    def test_parameter_called_type(self) -> None:
        """The key `type` is taken."""

        def make(type: str) -> None: ...  # noqa: A002

        with pytest.raises(SignatureError) as caught:
            read_signature(make)
        assert caught.value.args == ("the key 'type' names the component in configs", "type", "Rename the parameter 'type'.")

    @pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters came with Python 3.12")
    def test_type_parameters(self) -> None:
        """Type parameters of classes and functions are resolved, and a type alias is left as it is."""
        namespace: dict[str, Any] = {"__name__": __name__}
        source = """
            from __future__ import annotations
            type Sizes = list[int]
            class Box[T]:
                def __init__(self, content: T, sizes: Sizes) -> None: ...
                def change[S](self, other: S, content: list[T]) -> S: ...
            def make[S](one: S) -> S: ...
        """
        exec(textwrap.dedent(source), namespace)
        box, make = namespace["Box"], namespace["make"]
        (of_box,), (of_make,), (of_change,) = box.__type_params__, make.__type_params__, box.change.__type_params__
        assert parameters(box) == [required("content", of_box), required("sizes", namespace["Sizes"])]
        assert read_signature(make) == Signature((required("one", of_make),), None, of_make)
        assert read_signature(box(1, []).change) == Signature(
            (required("other", of_change), required("content", of(list, of_box))), None, of_change
        )


@dataclass
class Point:
    x: int
    tags: list[str] = field(default_factory=list[str])
    scale: InitVar[float] = 1.0
    hidden: int = field(default=3, init=False)
    count: ClassVar[int] = 0
    limit: Final[int] = 9
    _: dataclasses.KW_ONLY
    label: str = "point"


class TestDataclasses:
    def test_fields(self) -> None:
        """A dataclass has its fields; what makes a default is kept instead of dataclasses' mark."""
        assert parameters(Point) == [
            required("x", int),
            Parameter("tags", FLEXIBLE, list[str], EMPTY, list[str]),
            optional("scale", float, 1.0),
            optional("limit", int, 9),
            optional("label", str, "point", KO),
        ]
        assert [parameter.name for parameter in parameters(Point) if parameter.required] == ["x"]

    def test_evaluated_annotations(self, make_module: MakeModule) -> None:
        """InitVar and Final are unwrapped where they are no strings, too."""
        module = make_module("""
            from dataclasses import InitVar, dataclass
            from typing import Final
            class Image: ...
            @dataclass
            class Box:
                image: InitVar["Image"]
                size: Final[int]
        """)
        assert parameters(module.Box) == [required("image", module.Image), required("size", int)]

    def test_fields_of_several_modules(self, make_module: MakeModule) -> None:
        """Each field is resolved in the module of the class that declares it."""
        base = make_module("""
            from __future__ import annotations
            from dataclasses import dataclass
            class Image: ...
            @dataclass
            class Base:
                image: Image
        """)
        child = make_module("""
            from __future__ import annotations
            from dataclasses import dataclass
            from signatures_0 import Base
            class Image: ...
            class Mixin:
                image: Missing
            @dataclass
            class Child(Mixin, Base):
                mask: Image
        """)
        assert base.Image is not child.Image
        assert parameters(child.Child) == [required("image", base.Image), required("mask", child.Image)]

    def test_local_dataclass(self) -> None:
        """A local dataclass is resolved with the local names and its own."""

        class Local:
            pass

        @dataclass(slots=True)
        class Node:
            value: Local
            next: Node | None = None

        assert parameters(Node, Local=Local) == [required("value", Local), optional("next", Node | None, None)]

    def test_own_constructor(self) -> None:
        """A dataclass that writes its own constructor is read like any class."""

        @dataclass(init=False)
        class One:
            x: int

            def __init__(self, text: str) -> None: ...

        @dataclass
        class Other:
            x: int

            def __init__(self, x: str) -> None: ...

        assert (parameters(One), parameters(Other)) == ([required("text", str)], [required("x", str)])

    def test_constructor_of_a_plain_class_below(self) -> None:
        """A plain class below a dataclass has the fields of that, not those that it annotates itself."""

        class Below(Point):
            more: int

        assert names(Below) == ["x", "tags", "scale", "limit", "label"]


class Camera(BaseModel):
    size: Annotated[int, Field(gt=0)]
    image_name: str = Field("a.png", alias="imageName")
    tags: list[str] = Field(default_factory=list)
    copied: int = Field(default_factory=lambda data: data["size"])
    choice: int = Field(1, validation_alias=AliasChoices("first", "second"))


class TestPydantic:
    def test_model(self) -> None:
        """A model has its fields by their aliases, all by keyword, with their constraints."""
        signature = read_signature(Camera)
        size, *others = signature.parameters
        assert (size.name, size.kind, size.required) == ("size", KO, True)
        assert typing.get_origin(size.annotation) is Annotated
        assert [type(mark).__name__ for mark in typing.get_args(size.annotation)[1:]] == ["Gt"]
        assert others == [
            optional("imageName", str, "a.png", KO),
            Parameter("tags", KO, list[str], EMPTY, list),
            Parameter("copied", KO, int, omittable=True),
            optional("first", int, 1, KO),
        ]
        assert (signature.extra, signature.by_keyword, signature.returns) == (None, True, EMPTY)

    @pytest.mark.parametrize("option", ["populate_by_name", "validate_by_name"])
    def test_model_by_name(self, option: str) -> None:
        """Where the model takes the names of its fields, those are the keys."""
        named = type("Named", (Camera,), {"model_config": {option: True}, "__module__": __name__})
        assert names(named) == ["size", "image_name", "tags", "copied", "choice"]

    def test_model_with_extras(self) -> None:
        """A model that allows extras takes any other key."""

        class Open(BaseModel):
            model_config = ConfigDict(extra="allow")
            size: int

        assert read_signature(Open) == Signature((required("size", int, KO),), Any)

    def test_incomplete_model(self) -> None:
        """What pydantic could not resolve yet is resolved when the signature is read."""

        class Early(BaseModel):
            later: Later
            marked: Annotated[Later, "mark"] | None = None

        class Later:
            pass

        assert parameters(Early, Later=Later) == [
            required("later", Later, KO),
            optional("marked", of(Annotated, Later, "mark") | None, None, KO),
        ]

    def test_model_with_its_own_constructor(self) -> None:
        """A model with a constructor is read like a class, and followed into its fields."""

        class Own(Camera):
            def __init__(self, width: int, **data: Any) -> None:
                super().__init__(size=width, **data)

        signature = read_signature(Own)
        assert [(one.name, one.kind) for one in signature.parameters] == [
            ("width", FLEXIBLE),
            ("imageName", KO),
            ("tags", KO),
            ("copied", KO),
            ("first", KO),
        ]
        assert signature.extra is None

    def test_root_model(self) -> None:
        """A root model has one parameter."""
        assert parameters(RootModel[int]) == [required("root", int, KO)]

    def test_pydantic_dataclass(self) -> None:
        """A pydantic dataclass is a dataclass whose fields keep their constraints."""

        @pydantic_dataclass
        class Lens:
            label: str = dataclasses.field(kw_only=True)
            size: int = Field(3, gt=0)
            tags: list[str] = dataclasses.field(default_factory=list[str])
            scale: InitVar[float] = 1.0
            hidden: int = dataclasses.field(default=3, init=False)

        size, *others = parameters(Lens)
        assert (size.name, size.kind, size.default) == ("size", FLEXIBLE, 3)
        assert [type(mark).__name__ for mark in typing.get_args(size.annotation)[1:]] == ["Gt"]
        assert others == [
            Parameter("tags", FLEXIBLE, list[str], EMPTY, list[str]),
            optional("scale", float, 1.0),
            required("label", str, KO),
        ]

    def test_reading_does_not_load_pydantic(self) -> None:
        """Reading a plain class costs no import of pydantic."""
        code = "import sys; from typed_registry._signatures import read_signature as r; r(complex); print('pydantic' in sys.modules)"
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert result.stdout == "False\n"


class Pair(NamedTuple):
    left: Image
    right: int = 3


class TestNamedTuples:
    def test_typed(self) -> None:
        """A NamedTuple has its fields."""
        assert read_signature(Pair) == Signature((required("left", Image), optional("right", int, 3)))

    def test_below(self) -> None:
        """A class below a NamedTuple has the fields too."""

        class Below(Pair):
            pass

        assert names(Below) == ["left", "right"]

    def test_untyped(self) -> None:
        """A namedtuple has fields of any type."""
        assert parameters(namedtuple("Old", "a b", defaults=[2])) == [  # pyright: ignore[reportUntypedNamedTuple]
            required("a"),
            optional("b", Any, 2),
        ]


class Maker:
    def make(self, size: int) -> Image:
        return Image()

    @classmethod
    def of(cls, size: int) -> Maker:
        return cls()

    @staticmethod
    def plain(size: int, /) -> Image:
        return Image()

    def __call__(self, image: Image, *, size: int = 2) -> Image:
        return image


def scaled(a: int, b: float = 1.0, *rest: int, c: str, **more: int) -> Image:
    return Image()


def keyed(a: int, b: float = 1.0, *, c: str = "") -> Image:
    return Image()


class TestFunctions:
    @pytest.mark.parametrize(
        ("factory", "expected"),
        [
            (Maker().make, Signature((required("size", int),), None, Image)),
            (Maker.of, Signature((required("size", int),), None, Maker)),
            (Maker().of, Signature((required("size", int),), None, Maker)),
            (Maker.plain, Signature((required("size", int, PO),), None, Image)),
            (Maker.__dict__["plain"], Signature((required("size", int, PO),), None, Image)),
            (Maker(), Signature((required("image", Image), optional("size", int, 2, KO)), None, Image)),
            (eval("lambda a, b=1: a"), Signature((required("a"), optional("b", Any, 1)), None, EMPTY)),
            (len, Signature((required("obj", Any, PO),), None, EMPTY)),
        ],
    )
    def test_kinds(self, factory: Callable[..., object], expected: Signature) -> None:
        """Methods lose their first parameter; an object has those of its `__call__`."""
        assert read_signature(factory) == expected

    def test_builtin_without_signature(self) -> None:
        """A function in C that tells nothing can't be read."""
        with pytest.raises(SignatureError, match="its signature can't be read"):
            read_signature(max)

    def test_circular_wrapping(self) -> None:
        """A function that claims to wrap itself can't be read."""

        def make() -> None: ...

        setattr(make, "__wrapped__", make)
        with pytest.raises(SignatureError, match="its signature can't be read"):
            read_signature(make)

    def test_positional_rest(self) -> None:
        """`*args` is a list that may be empty, and `**kwargs` tells what other keys hold."""
        assert read_signature(scaled) == Signature(
            (
                required("a", int),
                optional("b", float, 1.0),
                Parameter("rest", SPREAD, list[int], EMPTY, list),
                required("c", str, KO),
            ),
            int,
            Image,
        )

    def test_untyped_stars(self, make_module: MakeModule) -> None:
        """Without annotations the values are of any type."""
        module = make_module("""
            def make(*args, **kwargs): ...
        """)
        assert read_signature(module.make) == Signature((Parameter("args", SPREAD, list[Any], EMPTY, list),), Any)

    @pytest.mark.parametrize("future", ["", "from __future__ import annotations"])
    def test_generic_stars(self, future: str, make_module: MakeModule) -> None:
        """Stars that only stand for other parameters take anything."""
        module = make_module(f"""
            {future}
            from typing import ParamSpec, TypeVarTuple
            P = ParamSpec("P")
            Ts = TypeVarTuple("Ts")
            def make(*args: P.args, **kwargs: P.kwargs): ...
            def spread(*args: *Ts): ...
            def several(*args: *tuple[int, ...]): ...
        """)
        anything = Parameter("args", SPREAD, list[Any], EMPTY, list)
        assert read_signature(module.make) == Signature((anything,), Any)
        assert parameters(module.spread) == [anything]
        assert parameters(module.several) == [anything]

    def test_wrapped_function(self) -> None:
        """A wrapper has the parameters of what it wraps, in the names of that."""

        @functools.wraps(Plain)
        def make(*args: Any, **kwargs: Any) -> Any: ...

        assert parameters(make) == parameters(Plain)
        assert parameters(functools.lru_cache(keyed)) == parameters(keyed)

    def test_wrapped_method(self) -> None:
        """A wrapper of a bound method has what is left of the method."""

        @functools.wraps(Maker().make)
        def make(*args: Any) -> Any: ...

        assert read_signature(make) == Signature((required("size", int),), None, Image)

    def test_declared_signature(self) -> None:
        """What an object says about itself in `__signature__` is believed."""

        def make(*args: Any) -> None: ...

        setattr(make, "__signature__", inspect.signature(keyed))
        assert parameters(make) == parameters(keyed)


class TestPartials:
    def test_bound_arguments(self) -> None:
        """What is bound by position vanishes; what is bound by name has that as its default, and goes by name from there on."""
        assert parameters(functools.partial(scaled, 1)) == parameters(scaled)[1:]
        assert parameters(functools.partial(scaled, b=2.0)) == [
            required("a", int),
            optional("b", float, 2.0, KO),
            required("c", str, KO),
        ]
        assert parameters(functools.partial(keyed, a=1)) == [
            optional("a", int, 1, KO),
            optional("b", float, 1.0, KO),
            optional("c", str, "", KO),
        ]

    def test_agrees_with_inspect(self) -> None:
        """Names, kinds and defaults are those that inspect shows."""
        for made in (functools.partial(scaled, 1, 2.0, 3), functools.partial(keyed, b=3.0), functools.partial(keyed, 1, c="x")):
            shown = [one for one in inspect.signature(made).parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
            assert [(one.name, one.kind, one.default) for one in parameters(made)] == [(one.name, one.kind, one.default) for one in shown]

    def test_result_and_extras(self) -> None:
        """A partial makes what its function makes, and takes the same other keys."""
        signature = read_signature(functools.partial(scaled, c="x"))
        assert (signature.extra, signature.returns) == (int, Image)

    def test_of_a_dataclass(self) -> None:
        """A bound value replaces what makes the default."""
        assert parameters(functools.partial(Point, 1, tags=["a"]))[0] == optional("tags", list[str], ["a"], KO)

    def test_wrong_arguments(self) -> None:
        """A partial that can never be called is refused."""
        with pytest.raises(SignatureError, match="its signature can't be read: partial object"):
            read_signature(functools.partial(typing.cast(Any, keyed), d=1))


class Options(TypedDict, total=False):
    size: typing_extensions.Required[int]
    label: str


class MoreOptions(Options):
    image: Image
    mask: typing_extensions.NotRequired[Image]


class TestUnpackedKeywords:
    def test_keys(self) -> None:
        """Each key of the TypedDict is a parameter, and one that isn't required may be left out."""

        def make(a: int, **kwargs: typing_extensions.Unpack[MoreOptions]) -> None: ...

        signature = read_signature(make)
        assert signature.parameters == (
            required("a", int),
            required("size", int, KO),
            Parameter("label", KO, str, omittable=True),
            required("image", Image, KO),
            Parameter("mask", KO, Image, omittable=True),
        )
        assert signature.extra is None
        assert [one.name for one in signature.parameters if one.required] == ["a", "size", "image"]

    @pytest.mark.parametrize("origin", ["typing", "typing_extensions"])
    @pytest.mark.parametrize("future", ["", "from __future__ import annotations"])
    def test_modules(self, origin: str, future: str, make_module: MakeModule) -> None:
        """Both modules' Unpack and TypedDict work, with evaluated annotations and with strings."""
        module = make_module(f"""
            {future}
            from typing import Annotated, Generic, TypeVar
            from typing_extensions import ReadOnly
            from {origin} import NotRequired, Required, TypedDict, Unpack
            class Image: ...
            T = TypeVar("T")
            class Options(TypedDict, Generic[T]):
                one: "Image"
                two: NotRequired[Annotated[int, "mark"]]
                three: ReadOnly[NotRequired[list["Image"]]]
            class Loose(TypedDict, total=False):
                four: Required[T]
                five: ReadOnly[int]
            def make(**kwargs: Unpack[Options[int]]) -> None: ...
            def loose(**kwargs: "Unpack[Loose]") -> None: ...
        """)
        assert parameters(module.make) == [
            required("one", module.Image, KO),
            Parameter("two", KO, Annotated[int, "mark"], omittable=True),
            Parameter("three", KO, of(list, module.Image), omittable=True),
        ]
        assert parameters(module.loose) == [required("four", module.T, KO), Parameter("five", KO, int, omittable=True)]

    def test_bound_by_a_partial(self) -> None:
        """A key that a partial gives has that as its default."""

        def make(**kwargs: typing_extensions.Unpack[Options]) -> None: ...

        assert parameters(functools.partial(make, size=3, label="x")) == [
            optional("size", int, 3, KO),
            optional("label", str, "x", KO),
        ]


class Base:
    def __init__(self, size: int, label: str = "", *, deep: bool = False) -> None: ...


FROM_BASE = [required("size", int, KO), optional("label", str, "", KO), optional("deep", bool, False, KO)]


class TestForwardedKeywords:
    def test_into_the_next_constructor(self) -> None:
        """What goes whole into `super().__init__` adds its parameters by keyword, and nothing else is taken."""

        class Child(Base):
            def __init__(self, image: Image, **kwargs: Any) -> None:
                """Text that goes on
                at the margin."""
                super().__init__(**kwargs)

        assert read_signature(Child) == Signature((required("image", Image), *FROM_BASE))

    def test_given_arguments(self) -> None:
        """What is given there, by position or by name, is no parameter any more, nor is what the class takes itself."""

        class ByPosition(Base):
            def __init__(self, **kwargs: Any) -> None:
                super().__init__(3, **kwargs)

        class ByName(Base):
            def __init__(self, label: bytes = b"", **kwargs: Any) -> None:
                super(ByName, self).__init__(size=3, **kwargs)

        class Named(Base):
            def __init__(self, **kwargs: Any) -> None:
                Base.__init__(self, 3, "x", **kwargs)

        assert parameters(ByPosition) == FROM_BASE[1:]
        assert parameters(ByName) == [optional("label", bytes, b""), FROM_BASE[2]]
        assert parameters(Named) == FROM_BASE[2:]
        assert {read_signature(cls).extra for cls in (ByPosition, ByName, Named)} == {None}

    def test_chain(self, make_module: MakeModule) -> None:
        """Each class of a chain is read in its own module, along the order of the class that is read."""
        module = make_module("""
            from __future__ import annotations
            class Image: ...
            class Root:
                def __init__(self, image: Image) -> None: ...
            class Left(Root):
                def __init__(self, left: int, **kwargs) -> None:
                    super().__init__(**kwargs)
            class Right(Root):
                def __init__(self, right: Image, **kwargs) -> None:
                    super().__init__(**kwargs)
            class Both(Left, Right):
                pass
        """)
        assert parameters(module.Left) == [required("left", int), required("image", module.Image, KO)]
        assert parameters(module.Both) == [
            required("left", int),
            required("right", module.Image, KO),
            required("image", module.Image, KO),
        ]

    def test_end_at_object(self) -> None:
        """A chain that ends at object takes nothing else."""

        class Alone:
            def __init__(self, a: int, **kwargs: Any) -> None:
                super().__init__(**kwargs)

        assert read_signature(Alone) == Signature((required("a", int),))

    def test_open_end(self, make_module: MakeModule) -> None:
        """A chain that ends in `**kwargs` takes any key, and holds to what each says of the values."""
        module = make_module("""
            class Open:
                def __init__(self, a: int, **kwargs: int):
                    self.kwargs = kwargs
            class Untyped(Open):
                def __init__(self, **kwargs):
                    super().__init__(**kwargs)
            class Typed(Open):
                def __init__(self, **kwargs: float):
                    super().__init__(**kwargs)
        """)
        assert read_signature(module.Open) == Signature((required("a", int),), int)
        assert read_signature(module.Untyped) == Signature((required("a", int, KO),), int)
        assert read_signature(module.Typed) == Signature((required("a", int, KO),), float)

    def test_read_keywords(self) -> None:
        """A class that takes keys out of `**kwargs` may be given others than its base has."""

        class Popping(Base):
            def __init__(self, **kwargs: Any) -> None:
                self.level = kwargs.pop("level", 1)
                super().__init__(**kwargs)

        class Passing(Base):
            def __init__(self, **kwargs: Any) -> None:
                print(**kwargs)
                if "level" in kwargs:
                    self.level = kwargs["level"]
                super().__init__(**kwargs)

        assert read_signature(Popping) == Signature(tuple(FROM_BASE), Any)
        assert read_signature(Passing) == Signature(tuple(FROM_BASE), Any)

    @pytest.mark.parametrize(
        "line",
        ["kwargs.setdefault('size', 3)", "kwargs['size'] = 3", "kwargs = {'size': 3, **kwargs}", "fill(kwargs)", "kwargs |= {'size': 3}"],
    )
    def test_changed_keywords(self, line: str, make_module: MakeModule) -> None:
        """Where a class may put keys into `**kwargs`, the base's parameters may be left out, and their defaults are not known."""
        module = make_module(f"""
            class Base:
                def __init__(self, size: int, label: str = "") -> None: ...
            class Child(Base):
                def __init__(self, **kwargs) -> None:
                    {line}
                    super().__init__(**kwargs)
        """)
        assert read_signature(module.Child) == Signature(
            (Parameter("size", KO, int, omittable=True), Parameter("label", KO, str, omittable=True)), Any
        )

    def test_positional_rest_goes_along(self) -> None:
        """Where `*args` goes to the same place, the base's parameters may be given by position."""

        class Child(Base):
            def __init__(self, image: Image, *args: Any, level: int = 1, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)

        assert parameters(Child) == [
            required("image", Image),
            required("size", int),
            optional("label", str, ""),
            optional("level", int, 1, KO),
            optional("deep", bool, False, KO),
        ]

    def test_positional_rest_that_can_not_be_told(self) -> None:
        """Where the base's positions are shifted, `*args` stays what it is."""

        class Child(Base):
            def __init__(self, size: int, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)

        assert parameters(Child) == [required("size", int), Parameter("args", SPREAD, list[Any], EMPTY, list), *FROM_BASE[1:]]

    def test_positional_only_parameters_are_out_of_reach(self) -> None:
        """What the base takes by position alone can't be given by keyword."""

        class Root:
            def __init__(self, a: int = 1, /, b: int = 2, *rest: int) -> None: ...

        class Child(Root):
            def __init__(self, **kwargs: Any) -> None:
                super().__init__(**kwargs)

        assert read_signature(Child) == Signature((optional("b", int, 2, KO),))

    @pytest.mark.parametrize(
        "line",
        [
            "super().__init__(*range(2), **kwargs)",
            "super().__init__(**kwargs, **more)",
            "super().__init__(**{**kwargs})",
            "super().__init__(**kwargs) if more else super().__init__(1, **kwargs)",
            "args = (1,); super().__init__(*args, **kwargs)",
            "super(Missing, self).__init__(**kwargs)",
            "self.base.__init__(**kwargs)",
            "make = more; make(**kwargs)",
            "self.make(**kwargs)",
            "return [make(**kwargs) for make in more]",
            "return lambda **kwargs: make(**kwargs)",
            "from operator import not_ as make; make(**kwargs)",
            "missing(**kwargs)",
            "dict(**kwargs)",
            "bad(**kwargs)",
            "instance(**kwargs)",
            "pass",
        ],
    )
    def test_untold(self, line: str, make_module: MakeModule) -> None:
        """Where the source doesn't show one certain target, any key is taken."""
        module = make_module(f"""
            def make(a: int) -> None: ...
            def bad(a: "Missing") -> None: ...
            class Base:
                def __init__(self, size: int) -> None: ...
                def __call__(self, size: int) -> None: ...
            instance = Base(1)
            class Child(Base):
                def __init__(self, more={{}}, *args: int, **kwargs: int) -> None:
                    {line}
        """)
        signature = read_signature(module.Child)
        assert ([one.name for one in signature.parameters], signature.extra) == (["more", "args"], int)

    def test_no_source(self, make_module: MakeModule) -> None:
        """Without source any key is taken; a lambda's is not looked for, as a line may hold several."""
        namespace: dict[str, Any] = {"Base": Base}
        exec("class Child(Base):\n    def __init__(self, **kwargs): super().__init__(**kwargs)", namespace)
        module = make_module("""
            def make(size): ...
            makers = (lambda **kwargs: kwargs), (lambda **kwargs: make(**kwargs))
        """)
        for factory in (namespace["Child"], *module.makers):
            assert read_signature(factory) == Signature((), Any)

    def test_base_in_c(self) -> None:
        """A base that can't be read takes anything."""

        class Child(dict[str, int]):
            def __init__(self, a: int, **kwargs: int) -> None:
                super().__init__(**kwargs)

        assert read_signature(Child) == Signature((required("a", int),), int)

    def test_new(self) -> None:
        """`**kwargs` of `__new__` goes into the next `__new__`."""

        class Root:
            def __new__(cls, size: int, label: str) -> Root:
                return object.__new__(cls)

        class Child(Root):
            def __new__(cls, a: int, **kwargs: Any) -> Any:
                return super().__new__(cls, a, **kwargs)

        assert read_signature(Child) == Signature((required("a", int), required("label", str, KO)))

    def test_dataclass_as_base(self) -> None:
        """The fields of a dataclass are found, those of the class below it aren't taken for them."""

        @dataclass
        class Child(Point):
            more: int = 0

            def __init__(self, **kwargs: Any) -> None:
                super().__init__(**kwargs)

        assert names(Child) == ["x", "tags", "scale", "limit", "label"]

    def test_unresolvable_but_given(self, make_module: MakeModule) -> None:
        """An annotation of the base that can't be resolved is no problem where its argument is given."""
        module = make_module("""
            class Base:
                def __init__(self, image: "Missing", size: int) -> None: ...
            class Good(Base):
                def __init__(self, **kwargs) -> None:
                    super().__init__(None, **kwargs)
            class Bad(Base):
                def __init__(self, **kwargs) -> None:
                    super().__init__(**kwargs)
        """)
        assert parameters(module.Good) == [required("size", int, KO)]
        with pytest.raises(SignatureError, match="annotation 'Missing' of parameter 'image'"):
            read_signature(module.Bad)

    def test_function_into_a_class_or_function(self, make_module: MakeModule) -> None:
        """A function that gives all of it to a class or function has the parameters of that."""
        module = make_module("""
            from __future__ import annotations
            import collections
            class Image: ...
            class Box:
                def __init__(self, image: Image, size: int = 2) -> None: ...
            def make(size: int, **kwargs) -> Box:
                return Box(size=size, **kwargs)
            def remake(**kwargs) -> Box:
                return make(3, **kwargs)
            def local():
                class Inner:
                    def __init__(self, size: int) -> None: ...
                def build(**kwargs):
                    return Inner(**kwargs)
                return build
            class Holder:
                Box = Box
                def make(self, **kwargs):
                    return Holder.Box(**kwargs)
        """)
        image = required("image", module.Image, KO)
        assert read_signature(module.make) == Signature((required("size", int), image), None, module.Box)
        assert parameters(module.remake) == [image]
        assert parameters(module.local()) == [required("size", int, KO)]
        assert parameters(module.Holder().make) == [image, optional("size", int, 2, KO)]

    def test_recursive_functions(self, make_module: MakeModule) -> None:
        """Functions that call each other are read once."""
        module = make_module("""
            def one(a: int = 1, **kwargs):
                return two(**kwargs)
            def two(b: int = 2, **kwargs):
                return one(**kwargs)
        """)
        assert read_signature(module.one) == Signature((optional("a", int, 1), optional("b", int, 2, KO)), Any)


def received(*args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return args, kwargs


class TestBind:
    def test_order(self) -> None:
        """Values come in the order of the parameters, unknown ones last."""
        signature = read_signature(scaled)
        assert list(bind(signature, (1, 2.0, 3, 4), {"z": 1, "c": "x"}).items()) == [
            ("a", 1),
            ("b", 2.0),
            ("rest", [3, 4]),
            ("c", "x"),
            ("z", 1),
        ]
        assert list(bind(signature, (), {"z": 1, "c": "x", "a": 2})) == ["a", "c", "z"]

    def test_positional_only_by_name(self) -> None:
        """A positional-only parameter may be given by name."""
        assert bind(read_signature(Maker.plain), (), {"size": 3}) == {"size": 3}

    @pytest.mark.parametrize(
        ("factory", "args", "kwargs", "message"),
        [
            (keyed, (1, 2, 3), {}, "takes at most 2 positional arguments, got 3"),
            (Maker.plain, (1, 2), {}, "takes at most 1 positional argument, got 2"),
            (object, (1,), {}, "takes at most 0 positional arguments, got 1"),
            (keyed, (1,), {"a": 2}, "argument 'a' is given twice"),
            (scaled, (1, 2, 3), {"rest": []}, "argument 'rest' is given twice"),
        ],
    )
    def test_wrong_calls(self, factory: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object], message: str) -> None:
        """Too many arguments, or one given twice, are errors."""
        with pytest.raises(TypeError, match=f"^{message}$"):
            bind(read_signature(factory), args, kwargs)


class TestCall:
    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({"a": 1, "d": 4}, ((1,), {"d": 4})),
            ({"a": 1, "b": 2, "c": 3, "d": 4}, ((1, 2), {"c": 3, "d": 4})),
            ({"a": 1, "rest": [5], "d": 4}, ((1, 7, 8, 5), {"d": 4})),
            ({"a": 1, "rest": [], "d": 4, "e": 5}, ((1,), {"d": 4, "e": 5})),
        ],
    )
    def test_by_position_where_it_must_be(self, values: dict[str, object], expected: object) -> None:
        """Values go by position as far as needed, with defaults before them filled in."""

        def make(a: int, b: int = 7, /, c: int = 8, *rest: int, d: int, **kwargs: int) -> None: ...

        assert call(received, read_signature(make), values) == expected

    def test_earlier_default(self) -> None:
        """A positional-only parameter before one that is given takes its default, made anew if it has a factory."""
        signature = Signature((Parameter("a", PO, list[int], EMPTY, list), required("b", int, PO)))
        assert call(received, signature, {"b": 1}) == (([], 1), {})

    def test_missing(self) -> None:
        """Nothing can stand for a missing argument without default."""

        def make(a: int, b: int, /) -> None: ...

        with pytest.raises(TypeError, match="missing argument 'a'"):
            call(received, read_signature(make), {"b": 1})

    def test_by_keyword(self) -> None:
        """Most factories can be called with keywords alone."""
        assert read_signature(keyed).by_keyword
        assert not read_signature(scaled).by_keyword
        assert not read_signature(Maker.plain).by_keyword
        assert call(received, read_signature(keyed), {"a": 1, "c": "x"}) == ((), {"a": 1, "c": "x"})

    def test_values_are_not_changed(self) -> None:
        """The mapping of values stays as it was."""
        values = {"size": 3}
        call(Maker.plain, read_signature(Maker.plain), values)
        assert values == {"size": 3}


@st.composite
def calls(draw: st.DrawFn) -> tuple[Callable[..., object], tuple[int, ...], dict[str, int]]:
    """A function that returns what it is given, and the arguments of a valid call."""
    counts = [draw(st.integers(0, 2)) for _ in range(3)]
    has_rest, has_extra = draw(st.booleans()), draw(st.booleans())
    positional = [f"p{i}" for i in range(counts[0])]
    flexible = [f"f{i}" for i in range(counts[1])]
    by_keyword = [f"k{i}" for i in range(counts[2])]
    first_default = draw(st.integers(0, counts[0] + counts[1]))
    defaulted = {*[*positional, *flexible][first_default:], *(name for name in by_keyword if draw(st.booleans()))}
    written = {name: f"{name}={len(name) + 90}" if name in defaulted else name for name in [*positional, *flexible, *by_keyword]}
    parts = [written[name] for name in positional] + ["/"] * bool(positional) + [written[name] for name in flexible]
    parts += ["*rest"] if has_rest else ["*"] * bool(by_keyword)
    parts += [written[name] for name in by_keyword] + ["**extra"] * has_extra
    namespace: dict[str, Any] = {}
    exec(f"def f({', '.join(parts)}):\n    return dict(locals())", namespace)
    needed = len([name for name in positional if name not in defaulted])
    most = len(positional) + len(flexible)
    given_by_position = draw(st.integers(needed, most))
    count = given_by_position + (draw(st.integers(0, 3)) if has_rest and given_by_position == most else 0)
    left = [*[*positional, *flexible][max(given_by_position, len(positional)) :], *by_keyword]
    named = [name for name in left if name not in defaulted or draw(st.booleans())]
    named += draw(st.lists(st.sampled_from(["x", "y"]), unique=True)) if has_extra else []
    return namespace["f"], tuple(range(count)), {name: 10 + i for i, name in enumerate(draw(st.permutations(named)))}


@given(calls())
def test_binding_and_calling_is_calling(made: tuple[Callable[..., object], tuple[int, ...], dict[str, int]]) -> None:
    """What a call binds, given back by name, makes the same call."""
    function, args, kwargs = made
    signature = read_signature(function)
    assert call(function, signature, bind(signature, args, kwargs)) == function(*args, **kwargs)
