"""mmengine as its users' checkers see it: `mmengine.registry` is typed here, the rest is what is installed.

The imports are absolute and starred, so that a checker which finds this file before the installed package still finds the package's own
names; what is neither here nor there is Any. Without mmengine beside the checker the four imports find nothing, which is no error either.
"""

from typing import Any

from mmengine.config import *  # type: ignore[import-untyped, import-not-found, unused-ignore]  # noqa: F403
from mmengine.fileio import *  # type: ignore[import-untyped, import-not-found, unused-ignore]  # noqa: F403
from mmengine.logging import *  # type: ignore[import-untyped, import-not-found, unused-ignore]  # noqa: F403
from mmengine.registry import *  # noqa: F403
from mmengine.utils import *  # type: ignore[import-untyped, import-not-found, unused-ignore]  # noqa: F403

__version__: str
version_info: tuple[int | str, ...]

def __getattr__(name: str) -> Any: ...  # pyright: ignore[reportIncompleteStub] - of all that is not installed where the checker runs
