"""The parts of `.ci/run`, one at a time: `nox -s tests-3.12`, `nox -s lint`."""

import nox

nox.options.sessions = ["lint", "types", "tests"]


@nox.session(python=["3.11", "3.12", "3.13"])
def tests(session: nox.Session) -> None:
    """The test suite, without what needs the checkers or the examples."""
    session.install("-e", ".[cli,migrate,yaml]", "hypothesis", "jsonschema", "jsonschema-rs", "numpy", "pytest", "pytest-xdist")
    without = ("typing", "stubs_checked", "examples_vision", "examples_vlm", "readme")
    session.run("pytest", "-n", "auto", *(f"--ignore=tests/test_{name}.py" for name in without))


@nox.session(python="3.11")
def lint(session: nox.Session) -> None:
    """Ruff's rules and formatting."""
    session.install("-e", ".[dev]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session(python="3.11")
def types(session: nox.Session) -> None:
    """Types: mypy and pyright over package, stubs, examples and tests, and the typing cases on all checkers."""
    session.install("-e", ".[dev]")
    session.run("mypy")
    session.run("pyright", "--pythonpath", f"{session.virtualenv.location}/bin/python")
    session.run("pytest", "tests/test_typing.py", "tests/test_stubs_checked.py")
