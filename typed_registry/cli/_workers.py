"""Checking many files: here or in other processes, with a bar where someone waits for it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from typed_registry.cli._checking import check_all, check_file
from typed_registry.cli._files import Job
from typed_registry.cli._findings import Checked
from typed_registry.cli._project import CliError

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["check_jobs"]

_PATIENCE = 1.0  # seconds without a bar
_CHUNKS = 8  # that each process gets, so that all of them are busy to the end


def check_jobs(jobs: Sequence[Job | Checked], root: Path, processes: int) -> list[Checked]:
    """What becomes of all files, in their order.

    Raises:
        CliError: A process came to a sudden end.
    """
    todo = [job for job in jobs if isinstance(job, Job)]
    parallel = min(processes, len(todo))
    results = _in_processes(todo, root, parallel) if parallel > 1 else (check_file(job, root) for job in todo)
    checked = iter(list(_with_bar(results, len(todo))))
    return [next(checked) if isinstance(job, Job) else job for job in jobs]


def _in_processes(jobs: list[Job], root: Path, processes: int) -> Iterator[Checked]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    size = -(-len(jobs) // (processes * _CHUNKS))
    chunks = [jobs[start : start + size] for start in range(0, len(jobs), size)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as executor:
        try:
            for checked in executor.map(check_all, chunks, [root] * len(chunks)):
                yield from checked
        except BrokenProcessPool:
            raise CliError("a process that was checking files came to a sudden end; try again without --jobs") from None


def _with_bar(results: Iterable[Checked], total: int) -> Iterator[Checked]:
    """The results, with a bar on the terminal as soon as they take long."""
    started = time.monotonic()
    bar: Progress | None = None
    try:
        for number, result in enumerate(results, 1):
            if bar is None and number < total and time.monotonic() - started > _PATIENCE and sys.stderr.isatty():
                bar = _new_bar(total)
            if bar is not None:
                bar.update(bar.task_ids[0], completed=number)
            yield result
    finally:
        if bar is not None:
            bar.stop()


def _new_bar(total: int) -> Progress:
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    bar.add_task("checking files", total=total)
    bar.start()
    return bar
