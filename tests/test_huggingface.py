"""Hugging Face configs: what is read of them, how overrides change them, and what is said of files that are wrong."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from typed_registry._kinds import is_mapping
from typed_registry.errors import ConfigError, Place, Problem
from typed_registry.huggingface import HfConfig

Write: TypeAlias = Callable[[str | bytes], Path]
Given: TypeAlias = dict[str, object]

REAL = Path(__file__).parents[2] / "shared" / "hf_configs"
REAL_FILES = sorted(REAL.glob("*/config.json"))
FIELDS = ("architectures", "model_type", "auto_map", "torch_dtype")
MINICPM = """{
  "architectures": ["MiniCPMV"],
  "auto_map": {
    "AutoConfig": "configuration_minicpm.MiniCPMVConfig",
    "AutoTokenizer": ["tokenization_minicpm.MiniCPMVTokenizer", null]
  },
  "_name_or_path": "openbmb/MiniCPM-V-2_6",
  "version": 2.6,
  "torch_dtype": "bfloat16",
  "slice_config": {"max_slice_nums": 9, "patch": {"size": 14, "stride": null}},
  "eos_token_id": [2, 73440]
}
"""
UNLIMITED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes the config.json of a folder and returns the file's path."""

    def written(content: str | bytes) -> Path:
        path = tmp_path / "config.json"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def extra(config: HfConfig) -> Given:
    assert config.model_extra is not None
    return config.model_extra


def problems(path: Path, overrides: Mapping[str, object] | None = None) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        HfConfig.from_path(path, overrides=overrides)
    assert caught.value.subject == str(path)
    assert str(path) in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value.problems


def fault(path: Path) -> tuple[int | None, int | None, str]:
    """Line, column and message of the one TR209 that the file has."""
    (problem,) = problems(path)
    assert problem.place is not None
    assert (problem.code, problem.path, problem.place.file) == ("TR209", (), str(path))
    return problem.place.line, problem.place.column, problem.message


def nested(levels: int) -> Given:
    value: Given = {}
    for _ in range(levels - 1):
        value = {"a": value}
    return value


# ----- what is read


@pytest.mark.skipif(not REAL_FILES, reason="the real config files are not beside the repository")
@pytest.mark.parametrize("path", REAL_FILES, ids=lambda path: path.parent.name)
def test_reads_real_configs(path: Path) -> None:
    """Real files are read from the file and from its folder, and nothing of them is lost or changed."""
    raw: Given = json.loads(path.read_bytes())
    config = HfConfig.from_path(path)
    assert {name: getattr(config, name) for name in FIELDS} == {name: raw.get(name) for name in FIELDS}
    assert extra(config) == {key: value for key, value in raw.items() if key not in FIELDS}
    assert {key: getattr(config, key) for key in raw} == raw
    assert HfConfig.from_path(path.parent) == config


@pytest.mark.skipif(not REAL_FILES, reason="the real config files are not beside the repository")
def test_all_real_configs_are_there() -> None:
    """The fourteen files that the answers were worked out for are the ones tested."""
    assert len(REAL_FILES) == 14


@pytest.mark.parametrize("make", [str, Path], ids=["str", "Path"])
def test_reads_a_file_and_a_folder(write: Write, make: Callable[[Path], str | Path]) -> None:
    """A folder stands for the config.json in it, and a path may be a text or an object."""
    path = write(MINICPM)
    config = HfConfig.from_path(make(path))
    assert HfConfig.from_path(make(path.parent)) == config
    assert (config.architectures, config.model_type, config.torch_dtype) == (["MiniCPMV"], None, "bfloat16")
    assert config.auto_map == {
        "AutoConfig": "configuration_minicpm.MiniCPMVConfig",
        "AutoTokenizer": ["tokenization_minicpm.MiniCPMVTokenizer", None],
    }


