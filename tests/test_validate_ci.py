"""The action, the pre-commit hook and the line of pytest, each on a repository made for it."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest
import yaml
from conftest import REPOSITORY

import autocoop
from autocoop.checking.sources import SUFFIXES
from autocoop.schemas import MODELS

ACTION = yaml.safe_load((REPOSITORY / "action.yml").read_text("utf-8"))
HOOKS = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text("utf-8"))

RUN = f'#!/bin/sh\nexec "{sys.executable}" -m autocoop "$@"\n'


@pytest.fixture
def coded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository of a team that codes its own exercises, one file right and one wrong."""
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY / "src"))
    repository = tmp_path / "repository"
    for folder in ("right", "wrong"):
        (repository / folder).mkdir(parents=True)
    data = autocoop.load("joint_exercises", engine="arrow").slice(0, 5)
    for index, field in enumerate(data.schema):
        if pa.types.is_list(field.type):
            data = data.set_column(index, field.name, pc.binary_join(data.column(index), ";"))
        elif pa.types.is_dictionary(field.type):
            data = data.set_column(index, field.name, data.column(index).cast(pa.string()))
    right = repository / "right" / "joint_exercises.csv"
    pa.csv.write_csv(data, right)
    text = right.read_text("utf-8")
    wrong = repository / "wrong" / "joint_exercises.csv"
    wrong.write_text(text.replace('"completed"', '"complted"', 1), "utf-8")
    assert wrong.read_text("utf-8") != text
    return repository


# --- the action -----------------------------------------------------------------------------------


def act(repository: Path, **inputs: str) -> subprocess.CompletedProcess:
    """Runs the action's second step as a runner would; a stand-in is what the first installs."""
    unknown = inputs.keys() - ACTION["inputs"].keys()
    assert not unknown
    temporary = repository.parent / "runner"
    program = temporary / "autocoop" / "bin" / "autocoop"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(RUN)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    step = ACTION["runs"]["steps"][1]
    given = {name: facts["default"] for name, facts in ACTION["inputs"].items()} | inputs

    def filled(text: str) -> str:
        return re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda match: given[match[1]], text)

    environment = {name: filled(value) for name, value in step["env"].items()}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
        env={**os.environ, **environment, "RUNNER_TEMP": str(temporary)},
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )


def test_action_passes_what_is_right(coded: Path) -> None:
    done = act(coded, files="right/joint_exercises.csv\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "joint_exercises: valid, 5 rows read\n"


def test_action_annotates_what_is_wrong(coded: Path) -> None:
    done = act(coded, files="wrong/*.csv", table="joint_exercises", references="release")
    assert done.returncode == 1
    first = done.stdout.splitlines()[0]
    assert first.startswith("::error file=wrong/joint_exercises.csv,line=")
    assert "'complted' is not a value of status; did you mean 'completed'?" in first


def test_action_on_a_release_and_on_nothing(coded: Path) -> None:
    assert act(coded, release="right").returncode == 0
    assert act(coded, release="wrong").returncode == 1
    done = act(coded, files="nowhere/*.csv", table="events")
    assert done.returncode == 2
    assert "nowhere/*.csv: there is no such file" in done.stderr
    assert act(coded).returncode == 2


def test_inputs_of_the_action_are_never_commands(coded: Path) -> None:
    for text in (
        "$(touch owned)",
        "`touch owned`",
        "; touch owned",
        "--first\n-x",
        '"; touch owned',
    ):
        done = act(coded, files=text, table=text.splitlines()[0])
        assert done.returncode == 2
    assert not (coded / "owned").exists()
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]


def test_action_installs_its_own_version(tmp_path: Path) -> None:
    """The first step makes an environment and installs the action's own folder into it."""
    step = ACTION["runs"]["steps"][0]
    python = tmp_path / "python"
    log = tmp_path / "log"
    # A stand-in for Python, and for the one in the environment that it would make.
    python.write_text(
        f'#!/bin/sh\necho "$@" >> {log}\n'
        'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; fi\n'
    )
    python.chmod(0o755)
    environment = {"PYTHON": str(python), "SOURCE": "/the action", "RUNNER_TEMP": str(tmp_path)}
    assert set(step["env"]) == {"PYTHON", "SOURCE"}
    subprocess.run(["bash", "-c", step["run"]], env={**os.environ, **environment}, check=True)
    assert log.read_text() == (
        f"-m venv {tmp_path}/autocoop\n-m pip install --quiet /the action[validate]\n"
    )


# --- pre-commit -----------------------------------------------------------------------------------


def test_the_hook_takes_the_files_that_are_named_for_tables() -> None:
    (hook,) = HOOKS
    pattern = re.compile(hook["files"])
    for table in MODELS:
        for suffix in SUFFIXES:
            assert pattern.search(f"coded/{table}{suffix}")
            assert pattern.search(f"{table}{suffix}")
    for other in ("coded/my_events.csv", "events.csv.bak", "events.txt", "eventsxcsv"):
        assert not pattern.search(other)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_hook_in_a_repository(coded: Path, tmp_path: Path) -> None:
    pytest.importorskip("pre_commit")
    from pre_commit.clientlib import load_manifest

    assert load_manifest(REPOSITORY / ".pre-commit-hooks.yaml")
    program = tmp_path / "bin" / "autocoop"
    program.parent.mkdir()
    program.write_text(RUN)
    program.chmod(0o755)
    # Installed on the machine instead of by pre-commit, which would need a network.
    hook = {key: value for key, value in HOOKS[0].items() if key != "additional_dependencies"}
    config = {"repos": [{"repo": "local", "hooks": [hook | {"language": "system"}]}]}
    (coded / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(tmp_path / "home"),
        "GIT_CONFIG_GLOBAL": os.devnull,
    }

    def run(*command: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            command, cwd=coded, env=environment, capture_output=True, text=True, check=False
        )

    assert run("git", "init", "--quiet").returncode == 0
    assert run("git", "add", "right", ".pre-commit-config.yaml").returncode == 0
    pre_commit = (sys.executable, "-m", "pre_commit", "run")
    done = run(*pre_commit)
    assert done.returncode == 0, done.stdout
    assert "Passed" in done.stdout
    run("git", "rm", "-r", "--cached", "--quiet", "right")
    run("git", "add", "wrong")
    done = run(*pre_commit)
    assert done.returncode == 1
    assert "wrong/joint_exercises.csv:" in done.stdout
    assert "did you mean 'completed'?" in done.stdout


# --- pytest ---------------------------------------------------------------------------------------

LINE = """
from autocoop import validate


def test_{name}():
    validate("{name}/joint_exercises.csv", "joint_exercises").assert_valid()
"""


def test_the_line_of_pytest(coded: Path) -> None:
    (coded / "test_coded.py").write_text(LINE.format(name="right") + LINE.format(name="wrong"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_coded.py"],
        cwd=coded,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert "status: 'complted' is not a value of status; did you mean 'completed'?" in done.stdout
