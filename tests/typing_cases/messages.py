"""What checkers say of mistakes: the texts that the documentation promises, each above the line that it is said of."""

# ruff: noqa: F401, I001 # one import a line, since each misspelt one is a case

from __future__ import annotations

from typing import TYPE_CHECKING

# by mypy: Module "typed_registry" has no attribute "BuildSpek"; maybe "BuildSpec"?
# by pyright: "BuildSpek" is unknown import symbol
# by ty: Module `typed_registry` has no member `BuildSpek`
# by pyrefly: Could not import `BuildSpek` from `typed_registry`
from typed_registry import BuildSpek
from typed_registry import Registry
from zoo.parts import BACKBONES, LAYERS, METRICS, Layer, Metric
from zoo.sound import SOUND, Tone
from zoo.vision import VISION, Good, VisionModel, Wrap

if TYPE_CHECKING:
    from vision_specs import VisionConfig


# by mypy: Argument 1 to "register" of "Registry" has incompatible type "type[Missing]"; expected "type[VisionModel]"
# by pyright: Argument of type "type[Missing]" cannot be assigned to parameter "cls" of type "type[VisionModel]" in function "register"
# by pyright: "forward" is not present
@VISION.register
class Missing:
    def fwd(self, x: list[float]) -> list[float]:
        return x


# by mypy: Argument 1 to "__call__" of "Registrar" has incompatible type "type[MissingToo]"; expected "type[VisionModel]"
# by pyright: "forward" is not present
@VISION.register("missing")
class MissingToo:
    def fwd(self, x: list[float]) -> list[float]:
        return x


# by mypy: Argument 1 to "__call__" of "Registrar" has incompatible type "type[WrongSignature]"; expected "type[VisionModel]"
# by pyright: Type "(x: str) -> list[float]" is not assignable to type "(x: list[float]) -> list[float]"
@VISION.register("wrong")
class WrongSignature:
    def forward(self, x: str) -> list[float]:
        return []


# by mypy: Argument 1 to "__call__" of "Registrar" has incompatible type "type[WrongReturn]"; expected "type[VisionModel]"
# by pyright: Function return type "int" is incompatible with type "list[float]"
@VISION.register("number")
class WrongReturn:
    def forward(self, x: list[float]) -> int:
        return 3


# by mypy: Argument 1 to "register" of "Registry" has incompatible type "type[NoAttribute]"; expected "type[Backbone]"
# by pyright: "channels" is not present
@BACKBONES.register
class NoAttribute:
    size: int = 3


# by mypy: Argument 1 to "__call__" of "Registrar" has incompatible type "type[NoMetric]"; expected "type[Metric]"
# by pyright: "type[NoMetric]" is not assignable to "type[Metric]"
@METRICS.register("near")
class NoMetric:
    def score(self, guess: float, truth: float) -> float:
        return guess - truth


# by mypy: Argument 1 to "register" of "Registry" has incompatible type "type[NoLayer]"; expected "type[Layer]"
# by pyright: "type[NoLayer]" is not assignable to "type[Layer]"
@LAYERS.register
class NoLayer:
    size: int = 3


# by mypy: No overload variant of "__call__" of "Registrar" matches argument type "Callable[[int], int]"
# by pyright: Type "(size: int) -> int" is not assignable to type "type[Layer]"
@LAYERS.register("number")
def makes_number(size: int) -> int:
    return size


# by mypy: No overload variant of "register" of "Registry" matches argument type "Callable[[int], Coroutine[Any, Any, Layer]]"
@LAYERS.register
async def coroutine(size: int) -> Layer:
    return Layer(size)