def test_other_keys_are_kept_as_they_are(write: Write) -> None:
    """What has no field of its own is in model_extra, unchanged and in the order of the file, and is an attribute too."""
    config = HfConfig.from_path(write(MINICPM))
    expected: Given = {
        "_name_or_path": "openbmb/MiniCPM-V-2_6",
        "version": 2.6,
        "slice_config": {"max_slice_nums": 9, "patch": {"size": 14, "stride": None}},
        "eos_token_id": [2, 73440],
    }
    assert list(extra(config).items()) == list(expected.items())
    assert {key: getattr(config, key) for key in expected} == expected
    assert not hasattr(config, "vision_config")


def test_keys_called_as_members_are_kept(write: Write) -> None:
    """A key that a model has a member or a special name for changes nothing of the model."""
    keys = ("$schema", "copy", "model_config", "model_extra", "from_path", "__class__", "__dict__", "self", "", "a.b", "dtype")
    raw: Given = {key: f"value of {key}" for key in keys}
    config = HfConfig.from_path(write(json.dumps(raw)))
    assert extra(config) == raw
    assert type(config) is HfConfig
    assert config.model_copy() == config


def test_an_empty_object_is_a_config(write: Write) -> None:
    """Every key may be missing."""
    config = HfConfig.from_path(write("{}"))
    assert [getattr(config, name) for name in FIELDS] == [None] * 4
    assert extra(config) == {}


@pytest.mark.parametrize("architectures", [None, [], ["A"], ["A", "B"]])
def test_architectures_may_be_null_or_empty(write: Write, architectures: list[str] | None) -> None:
    """Null and an empty list occur in real files, and are told apart."""
    config = HfConfig.from_path(write(json.dumps({"architectures": architectures, "model_type": None, "auto_map": None})))
    assert config.architectures == architectures


def test_byte_order_mark_is_allowed(write: Write) -> None:
    """A byte order mark is no part of the config."""
    config = HfConfig.from_path(write(b"\xef\xbb\xbf" + MINICPM.replace("14", '"\u00e9"').encode()))
    assert extra(config)["slice_config"] == {"max_slice_nums": 9, "patch": {"size": "\u00e9", "stride": None}}


def test_link_to_a_file_of_another_name_is_read(tmp_path: Path) -> None:
    """In Hugging Face's cache config.json is a link to a file that is called by its hash."""
    (tmp_path / "0a1b2c").write_text(MINICPM)
    (tmp_path / "config.json").symlink_to("0a1b2c")
    assert HfConfig.from_path(tmp_path).architectures == ["MiniCPMV"]


def test_config_of_ten_megabytes(write: Write) -> None:
    """A large config is read whole."""
    labels = {str(number): f"LABEL_{number}" for number in range(400_000)}
    path = write(json.dumps({"architectures": ["Large"], "id2label": labels}))
    assert path.stat().st_size > 10_000_000
    config = HfConfig.from_path(path, overrides={"id2label": {"7": "seven"}})
    assert extra(config) == {"id2label": labels | {"7": "seven"}}


@pytest.mark.parametrize("levels", [200, 250])
def test_reads_deep_values(write: Write, levels: int) -> None:
    """Values as deep as no real config has them are read, and written again."""
    value = nested(levels)
    config = HfConfig.from_path(write(json.dumps(value)))
    assert config.model_dump(exclude=set(FIELDS)) == value
    assert json.loads(config.model_dump_json(exclude=set(FIELDS))) == value


def test_configs_do_not_change(write: Write) -> None:
    """A config is frozen, its other keys too."""
    config = HfConfig.from_path(write(MINICPM))
    with pytest.raises(ValidationError, match="frozen"):
        config.model_type = "other"  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(ValidationError, match="frozen"):
        setattr(config, "version", 4.0)  # no checker knows of it
    assert HfConfig.from_path(write(MINICPM)) == config


def test_subclasses_read_themselves(write: Write) -> None:
    """A subclass with fields of its own is what its from_path gives, and validates them."""

    class Versioned(HfConfig, frozen=True):
        version: float

    config: Versioned = Versioned.from_path(write(MINICPM))
    assert config.version == 2.6
    with pytest.raises(ConfigError, match="version: TR205 field required"):
        Versioned.from_path(write("{}"))


