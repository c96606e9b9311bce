"""How far a long reading has come, on a terminal and nowhere else."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

#: Seconds between two writings, and before the first.
_PAUSE = 0.5


@contextmanager
def progress_on(stream: TextIO) -> Iterator[Callable[[str, int, int | None], None] | None]:
    """A function that shows the rows read on one line of a terminal; None where there is none."""
    if not stream.isatty():
        yield None
        return
    width = 0
    last = time.monotonic()

    def show(name: str, rows: int, total: int | None) -> None:
        nonlocal width, last
        now = time.monotonic()
        if now - last < _PAUSE:
            return
        last = now
        text = f"{name}: {rows:,}" + (f" of {total:,}" if total is not None else "") + " rows"
        text = "".join(sign if sign.isprintable() else "?" for sign in text)
        stream.write("\r" + text.ljust(width))
        stream.flush()
        width = len(text)

    try:
        yield show
    finally:
        if width:
            stream.write("\r" + " " * width + "\r")
            stream.flush()
