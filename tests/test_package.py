"""What the wheel and the sdist hold."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from conftest import REPOSITORY

import autocoop
from autocoop.schemas import MODELS


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder)],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    return folder


def test_wheel_holds_the_package_and_the_release(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    modules = {
        path.relative_to(REPOSITORY / "src").as_posix()
        for path in (REPOSITORY / "src" / "autocoop").rglob("*")
        if path.suffix in (".py", ".typed")
    }
    release = {
        f"autocoop/release/{path.name}" for path in (REPOSITORY / "data" / "release").iterdir()
    }
    info = f"autocoop-{autocoop.__version__}.dist-info"
    facts = {f"{info}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt")}
    licences = {f"{info}/licenses/{name}" for name in ("LICENSE", "LICENSE-DATA")}
    assert names == modules | release | facts | licences
    assert {f"autocoop/release/{table}.parquet" for table in MODELS} <= names


def test_sdist_holds_the_sources_and_nothing_else(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    top = {name.partition("/")[0] for name in names}
    assert top == {
        *("src", "data", "tests", "validation", "benchmarks", "pyproject.toml", "PKG-INFO"),
        *("README.md", "CHANGELOG.md", "CITATION.cff", "CODEBOOK.md", "CONTRIBUTING.md"),
        *("LICENSE", "LICENSE-DATA", ".gitignore", "docs", "analyses", "mkdocs.yml"),
    }
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_lowest_versions_are_the_floors() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    floors = dict(text.split(">=") for text in project["project"]["dependencies"])
    pins = project["tool"]["hatch"]["envs"]["lowest"]["extra-dependencies"]
    for name, version in (pin.split("==") for pin in pins):
        assert version.startswith(floors[name]), f"{name} {version}, allowed from {floors[name]}"
