"""The root registries hold whatever their users put in, so each is a registry of anything."""

from typing import Any

from mmengine.registry.registry import Registry

RUNNERS: Registry[Any]
RUNNER_CONSTRUCTORS: Registry[Any]
LOOPS: Registry[Any]
HOOKS: Registry[Any]
STRATEGIES: Registry[Any]
DATASETS: Registry[Any]
DATA_SAMPLERS: Registry[Any]
TRANSFORMS: Registry[Any]
MODELS: Registry[Any]
MODEL_WRAPPERS: Registry[Any]
WEIGHT_INITIALIZERS: Registry[Any]
OPTIMIZERS: Registry[Any]
OPTIM_WRAPPERS: Registry[Any]
OPTIM_WRAPPER_CONSTRUCTORS: Registry[Any]
PARAM_SCHEDULERS: Registry[Any]
METRICS: Registry[Any]
EVALUATOR: Registry[Any]
TASK_UTILS: Registry[Any]
VISUALIZERS: Registry[Any]
VISBACKENDS: Registry[Any]
LOG_PROCESSORS: Registry[Any]
INFERENCERS: Registry[Any]
FUNCTIONS: Registry[Any]
