"""What a project says of itself in pyproject.toml, and the registries and models that its targets name."""

from __future__ import annotations

import importlib
import operator
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

from typed_registry._kinds import is_list, is_mapping
from typed_registry._naming import nearest, split_target
from typed_registry.registry import Registry

if TYPE_CHECKING:  # `list` needs neither, and is told before they are imported
    from pathlib import Path

    import click

__all__ = [
    "CliError",
    "NamedRegistry",
    "Project",
    "as_registry",
    "existing_file",
    "find_project",
    "load_registries",
    "load_target",
    "registries_to_list",
    "registry_option",
    "users_place",
]

_KEYS = frozenset({"configs", "registries", "schemas", "stubs"})


class CliError(Exception):
    """Why a command could not run; told without a traceback, exit status 2."""


class NamedRegistry:
    """A registry and the target that names it."""

    def __init__(self, target: str, registry: Registry[Any]) -> None:
        self.target = target
        self.registry = registry


class Project:
    """The part of pyproject.toml that is ours.

    Args:
        folder: The folder of pyproject.toml; the current one where there is none.
        registries: Targets such as `examples.vision:VISION`.
        configs: For each glob, relative to the root, the target of the registry or model that its files are of.
        schemas: For targets, the files, relative to the root, that their JSON Schemas are written to.
        stubs: For targets, the folders of stubs, relative to the root, that their catalogues are written to.
    """

    def __init__(
        self,
        folder: str,
        registries: tuple[str, ...] = (),
        configs: Mapping[str, str] | None = None,
        schemas: Mapping[str, str] | None = None,
        stubs: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.registries = registries
        self.configs = configs or {}
        self.schemas = schemas or {}
        self.stubs = stubs or {}

    @property
    def root(self) -> Path:
        """The folder as a path."""
        from pathlib import Path

        return Path(self.folder)

    def schema_of(self, target: str) -> str:
        """The file of a target's JSON Schema, relative to the root: what pyproject.toml says, else a usual place."""
        return self.schemas.get(target) or f".typed-registry/{target.replace(':', '.')}.schema.json"

    def target_of(self, path: str | Path) -> str | None:
        """The target of a config file: that of the first glob which the file matches; None if none does.

        In a glob `*` and `?` stay inside one folder, and `**/` is any number of folders. A link to a file counts where it stands, else
        where the file is.
        """
        from pathlib import Path

        file = Path(path)
        places = [place for place in (file.parent.resolve() / file.name, file.resolve()) if place.is_relative_to(self.root)]
        names = [place.relative_to(self.root).as_posix() for place in places]
        return next((target for name in names for glob, target in self.configs.items() if _pattern(glob).fullmatch(name)), None)


def registry_option(command: Any) -> Any:
    """The option `--registry`, which may be given several times."""
    import click

    return click.option(
        "--registry",
        "-r",
        "registries",
        multiple=True,
        metavar="PKG.MOD:NAME",
        help="A registry; default: pyproject.toml's.",
        shell_complete=_project_registries,
    )(command)


def existing_file(path: Path) -> Path:
    """The path of a file that is there.

    Raises:
        CliError: It isn't, or is a folder; with the nearest name in its folder.
    """
    if path.is_file():
        return path
    if path.is_dir():
        raise CliError(f"{path} is a folder, not a file")
    near = nearest(path.name, sorted(each.name for each in path.parent.iterdir()), 1) if path.parent.is_dir() else ()
    raise CliError(f"there is no file {path}" + (f"; did you mean {str(path.with_name(near[0]))!r}?" if near else ""))


def find_project(start: str | os.PathLike[str] = ".") -> Project:
    """The project that a folder is in: that of the nearest pyproject.toml upwards that has a table `tool.typed-registry`.

    Raises:
        CliError: The file or the table can't be read.
    """
    for path, text in _candidates(start):
        if (table := _table(path, text)) is not None:
            return _project(path, table)
    return Project(os.path.realpath(start))


def registries_to_list(targets: tuple[str, ...]) -> list[NamedRegistry]:
    """The registries that were asked for, else the project's; of a plainly written table no more is read than that.

    Raises:
        CliError: None is named, or one can't be loaded or is no registry; or the table can't be read.
    """
    for path, text in _candidates("."):
        plain = plain_registries(text)
        if plain is None:
            break
        return _loaded(targets or plain, os.path.dirname(path))
    return load_registries(find_project(), targets)


def load_registries(project: Project, targets: tuple[str, ...]) -> list[NamedRegistry]:
    """The registries that were asked for, else the project's.

    Raises:
        CliError: None is named, or one can't be loaded or is no registry.
    """
    named = targets or project.registries
    if not named:
        raise CliError('no registry is named: give --registry pkg.mod:NAME, or [tool.typed-registry] registries = ["pkg.mod:NAME"]')
    return _loaded(named, project.folder)


def _loaded(targets: tuple[str, ...], folder: str) -> list[NamedRegistry]:
    return [NamedRegistry(target, as_registry(target, load_target(target, folder))) for target in targets]


def load_target(target: str, root: str | os.PathLike[str]) -> Any:
    """What `package.module:Name` names, imported with the project's root first on the path.

    Raises:
        CliError: It isn't written like that, can't be imported, or isn't there; with the place in the user's code.
    """
    parts = split_target(target)
    if parts is None:
        raise CliError(f"{target!r} is no target: write package.module:NAME")
    if os.fspath(root) not in sys.path:
        sys.path.insert(0, os.fspath(root))
    module_name, name = parts
    try:
        with redirect_stdout(sys.stderr):  # what a module prints is no part of our output
            module = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:  # a user's module may raise anything
        hint = _near_module(error, root) if isinstance(error, ModuleNotFoundError) else ""
        raise CliError(f"{target} can't be imported: {type(error).__name__}: {error}{hint}{users_place(error)}") from None
    try:
        return operator.attrgetter(name)(module)
    except AttributeError:
        near = nearest(name, [key for key in vars(module) if not key.startswith("_")], 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise CliError(f"{module_name} has no {name!r}{hint}") from None


def as_registry(target: str, found: object) -> Registry[Any]:
    """What a target names, as a registry.

    Raises:
        CliError: It is none.
    """
    registry: Any = found
    if not isinstance(registry, Registry):
        raise CliError(f"{target} is no registry, but of type {type(found).__name__}")
    return registry  # pyright: ignore[reportUnknownVariableType] # of what, its target doesn't tell


def _near_module(error: ModuleNotFoundError, root: str | os.PathLike[str]) -> str:
    """The suggestion for a module that isn't there, of those beside it."""
    from pkgutil import iter_modules

    package, _, name = (error.name or "").rpartition(".")
    beside = iter_modules([os.fspath(root)] if not package else getattr(sys.modules.get(package), "__path__", []))
    near = nearest(name, [module.name for module in beside], 1)
    return f"; did you mean {'.'.join(filter(None, (package, near[0])))!r}?" if near else ""


def users_place(error: BaseException) -> str:
    """Where in the user's code it was raised: the last frame that is neither ours nor the import system's."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    ours = os.path.dirname(os.path.dirname(__file__))
    users = [frame for frame in frames if not frame.filename.startswith((ours, "<frozen")) and "/importlib/" not in frame.filename]
    if isinstance(error, SyntaxError) and error.filename is not None:
        return f" ({error.filename}:{error.lineno})"
    return f" ({users[-1].filename}:{users[-1].lineno})" if users else ""


def _project_registries(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    try:
        return [target for target in find_project().registries if target.startswith(incomplete)]
    except CliError:  # in the middle of a line nothing can be said of it
        return []


def _pattern(glob: str) -> re.Pattern[str]:
    parts = {"**/": "(?:.+/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    pieces = re.split(r"(\*\*/|\*\*|\*|\?|\[!?\]?[^]]*\])", glob)
    return re.compile("".join(parts.get(piece) or _brackets(piece) for piece in pieces), re.DOTALL)


def _brackets(piece: str) -> str:
    if len(piece) < 3 or not piece.startswith("["):
        return re.escape(piece)
    inner = piece[1:-1]
    negated = inner.startswith("!")
    chosen = (inner[1:] if negated else inner).replace("\\", r"\\").replace("[", r"\[").replace("]", r"\]").replace("^", r"\^")
    return f"[{'^/' if negated else ''}{chosen}]"


def _candidates(start: str | os.PathLike[str]) -> Iterator[tuple[str, str]]:
    """The files pyproject.toml from a folder upwards that name us, each with its text."""
    folder, above = os.path.realpath(start), None
    while folder != above:
        path = os.path.join(folder, "pyproject.toml")
        if os.path.isfile(path) and "typed-registry" in (text := _text(path)):
            yield path, text
        folder, above = os.path.dirname(folder), folder


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, ValueError) as error:  # ValueError: no UTF-8
        raise CliError(f"{path}: {error}") from None


def _table(path: str, text: str) -> Any:
    import tomllib

    try:
        return tomllib.loads(text).get("tool", {}).get("typed-registry")
    except ValueError as error:
        raise CliError(f"{path}: {error}") from None


def plain_registries(text: str) -> tuple[str, ...] | None:
    """The registries of a table that begins with a plain list of them; None leaves it to tomllib.

    That takes as long to import as all else that `list` needs.
    """
    table = f"\n{text}".partition("\n[tool.typed-registry]\n")[2]
    key, _, rest = table.partition("[")
    written, _, after = rest.partition("]")
    items = [item.strip() for item in written.split(",")]
    targets = tuple(item[1:-1] for item in items if item)
    plain = [f'"{target}"' for target in targets if split_target(target)]
    is_plain = key.replace(" ", "") == "registries=" and after[:1] == "\n" and plain == (items if items[-1] else items[:-1])
    return targets if targets and is_plain and '"""' not in text and "'''" not in text else None


def _project(path: str, table: Any) -> Project:
    where = f"{path}: [tool.typed-registry]"
    if not is_mapping(table):
        raise CliError(f"{where} is a table")
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        near = nearest(unknown[0], sorted(_KEYS), 1)
        raise CliError(f"{where} has no key {unknown[0]!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    registries, configs = table.get("registries", []), table.get("configs", {})
    if not (is_list(registries) and all(isinstance(target, str) for target in registries)):
        raise CliError(f'{where} registries is a list of texts, such as ["pkg.mod:NAME"]')
    if not (is_mapping(configs) and all(isinstance(target, str) for target in configs.values())):
        raise CliError(f'{where} configs maps globs to targets, such as {{"configs/*.yaml" = "pkg.mod:NAME"}}')
    wrong = next((glob for glob in configs if not glob or glob.startswith("/")), None)
    if wrong is not None:
        raise CliError(f"{where} configs: a glob is relative to the file's folder, not {wrong!r}")
    schemas = table.get("schemas", {})
    if not (is_mapping(schemas) and all(isinstance(file, str) and file for file in schemas.values())):
        raise CliError(f'{where} schemas maps targets to files, such as {{"pkg.mod:NAME" = "schemas/name.json"}}')
    stubs = table.get("stubs", {})
    if not (is_mapping(stubs) and all(isinstance(folder, str) and folder for folder in stubs.values())):
        raise CliError(f'{where} stubs maps targets to folders, such as {{"pkg.mod:NAME" = "stubs"}}')
    return Project(os.path.dirname(path), tuple(registries), dict(configs), dict(schemas), dict(stubs))
