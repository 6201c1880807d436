"""MMEngine's registry as code names it, and the notes that say what has no counterpart."""

from __future__ import annotations

from typed_registry.compat import mmengine

__all__ = [
    "ATTRIBUTE_NOTES",
    "BUILD_FROM_CFG",
    "NAME_NOTES",
    "NOTE",
    "ROOTS",
    "is_mmengine",
    "mmengine_name",
    "parent_note",
]

NOTE = "# typed-registry: "
BUILD_FROM_CFG = "build_from_cfg"
ROOTS = frozenset(name for name in mmengine.__all__ if name.isupper())
_MODULES = (
    "mmengine",
    "mmengine.registry",
    "mmengine.registry.registry",
    "mmengine.registry.root",
    "mmengine.registry.build_functions",
    "mmengine.registry.default_scope",
    "mmengine.registry.utils",
    "typed_registry.compat.mmengine",
)
_BUILDS = {
    "MODELS": "a list of configs is no longer one Sequential",
    "OPTIMIZERS": "build_optimizer_from_cfg is no longer behind it",
    "PARAM_SCHEDULERS": "convert_to_iter_based is no longer understood",
    "RUNNERS": "it no longer calls from_cfg",
}

# What is told where a name of mmengine.registry is used that has no counterpart.
NAME_NOTES = {
    "DefaultScope": "no global default scope: write `with REGISTRY.using(scope):` around what is built",
    "init_default_scope": "no global default scope: write `with REGISTRY.using(scope):` around what is built",
    "build_from_cfg": "not certain which registry this is: write REGISTRY.build(cfg, defaults=...)",
    "build_model_from_cfg": "write MODELS.build(cfg) for one config, torch.nn.Sequential(*map(MODELS.build, cfgs)) for a list",
    "build_runner_from_cfg": "no counterpart: find the class by RUNNERS[name].load() and call its from_cfg(cfg)",
    "build_scheduler_from_cfg": "no counterpart: build by PARAM_SCHEDULERS.build(cfg), or call build_iter_from_epoch of its entry's class",
    "build_optimizer_from_cfg": "write OPTIMIZERS.build(cfg, defaults=...)",
    "traverse_registry_tree": "no counterpart: `typed-registry list`, or REGISTRY.all_names()",
    "count_registered_modules": "no counterpart: `typed-registry list --json`",
}

_MAPPING = "the registry itself is the mapping, of names to entries: REGISTRY[name].load(), list(REGISTRY), unregister(name)"

# What is told of an attribute that our registries don't have.
ATTRIBUTE_NOTES = {
    "_module_dict": _MAPPING,
    "build_func": "no counterpart: build() does what build_from_cfg did",
    "children": "no counterpart: names of children are written scope.Name",
    "get": "get() gives an Entry or None; REGISTRY[name].load() is the class or function",
    "import_from_location": "locations are imported when a name is first missed, or by load_all()",
    "infer_scope": "no counterpart: the scope is given to Registry(...)",
    "module_dict": _MAPPING,
    "parent": "no counterpart: lookups ask the parents themselves",
    "register_module": "write register, which takes a name, aliases= and override=",
    "root": "no counterpart: lookups ask the whole tree themselves",
    "split_scope_key": "no counterpart: registries resolve scope.Name themselves",
    "switch_scope_and_registry": "write `with REGISTRY.using(scope):`; the registry that is called stays the same",
}


def mmengine_name(dotted: str | None) -> str | None:
    """The name that a dotted path has in mmengine.registry; None if it is of something else."""
    if dotted is None:
        return None
    module, _, name = dotted.rpartition(".")
    return name if module in _MODULES and (name in ROOTS or name in NAME_NOTES or name == "Registry") else None


def is_mmengine(module: str) -> bool:
    """Whether a module is one where MMEngine's registry can be had from."""
    return module in _MODULES


def parent_note(root: str) -> str:
    """What changes for a child of one of MMEngine's root registries that is left without parent."""
    lost = f"; {_BUILDS[root]}" if root in _BUILDS else ""
    return f"its parent was MMEngine's {root}: register_lazy() what configs use of that{lost}"
