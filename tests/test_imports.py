"""Import discipline: nothing heavy is imported before it is needed."""

import subprocess
import sys

import pytest

HEAVY = ("pandas", "numpy", "pyarrow", "pandera", "polars", "yaml")


def imported_by(code: str) -> set[str]:
    script = f"{code}\nimport sys; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code",
    [
        "import autocoop",
        "import autocoop; autocoop.tables()",
        "import autocoop; autocoop.cite(); autocoop.cite('bibtex')",
        "import autocoop; autocoop.codebook(); autocoop.codebook('events')",
        "import autocoop.cli; autocoop.cli.build_parser()",
    ],
)
def test_light_calls_import_nothing_heavy(code: str) -> None:
    assert imported_by(code) == set()


def test_loading_imports_only_its_engine() -> None:
    load = "import autocoop; autocoop.load('events', engine='arrow', where={'year': 2015})"
    assert imported_by(load) <= {"pyarrow", "numpy", "pandas"}
    frame = "import autocoop; autocoop.load('events'); autocoop.evidence('je-joint-sea-2012')"
    assert imported_by(frame) == {"pyarrow", "numpy", "pandas"}
    assert "pandera" not in imported_by(load)


def test_functions_stay_functions_whatever_is_called_first() -> None:
    imported_by(
        "import autocoop; autocoop.evidence('je-joint-sea-2012'); autocoop.load('series');"
        "autocoop.codebook('series'); autocoop.tables(); autocoop.cite(); autocoop.load('events')"
    )