def test_code_of_the_repository_is_not_run(write: Write) -> None:
    """A module that auto_map names isn't imported from the config's folder; transformers isn't looked for, and no socket is made."""
    path = write(MINICPM)
    path.with_name("configuration_minicpm.py").write_text("raise SystemExit('the code of the repository was run')")
    script = f"""
import sys
sys.path.append({str(path.parent)!r})
def watch(event, details):
    if event.startswith("socket.") or (event == "import" and details[0] in ("transformers", "torch", "yaml", "configuration_minicpm")):
        raise SystemExit(f"{{event}}: {{details}}")
sys.addaudithook(watch)
from typed_registry.huggingface import HfConfig
print(HfConfig.from_path({str(path)!r}).auto_map["AutoConfig"])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1])
    assert (done.stdout, done.stderr) == ("configuration_minicpm.MiniCPMVConfig\n", "")


# ----- overrides


@pytest.mark.parametrize(
    ("overrides", "changed"),
    [
        ({"version": 4.0}, {"version": 4.0}),
        ({"version": None}, {"version": None}),
        ({"eos_token_id": [1]}, {"eos_token_id": [1]}),
        ({"vision_config": {"depth": 2}}, {"vision_config": {"depth": 2}}),
        ({"slice_config": 3}, {"slice_config": 3}),
        ({"slice_config": {}}, {}),
        ({"version": {"major": 2}}, {"version": {"major": 2}}),
        ({"slice_config": {"patch": {"size": 16}}}, {"slice_config": {"max_slice_nums": 9, "patch": {"size": 16, "stride": None}}}),
        ({"slice_config": {"patch": None}}, {"slice_config": {"max_slice_nums": 9, "patch": None}}),
        ({"slice_config.patch.size": 16}, {"slice_config.patch.size": 16}),
    ],
)
def test_overrides(write: Write, overrides: Given, changed: Given) -> None:
    """Keys replace and are added, mappings merge with mappings, and a dotted key is just a key."""
    path = write(MINICPM)
    config = HfConfig.from_path(path, overrides=overrides)
    assert extra(config) == extra(HfConfig.from_path(path)) | changed


def test_overrides_of_the_fields(write: Write) -> None:
    """The four fields are overridden like other keys: auto_map merges, the others are replaced."""
    overrides: Given = {"architectures": ["Other"], "model_type": "minicpmv", "auto_map": {"AutoModel": "m.M"}, "torch_dtype": None}
    config = HfConfig.from_path(write(MINICPM), overrides=overrides)
    assert (config.architectures, config.model_type, config.torch_dtype) == (["Other"], "minicpmv", None)
    assert config.auto_map == {
        "AutoConfig": "configuration_minicpm.MiniCPMVConfig",
        "AutoTokenizer": ["tokenization_minicpm.MiniCPMVTokenizer", None],
        "AutoModel": "m.M",
    }


def test_overrides_of_any_mapping_type(write: Write) -> None:
    """Mappings that are no dicts merge too."""
    overrides = MappingProxyType({"slice_config": MappingProxyType({"max_slice_nums": 4})})
    config = HfConfig.from_path(write(MINICPM), overrides=overrides)
    assert extra(config)["slice_config"] == {"max_slice_nums": 4, "patch": {"size": 14, "stride": None}}


def test_overrides_are_copied(write: Write) -> None:
    """Neither does reading change the overrides, nor does changing them later change the config."""
    overrides: dict[str, Any] = {"slice_config": {"patch": {"size": 16}}, "vision_config": {"layers": [1, 2]}}
    before = json.dumps(overrides)
    config = HfConfig.from_path(write(MINICPM), overrides=overrides)
    assert json.dumps(overrides) == before
    overrides["vision_config"]["layers"].append(3)
    overrides["slice_config"]["patch"]["size"] = 18
    assert extra(config)["vision_config"] == {"layers": [1, 2]}
    assert extra(config)["slice_config"] == {"max_slice_nums": 9, "patch": {"size": 16, "stride": None}}


KEYS = st.sampled_from(["a", "b", "c", "a.b", ""])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3)
VALUES: st.SearchStrategy[object] = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
CONFIGS: st.SearchStrategy[Given] = st.dictionaries(KEYS, VALUES, max_size=4)


def leaves(value: Mapping[str, object], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """What isn't a mapping, at any depth of mappings, with its path."""
    for key, inner in value.items():
        if is_mapping(inner):
            yield from leaves(inner, (*path, key))
        else:
            yield (*path, key), inner


