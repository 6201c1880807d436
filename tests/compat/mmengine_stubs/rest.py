"""What is not of the registry is as it is installed: found, and of the types that each checker gives to untyped packages."""

# pyright: basic
from __future__ import annotations

from typing import assert_type

import mmengine
from mmengine import Config, Registry, dump, is_str
from mmengine.config import ConfigDict
from mmengine.fileio import load
from mmengine.logging import MMLogger
from mmengine.registry import MODELS
from mmengine.utils import ManagerMixin
from mmengine.version import parse_version_info

assert_type(mmengine.__version__, str)
MINE: Registry[int] = mmengine.MODELS
assert_type(MINE.build({}), int)

whole = Config({"model": {"type": "Net"}})
MODELS.build(whole)
MODELS.build(whole.model)
MODELS.build(ConfigDict(type="Net"))
Config.no_such_thing()  # E: not mypy
is_str()  # E: not mypy
mmengine.is_str()  # E: not mypy
mmengine.ManagerMixin.no_such_thing()  # E: not mypy
print(dump, load, MMLogger, ManagerMixin, parse_version_info)
