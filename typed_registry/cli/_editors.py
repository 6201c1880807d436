"""What the settings of each editor have to say, so that it knows which config files are of which schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from typed_registry._kinds import is_dict
from typed_registry.cli._changes import Change, read_text
from typed_registry.cli._jsonc import JsoncError, UnsafeMergeError, appended, merged, parse
from typed_registry.cli._project import CliError

__all__ = ["EDITORS", "NOTES", "Association", "Result", "associations"]

_YAML = (".yaml", ".yml")
_LUA_BEGIN = "-- typed-registry: what follows is written by `typed-registry init-editor neovim`"
_LUA_END = "-- typed-registry: end"


@dataclass(frozen=True)
class Association:
    """A schema file and the config files that are of it, both relative to the project's folder.

    Args:
        schema: The path of the schema.
        globs: The files.
        others: Globs that come first in pyproject.toml and may take some of these files, but are of another schema.
    """

    schema: str
    globs: tuple[str, ...]
    others: tuple[str, ...]

    def yaml(self) -> list[str]:
        """The patterns of YAML files, as the YAML language server takes them."""
        return self._patterns((".json", ".toml"))

    def json(self) -> list[str]:
        """The patterns of JSON files, as the JSON language server takes them."""
        return self._patterns((*_YAML, ".toml"))

    def _patterns(self, of_others: tuple[str, ...]) -> list[str]:
        globs = [glob for glob in self.globs if not glob.endswith(of_others)]
        return [*globs, *(f"!{glob}" for glob in self.others if not glob.endswith(of_others))] if globs else []


@dataclass(frozen=True)
class Result:
    """A change to one file, or what has to be added by hand where it can't be made."""

    change: Change | None
    by_hand: str = ""


def associations(configs: Mapping[str, str], schema_of: Callable[[str], str]) -> list[Association]:
    """The schemas of a project's configs, with their files.

    Args:
        configs: For each glob the target of its files; the first glob that takes a file counts.
        schema_of: Gives the path of a target's schema.
    """
    globs = list(configs.items())
    found: list[Association] = []
    for target in dict.fromkeys(configs.values()):
        own = [index for index, (_, each) in enumerate(globs) if each == target]
        earlier = [glob for index in own for glob, each in globs[:index] if each != target and _may_overlap(glob, globs[index][0])]
        found.append(Association(schema_of(target), tuple(globs[index][0] for index in own), tuple(dict.fromkeys(earlier))))
    return found


def _may_overlap(first: str, second: str) -> bool:
    """Whether a file may match both globs, as far as what comes before and after their wildcards tells."""
    heads = [re.split(r"[*?\[]", glob, maxsplit=1)[0] for glob in (first, second)]
    tails = [re.split(r"[*?\]]", glob)[-1] for glob in (first, second)]
    near = heads[0].startswith(heads[1]) or heads[1].startswith(heads[0])
    return near and (tails[0].endswith(tails[1]) or tails[1].endswith(tails[0]))


def _vscode(root: Path, wanted: list[Association]) -> Result:
    def merge(text: str) -> str:
        for each in wanted:
            if each.yaml():
                text = merged(text, ["yaml.schemas", f"./{each.schema}"], each.yaml())
            if each.json():
                text = _with_json_schema(text, ["json.schemas"], each)
        return text

    settings: dict[str, object] = {}
    if yaml := {f"./{each.schema}": each.yaml() for each in wanted if each.yaml()}:
        settings["yaml.schemas"] = yaml
    if json := [_json_schema(each) for each in wanted if each.json()]:
        settings["json.schemas"] = json
    return _jsonc_change(root / ".vscode" / "settings.json", merge, settings)


def _zed(root: Path, wanted: list[Association]) -> Result:
    path = ["lsp", "yaml-language-server", "settings", "yaml", "schemas"]

    def merge(text: str) -> str:
        for each in wanted:
            if each.yaml():
                text = merged(text, [*path, f"./{each.schema}"], each.yaml())
        return text

    settings: object = {f"./{each.schema}": each.yaml() for each in wanted if each.yaml()}
    for key in reversed(path):
        settings = {key: settings}
    return _jsonc_change(root / ".zed" / "settings.json", merge, settings)


def _with_json_schema(text: str, path: list[str], wanted: Association) -> str:
    """The text with a schema in the list `json.schemas`, whose items are told apart by their URL."""
    node = parse(text)
    for key in path:
        node = node.members.get(key) if node is not None else None
    items = [] if node is None else [child.data for child in node.children]
    entry = _json_schema(wanted)
    for index, item in enumerate(items):
        if is_dict(item) and item.get("url") == entry["url"]:
            return merged(text, [*path, index, "fileMatch"], entry["fileMatch"])
    return appended(text, path, entry)


def _json_schema(wanted: Association) -> dict[str, object]:
    return {"fileMatch": wanted.json(), "url": f"./{wanted.schema}"}