def at(value: object, path: tuple[str, ...]) -> object:
    for key in path:
        assert is_mapping(value)
        value = value[key]
    return value


def says_nothing_of(overrides: object, path: tuple[str, ...]) -> bool:
    """Whether no key along the path is overridden by something else than a mapping."""
    for key in path:
        if not is_mapping(overrides):
            return False
        if key not in overrides:
            return True
        overrides = overrides[key]
    return False


@UNLIMITED
@given(raw=CONFIGS)
def test_no_overrides_change_nothing(write: Write, raw: Given) -> None:
    """Without overrides, with empty ones and with the config's own values, a config is what the file holds."""
    path = write(json.dumps(raw))
    assert extra(HfConfig.from_path(path)) == raw
    assert extra(HfConfig.from_path(path, overrides={})) == raw
    assert extra(HfConfig.from_path(path, overrides=raw)) == raw


@UNLIMITED
@given(raw=CONFIGS, overrides=CONFIGS)
def test_overrides_win(write: Write, raw: Given, overrides: Given) -> None:
    """Whatever the file holds, each value of the overrides stands at its path; applied again they change nothing."""
    merged = extra(HfConfig.from_path(write(json.dumps(raw)), overrides=overrides))
    assert [(path, at(merged, path)) for path, _ in leaves(overrides)] == list(leaves(overrides))
    assert extra(HfConfig.from_path(write(json.dumps(merged)), overrides=overrides)) == merged


@UNLIMITED
@given(raw=CONFIGS, overrides=CONFIGS)
def test_other_keys_are_untouched(write: Write, raw: Given, overrides: Given) -> None:
    """What the overrides don't speak of is as it was, and nothing appears that is in neither."""
    merged = extra(HfConfig.from_path(write(json.dumps(raw)), overrides=overrides))
    kept = [(path, value) for path, value in leaves(raw) if says_nothing_of(overrides, path)]
    assert [(path, at(merged, path)) for path, _ in kept] == kept
    assert dict(leaves(merged)).keys() == dict(kept).keys() | dict(leaves(overrides)).keys()


@pytest.mark.parametrize("overrides", ['{"version": 4}', [("version", 4)], 4])
def test_overrides_must_be_a_mapping(write: Write, overrides: Any) -> None:
    """A text of JSON, as a command line has it, is not parsed."""
    with pytest.raises(TypeError, match="overrides must be a mapping, not"):
        HfConfig.from_path(write(MINICPM), overrides=overrides)


def test_overrides_too_deep(write: Write) -> None:
    """Overrides are held to the depth of files, also ones that hold themselves."""
    endless: dict[str, object] = {}
    endless["again"] = [endless, endless]
    for overrides in (nested(251), nested(10_000), endless):
        with pytest.raises(ConfigError, match="TR209 the values are nested too deeply, more than 250 levels") as caught:
            HfConfig.from_path(write(MINICPM), overrides=overrides)
        assert caught.value.subject == "overrides"


# ----- what is missing


def test_missing_path_is_an_os_error(tmp_path: Path) -> None:
    """A path that isn't there, such as a name on the hub, is a FileNotFoundError that names it."""
    for path in (tmp_path / "nowhere.json", Path("no-such-owner/Qwen2.5-VL")):
        with pytest.raises(FileNotFoundError) as caught:
            HfConfig.from_path(path)
        assert caught.value.filename == str(path)


