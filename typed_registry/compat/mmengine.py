"""MMEngine's registries, with this package behind them: a module to import from instead of `mmengine.registry`.

    from typed_registry.compat.mmengine import HOOKS, MODELS, Registry

Names, behaviour and messages are MMEngine's, and its configs are taken, but it needn't be installed. Registries are typed:
`MODELS: Registry[nn.Module] = Registry("model")`. A config can't make an import path be followed, such as `type="os.getcwd"`, unless
`Registry.allow_import_paths` allows it: `True`, or the packages and modules that may be imported from, as in `("mmengine",)`.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from typed_registry.compat._building import (
    build_from_cfg,
    build_model_from_cfg,
    build_optimizer_from_cfg,
    build_runner_from_cfg,
    build_scheduler_from_cfg,
)
from typed_registry.compat._default_scope import DefaultScope, ManagerMixin, init_default_scope
from typed_registry.compat._log import print_log
from typed_registry.compat._registry import Registry
from typed_registry.compat._survey import traverse_registry_tree

__all__ = [
    "DATASETS",
    "DATA_SAMPLERS",
    "EVALUATOR",
    "FUNCTIONS",
    "HOOKS",
    "INFERENCERS",
    "LOG_PROCESSORS",
    "LOOPS",
    "METRICS",
    "MODELS",
    "MODEL_WRAPPERS",
    "OPTIMIZERS",
    "OPTIM_WRAPPERS",
    "OPTIM_WRAPPER_CONSTRUCTORS",
    "PARAM_SCHEDULERS",
    "RUNNERS",
    "RUNNER_CONSTRUCTORS",
    "STRATEGIES",
    "TASK_UTILS",
    "TRANSFORMS",
    "VISBACKENDS",
    "VISUALIZERS",
    "WEIGHT_INITIALIZERS",
    "DefaultScope",
    "ManagerMixin",
    "Registry",
    "build_from_cfg",
    "build_model_from_cfg",
    "build_optimizer_from_cfg",
    "build_runner_from_cfg",
    "build_scheduler_from_cfg",
    "count_registered_modules",
    "init_default_scope",
    "traverse_registry_tree",
]

DATASETS: Registry[Any] = Registry("dataset", scope="mmengine")
DATA_SAMPLERS: Registry[Any] = Registry("data sampler", scope="mmengine")
EVALUATOR: Registry[Any] = Registry("evaluator", scope="mmengine")
FUNCTIONS: Registry[Any] = Registry("function", scope="mmengine")
HOOKS: Registry[Any] = Registry("hook", scope="mmengine")
INFERENCERS: Registry[Any] = Registry("inferencer", scope="mmengine")
LOG_PROCESSORS: Registry[Any] = Registry("log_processor", scope="mmengine")
LOOPS: Registry[Any] = Registry("loop", scope="mmengine")
METRICS: Registry[Any] = Registry("metric", scope="mmengine")
MODELS: Registry[Any] = Registry("model", build_model_from_cfg, scope="mmengine")
MODEL_WRAPPERS: Registry[Any] = Registry("model_wrapper", scope="mmengine")
OPTIMIZERS: Registry[Any] = Registry("optimizer", build_optimizer_from_cfg, scope="mmengine")
OPTIM_WRAPPERS: Registry[Any] = Registry("optim_wrapper", scope="mmengine")
OPTIM_WRAPPER_CONSTRUCTORS: Registry[Any] = Registry("optimizer wrapper constructor", scope="mmengine")
PARAM_SCHEDULERS: Registry[Any] = Registry("parameter scheduler", build_scheduler_from_cfg, scope="mmengine")
RUNNERS: Registry[Any] = Registry("runner", build_runner_from_cfg, scope="mmengine")
RUNNER_CONSTRUCTORS: Registry[Any] = Registry("runner constructor", scope="mmengine")
STRATEGIES: Registry[Any] = Registry("strategy", scope="mmengine")
TASK_UTILS: Registry[Any] = Registry("task util", scope="mmengine")
TRANSFORMS: Registry[Any] = Registry("transform", scope="mmengine")
VISBACKENDS: Registry[Any] = Registry("vis_backend", scope="mmengine")
VISUALIZERS: Registry[Any] = Registry("visualizer", scope="mmengine")
WEIGHT_INITIALIZERS: Registry[Any] = Registry("weight initializer", scope="mmengine")

_PARTS = ("dataset", "evaluator", "hooks", "model", "optim", "runner", "visualization")  # of MMEngine, which register when imported


def count_registered_modules(save_path: str | None = None, verbose: bool = True) -> dict[str, Any]:
    """What `traverse_registry_tree` tells of each of the root registries here, by its name.

    What MMEngine itself has is imported where it is installed; it registers here if the registries have been put in the place of its own.

    Args:
        save_path: A folder; the result is written there as `modules_statistic_results.json`.
        verbose: Whether it is logged.
    """
    for part in _PARTS if find_spec("mmengine") is not None else ():
        import_module(f"mmengine.{part}")
    roots: dict[str, Registry[Any]] = {name: value for name, value in sorted(globals().items()) if isinstance(value, Registry)}
    found: dict[str, Any] = {
        "scan_date": datetime.now().strftime("%Y-%m-%d %H:%M:%S"),
        "registries": {name: traverse_registry_tree(registry, verbose) for name, registry in roots.items()},
    }
    if verbose:
        print_log(f"Finish registry analysis, got: {found}")
    if save_path is not None:
        path = _write(Path(save_path, "modules_statistic_results.json"), json.dumps(found, indent=2))
        print_log(f"Result has been saved to {path}")
    return found


def _write(path: Path, text: str) -> Path:
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, path)
    return path