def _jsonc_change(path: Path, merge: Callable[[str], str], settings: object) -> Result:
    import json

    before = read_text(path)
    try:
        return Result(Change(path, before, merge(before or "")))
    except JsoncError as error:
        raise CliError(f"{path}:{error}") from None
    except UnsafeMergeError as error:
        return Result(None, f"{path} can't be merged: {error}; add by hand:\n{json.dumps(settings, indent=2, ensure_ascii=False)}")


def _pycharm(root: Path, wanted: list[Association]) -> Result:
    path = root / ".idea" / "jsonSchemas.xml"
    before = read_text(path)
    text = before or _IDEA.format("")
    entries = {each.schema: _idea_entry(each) for each in wanted if each.yaml() or each.json()}
    for schema, entry in entries.items():
        ours = re.compile(rf"[ \t]*<entry key={re.escape(quoteattr(schema))}>.*?</entry>\r?\n", re.DOTALL)
        if ours.search(text):
            text = ours.sub(entry.replace("\\", r"\\"), text)
        elif (end := re.search(r"[ \t]*</map>", text)) is not None:
            text = text[: end.start()] + entry + text[end.start() :]
    if _idea_keys(path, text) >= set(entries):
        return Result(Change(path, before, text))
    return Result(None, f"{path} can't be merged: it has no <map>; add by hand:\n{''.join(entries.values())}")


_IDEA = """<?xml version="1.0" encoding="UTF-8"?>
<project version="4">
  <component name="JsonSchemaMappingsProjectConfiguration">
    <state>
      <map>
{}      </map>
    </state>
  </component>
</project>
"""


def _idea_entry(wanted: Association) -> str:
    globs = dict.fromkeys(glob for glob in wanted.globs if not glob.endswith(".toml"))
    items = "".join(
        f"""\
                  <Item>
                    <option name="pattern" value="true" />
                    <option name="path" value={quoteattr(glob)} />
                    <option name="mappingKind" value="Pattern" />
                  </Item>
"""
        for glob in globs
    )
    name = quoteattr(wanted.schema)
    return f"""\
        <entry key={name}>
          <value>
            <SchemaInfo>
              <option name="name" value={name} />
              <option name="relativePathToSchema" value={name} />
              <option name="patterns">
                <list>
{items}                </list>
              </option>
            </SchemaInfo>
          </value>
        </entry>
"""


def _idea_keys(path: Path, text: str) -> set[str]:
    try:
        tree = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise CliError(f"{path}: {error}") from None
    return {entry.get("key", "") for entry in tree.iterfind("component[@name='JsonSchemaMappingsProjectConfiguration']/state/map/entry")}


def _neovim(root: Path, wanted: list[Association]) -> Result:
    path = root / ".nvim.lua"
    before = read_text(path)
    block = _lua(wanted)
    ours = re.compile(rf"{re.escape(_LUA_BEGIN)}.*?{re.escape(_LUA_END)}\n", re.DOTALL)
    text = before or ""
    if ours.search(text):
        return Result(Change(path, before, ours.sub(lambda _: block, text)))
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return Result(Change(path, before, text + gap + block))


def _lua(wanted: list[Association]) -> str:
    yaml = "".join(f"    [{_lua_uri(each)}] = {_lua_list(each.yaml())},\n" for each in wanted if each.yaml())
    json = "".join(f"    {{ fileMatch = {_lua_list(each.json())}, url = {_lua_uri(each)} }},\n" for each in wanted if each.json())
    return f"""{_LUA_BEGIN}
do
  local root = vim.fs.root(vim.fn.getcwd(), ".nvim.lua")
  vim.lsp.config("yamlls", {{ settings = {{ yaml = {{ schemas = {{
{yaml}  }} }} }} }})
  local others = vim.tbl_get(vim.lsp.config.jsonls or {{}}, "settings", "json", "schemas") or {{}}
  vim.lsp.config("jsonls", {{ settings = {{ json = {{ schemas = vim.list_extend(vim.deepcopy(others), {{
{json}  }}) }} }} }})
end
{_LUA_END}
"""


def _lua_uri(wanted: Association) -> str:
    return f"vim.uri_from_fname(root .. {_lua_text('/' + wanted.schema)})"


def _lua_list(texts: list[str]) -> str:
    return f"{{ {', '.join(map(_lua_text, texts))} }}"


def _lua_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else "".join(f"\\{byte:03}" for byte in char.encode()) for char in escaped) + '"'


EDITORS: Mapping[str, Callable[[Path, list[Association]], Result]] = {
    "vscode": _vscode,
    "zed": _zed,
    "pycharm": _pycharm,
    "neovim": _neovim,
}

NOTES: Mapping[str, str] = {
    "vscode": "YAML files need the extension redhat.vscode-yaml",
    "zed": 'of JSON files Zed is told in each file: "$schema": "../PATH/OF/THE/SCHEMA" as its first key',
    "pycharm": "a folder of stubs has to be marked as Sources Root by hand",
    "neovim": "Neovim reads .nvim.lua where `vim.o.exrc = true` is set, and once you have said `:trust` in it",
}
