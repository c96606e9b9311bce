"""Cold start against a bare read, how compiling scales, and the full panel.

``python -m benchmarks cold`` times whole processes, in pairs; ``python -m benchmarks compile``
compiles synthetic event files, which exist only in a temporary folder; ``python -m benchmarks
panel`` builds the full dyad-year panel, and the same by hand; ``python -m benchmarks validate
[ROWS …]`` holds a synthetic table to its schema, beside other validators.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
RELEASE = REPOSITORY / "data" / "release"

LOAD = "import autocoop; autocoop.load('joint_exercises')"
BARE = f"import pandas as pd; pd.read_parquet({str(RELEASE / 'joint_exercises.parquet')!r})"
IMPORT = "import autocoop"


def _seconds(code: str) -> float:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "src")}
    # Bytecode is what an installed package has; without it every import is compiled anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    return time.perf_counter() - begin


def cold(pairs: int = 10) -> None:
    """Median seconds of cold processes, and the ratio of load to a bare read."""
    for code in (IMPORT, LOAD, BARE):
        _seconds(code)
    loads, bares = [], []
    for _ in range(pairs):
        loads.append(_seconds(LOAD))
        bares.append(_seconds(BARE))
    ratio = statistics.median(a / b for a, b in zip(loads, bares, strict=True))
    print(
        f"import autocoop            {statistics.median(_seconds(IMPORT) for _ in range(5)):.3f} s"
    )
    print(f"load('joint_exercises')    {statistics.median(loads):.3f} s")
    print(f"bare pandas.read_parquet   {statistics.median(bares):.3f} s")
    print(f"ratio, median of {pairs} pairs  {ratio:.3f}")


def _synthetic(data: Path, count: int) -> None:
    """Copies of the release's own exercise files under other names and years."""
    import shutil

    from autocoop.compile.documents import AGREEMENT_TABLES

    shutil.copytree(
        REPOSITORY / "data", data, ignore=shutil.ignore_patterns("release", "archive", "events")
    )
    # The codebook shows them.
    reliability = Path("validation", "reliability")
    (data.parent / reliability).mkdir(parents=True)
    for name in AGREEMENT_TABLES:
        shutil.copy(REPOSITORY / reliability / name, data.parent / reliability / name)
    header = (data / "searches.csv").read_text("utf-8").splitlines()[0]
    (data / "searches.csv").write_text(header + "\n", "utf-8")
    originals = sorted((REPOSITORY / "data" / "events").rglob("*.yaml"))
    for number in range(count):
        original = originals[number % len(originals)]
        folder = data / "events" / original.parent.relative_to(REPOSITORY / "data" / "events")
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{original.stem}-n{number}"
        text = original.read_text("utf-8").replace(f"id: {original.stem}\n", f"id: {name}\n", 1)
        (folder / f"{name}.yaml").write_text(text, "utf-8")


def compile_() -> None:
    """Seconds to compile 1,000 and 10,000 event files."""
    from autocoop.compile import compile_release

    per_file = {}
    for count in (1_000, 10_000):
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder) / "data"
            _synthetic(data, count)
            begin = time.perf_counter()
            compile_release(data)
            seconds = time.perf_counter() - begin
        per_file[count] = seconds / count
        print(f"{count:>6,} files  {seconds:6.1f} s  {1000 * seconds / count:.2f} ms a file")
    print(
        f"a file costs {per_file[10_000] / per_file[1_000]:.2f} times as much among ten times more"
    )


def main() -> None:
    from benchmarks.panels import panel

    if sys.argv[1:2] == ["validate"]:
        from benchmarks.validation import compare

        compare([int(size) for size in sys.argv[2:]] or [10_000, 1_000_000])
        return
    chosen = sys.argv[1:] or ["cold", "compile", "panel"]
    for name in chosen:
        {"cold": cold, "compile": compile_, "panel": panel}[name]()


if __name__ == "__main__":
    main()