def test_folder_without_config(tmp_path: Path) -> None:
    """The error of a folder without config.json says what was looked for, and where."""
    (tmp_path / "params.json").write_text("{}")
    with pytest.raises(FileNotFoundError) as caught:
        HfConfig.from_path(tmp_path)
    assert str(caught.value) == f"[Errno 2] no config.json in the folder: {str(tmp_path)!r}"
    assert caught.value.__suppress_context__


# ----- what can't be read


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", (None, None, "the file is empty")),
        (" \n", (2, 1, "Expecting value")),
        (MINICPM[:60], (4, 5, "Unterminated string starting at")),
        ('{"a": [1, 2', (1, 12, "Expecting ',' delimiter")),
        ('{"a": 1}}', (1, 9, "Extra data")),
        ("{'a': 1}", (1, 2, "Expecting property name enclosed in double quotes")),
        ('{"a": 1, // why\n "b": 2}', (1, 10, "Expecting property name enclosed in double quotes")),
        ('\n {"a": NaN}', (2, 8, "NaN is not allowed in JSON")),
        ('{"a": [-Infinity]}', (1, 8, "-Infinity is not allowed in JSON")),
        ("\n[1, 2]", (2, 1, "a JSON object is due, not [1, 2]")),
        ("null", (1, 1, "a JSON object is due, not None")),
        ('"x"', (1, 1, "a JSON object is due, not 'x'")),
        (b'{"a":\n"\xff"}', (2, 2, "byte 0xff is not UTF-8; save the file as UTF-8")),
        ('{"a": 1}'.encode("utf-16"), (1, 1, "byte 0xff is not UTF-8; save the file as UTF-8")),
        (b"\x00" * 9, (1, 1, "a text has no NUL characters; save the file as UTF-8")),
    ],
)
def test_content_that_is_no_config(write: Write, content: str | bytes, expected: tuple[int | None, int | None, str]) -> None:
    """A file that holds no JSON object is one problem, with its place and what is wrong."""
    line, column, message = fault(write(content))
    assert (line, column) == expected[:2]
    assert message.startswith(expected[2])


def test_keys_given_twice(write: Write) -> None:
    """A key that one mapping has twice is told with both places, at every depth."""
    path = write('{"model_type": "a",\n "vision_config": {"depth": 1, "depth": 2},\n "model_type": "b"}')
    assert [(each.code, each.path, each.place, each.message) for each in problems(path)] == [
        ("TR208", ("vision_config",), Place(str(path), 2, 32), "key 'depth' is given twice; first in line 2"),
        ("TR208", (), Place(str(path), 3, 2), "key 'model_type' is given twice; first in line 1"),
    ]


@pytest.mark.parametrize(("opened", "closed"), [('{"a": ', "}"), ("[", "]")], ids=["objects", "lists"])
@pytest.mark.parametrize("levels", [250, 10_000, 200_000])
def test_values_too_deep(write: Write, levels: int, opened: str, closed: str) -> None:
    """Values that are nested without end are a problem of the file, not a RecursionError."""
    assert fault(write('{"a": ' + opened * levels + "1" + closed * levels + "}"))[2].startswith("the values are nested too deeply")


def test_max_bytes(write: Write) -> None:
    """A file of max_bytes is read; of one that is larger both sizes are told."""
    path = write(MINICPM)
    size = path.stat().st_size
    assert HfConfig.from_path(path, max_bytes=size).architectures == ["MiniCPMV"]
    with pytest.raises(ConfigError, match=f"TR209 the file has {size} bytes, more than max_bytes={size - 1}"):
        HfConfig.from_path(path.parent, max_bytes=size - 1)


def test_too_large_a_file_is_not_read(write: Write) -> None:
    """The default limit is 64 MiB, and the size is looked at before anything is read."""
    path = write("")
    os.truncate(path, 64 * 1024 * 1024 + 1)
    tracemalloc.start()
    try:
        assert fault(path) == (None, None, "the file has 67108865 bytes, more than max_bytes=67108864")
        assert tracemalloc.get_traced_memory()[1] < 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["config.yaml", "config", "config.json.bak"])