# by mypy: Argument 2 to "spec" of "Registry" has incompatible type "str"; expected "int"
# by pyright: Argument of type "Literal['3']" cannot be assigned to parameter "hidden" of type "int"
# by ty: Argument to bound method `Registry.spec` is incorrect: Expected `int`, found `Literal["3"]`
# by pyrefly: Argument `Literal['3']` is not assignable to parameter `hidden` with type `int`
VISION.spec(Good, "3")
# by mypy: Unexpected keyword argument "dorp" for "spec" of "Registry"
# by pyright: No parameter named "dorp"
# by ty: Argument `dorp` does not match any known parameter
# by pyrefly: Unexpected keyword argument `dorp`
VISION.spec(Good, 3, dorp=0.5)
# by mypy: Missing positional argument "hidden" in call to "spec" of "Registry"
# by pyright: Argument missing for parameter "hidden"
# by ty: No argument provided for required parameter `hidden`
# by pyrefly: Missing argument `hidden`
VISION.spec(Good)
# by mypy: Argument 1 to "spec" of "Registry" has incompatible type "type[int]"; expected "Makes[
# by pyright: Argument of type "type[int]" cannot be assigned to parameter "factory"
VISION.spec(int)
# by mypy: Argument 2 to "spec" of "Registry" has incompatible type "BuildSpec[Good]"; expected "VisionModel"
# by pyright: "BuildSpec[Good]" is incompatible with protocol "VisionModel"
VISION.spec(Wrap, VISION.spec(Good, 3))
# by mypy: "VisionSpecs" has no attribute "Goood"; maybe "Good"?
# by pyright: Cannot access attribute "Goood" for class "VisionSpecs"
# by ty: Object of type `VisionSpecs` has no attribute `Goood`
# by pyrefly: Object of class `VisionSpecs` has no attribute `Goood`
VISION.specs.Goood(hidden=3)
# by mypy: Unexpected keyword argument "hiden" for "Good" of "VisionSpecs"; did you mean "hidden"?
# by pyright: No parameter named "hiden"
VISION.specs.Good(hiden=3)
# by mypy: Argument "hidden" to "Good" of "VisionSpecs" has incompatible type "str"; expected "int"
VISION.specs.Good(hidden="3")
# by mypy: variable has type "VisionConfig"
# by pyright: Type "dict[str, str | int]" is not assignable to declared type "VisionConfig"
config: VisionConfig = {"type": "Good", "hiden": 3}
# by mypy: No overload variant of "__call__" of "Build" matches argument type "dict[str, object]"
# by pyright: Argument of type "dict[str, str | int]" cannot be assigned to parameter "config" of type "VisionConfig"
VISION.build({"type": "Goood", "hidden": 3})
# by mypy: "VisionModel" has no attribute "extra"
# by pyright: Cannot access attribute "extra" for class "VisionModel"
# by ty: Object of type `VisionModel` has no attribute `extra`
# by pyrefly: Object of class `VisionModel` has no attribute `extra`
VISION.build({"type": "Good", "hidden": 3}).extra
# by mypy: Argument 1 to "__call__" of "Build" has incompatible type "BuildSpec[Tone]"; expected "Builds[VisionModel,
VISION.build(SOUND.spec(Tone, 440.0))
# by mypy: "Good" has no attribute "exra"; maybe "extra"?
# by pyright: Cannot access attribute "exra" for class "Good"
VISION.spec(Good, 3).build().exra
# by mypy: Argument 2 to "register_value" of "Registry" has incompatible type "int"; expected "VisionModel"
# by pyright: "forward" is not present
VISION.register_value("three", 3)
# by mypy: Unexpected keyword argument "alias" for overloaded function "register" of "Registry"; did you mean "aliases"?
# by pyrefly: Unexpected keyword argument `alias`
VISION.register("name", alias=("other",))
# by mypy: Cannot infer value of type parameter "T" of "Registry"
# by pyright: Type parameter "T@Registry" is invariant, but "Sound" is not the same as "VisionModel"
Registry("child", VisionModel, parent=SOUND)
# by mypy: expression has type "Registry[VisionModel, VisionSpecs]", variable has type "Registry[Metric,
# by pyright: Type parameter "T@Registry" is invariant, but "VisionModel" is not the same as "Metric"
other: Registry[Metric] = VISION
