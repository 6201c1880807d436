# As the generator writes it. Components are imported under a private alias: a method of the same name would hide them (ty).
from typing import Literal, NotRequired, TypeAlias

from typing_extensions import TypedDict
from zoo.vision import Good as _Good
from zoo.vision import VisionModel as _VisionModel
from zoo.vision import Wrap as _Wrap

from typed_registry import BuildSpec, Specs

class GoodConfig(TypedDict):
    type: Literal["Good"]
    hidden: int
    drop: NotRequired[float]

class WrapConfig(TypedDict):
    type: Literal["wrap"]
    inner: VisionConfig | BuildSpec[_VisionModel] | _VisionModel
    n: NotRequired[int]

VisionConfig: TypeAlias = GoodConfig | WrapConfig

class VisionSpecs(Specs[VisionConfig]):
    def Good(self, *, hidden: int, drop: float = 0.0) -> BuildSpec[_Good]: ...
    def wrap(self, *, inner: VisionConfig | BuildSpec[_VisionModel] | _VisionModel, n: int = 1) -> BuildSpec[_Wrap]: ...