def test_only_json_files_are_read(tmp_path: Path, name: str) -> None:
    """A file with another suffix isn't guessed at."""
    path = tmp_path / name
    path.write_text("{}")
    assert fault(path) == (None, None, "only .json files are read, and folders with a config.json")


def test_suffix_in_capitals(tmp_path: Path) -> None:
    """The suffix counts as on file systems that don't tell capitals apart."""
    path = tmp_path / "CONFIG.JSON"
    path.write_text(MINICPM)
    assert HfConfig.from_path(path).architectures == ["MiniCPMV"]


def test_config_that_is_a_folder(tmp_path: Path) -> None:
    """What is called config.json but is no file is told."""
    (tmp_path / "config.json").mkdir()
    with pytest.raises(ConfigError, match="TR209 it is no plain file"):
        HfConfig.from_path(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_are_not_waited_for(tmp_path: Path) -> None:
    """A named pipe, which has no size and may never end, isn't opened."""
    os.mkfifo(tmp_path / "config.json")
    with pytest.raises(ConfigError, match="TR209 it is no plain file"):
        HfConfig.from_path(tmp_path)


# ----- odd shapes


@pytest.mark.parametrize(
    ("key", "value", "path", "message"),
    [
        ("architectures", "MiniCPMV", (), "input should be a valid list, not 'MiniCPMV'"),
        ("architectures", {"0": "A"}, (), "input should be a valid list, not {'0': 'A'}"),
        ("architectures", ["A", None], (1,), "input should be a valid string, not None"),
        ("model_type", 5, (), "input should be a valid string, not 5"),
        ("model_type", ["a"], (), "input should be a valid string, not ['a']"),
        ("auto_map", ["m.M"], (), "input should be a valid dictionary, not ['m.M']"),
        ("auto_map", "m.M", (), "input should be a valid dictionary, not 'm.M'"),
        ("torch_dtype", {"text": "bf16"}, (), "input should be a valid string, not {'text': 'bf16'}"),
    ],
)
def test_fields_of_another_type(write: Write, key: str, value: object, path: tuple[int, ...], message: str) -> None:
    """A field of a wrong type is told with its name, the value and its place; from overrides, it is told that it is from there."""
    written = write(f'{{\n "version": 1,\n "{key}": {json.dumps(value)}}}')
    (problem,) = problems(written)
    assert (problem.code, problem.path, problem.message) == ("TR205", (key, *path), message)
    assert problem.place is not None
    assert (problem.place.file, problem.place.line) == (str(written), 3)
    (problem,) = problems(write('{"architectures": ["A"]}'), {key: value})
    assert (problem.code, problem.path, problem.message, problem.place) == ("TR205", (key, *path), f"{message} (from overrides)", None)


def test_all_wrong_fields_are_told(write: Write) -> None:
    """The error of several wrong fields names each, shows their places, and travels between processes."""
    path = write('{"architectures": "A",\n "model_type": 1}')
    with pytest.raises(ConfigError) as caught:
        HfConfig.from_path(path)
    assert str(caught.value).splitlines() == [
        f"2 problems in {path}:",
        f"  {path}:1:19: architectures: TR205 input should be a valid list, not 'A'",
        f"  {path}:2:16: model_type: TR205 input should be a valid string, not 1",
    ]
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_keys_that_are_no_texts(write: Write) -> None:
    """A key that JSON can't have, in overrides, or can have but no text can, in a file, is a problem like any other."""
    (problem,) = problems(write("{}"), {1: "x"})  # type: ignore[dict-item] # pyright: ignore[reportArgumentType]
    assert (problem.path, problem.place) == ((1,), None)
    (problem,) = problems(write('{"\\ud800": 1}'))
    assert problem.message.startswith("input should be a valid string")
