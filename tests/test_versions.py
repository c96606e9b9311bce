"""Older versions: found, fetched whole, checked, compared; and what a release asks for."""

import http.server
import os
import re
import shutil
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import EXERCISE, REPOSITORY, Project

import autocoop
from autocoop import archive, comparing, errors, release
from autocoop.cli import main
from autocoop.compile import compile_release, releasing

OLD = "0.0.9"


def forget() -> None:
    for cached in (release.shipped, release.manifest, release.codebook, archive.predecessors):
        if hasattr(cached, "cache_clear"):
            cached.cache_clear()


#: What became of the deal that the project holds no more.
RETIRED = f"at-test-deal-2014,{autocoop.__version__},,Never was."


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A project with an archived 0.0.9 and a compiled current version, read as the shipped one."""
    project = Project(tmp_path / "checkout")
    (tmp_path / "checkout" / "CHANGELOG.md").write_text(
        f"# Changelog\n\n## {autocoop.__version__}\n\nIn words.\n", encoding="utf-8"
    )
    project.exercise()
    project.transfer()
    with monkeypatch.context() as patch:
        patch.setattr("autocoop.compile.__version__", OLD)
        compile_release(project.data)
    shutil.copytree(project.data / "release", project.data / "archive" / OLD)
    # Since then: a deal retired, an exercise corrected, another one added.
    (project.data / "events" / "arms_transfer" / "2014" / "at-test-deal-2014.yaml").unlink()
    with (project.data / "retired_ids.csv").open("a", encoding="utf-8") as file:
        file.write(f"{RETIRED}\n")
    project.exercise(EXERCISE.replace("4000", "4100"))
    project.write(
        EXERCISE.replace("je-test-drill-2018", "je-other-drill-2018").replace("Test D", "Other D"),
        "je-other-drill-2018",
        "joint_exercise/2018",
    )
    compile_release(project.data)
    forget()
    monkeypatch.setattr(release, "shipped", lambda: project.data / "release")
    for name in ("AUTOCOOP_ARCHIVE", "AUTOCOOP_CACHE", "AUTOCOOP_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    yield project
    forget()


def test_versions_are_listed_newest_first(project: Project) -> None:
    assert list(autocoop.versions()) == [autocoop.__version__, OLD]


def test_older_version_loads_from_the_checkout(project: Project) -> None:
    old = autocoop.load("joint_exercises", version=OLD)
    assert old["personnel_best"].tolist() == [4000]
    assert autocoop.load("joint_exercises")["personnel_best"].tolist() == [4000, 4100]
    assert autocoop.load("arms_transfers", version=OLD)["event_id"].tolist() == [
        "at-test-deal-2014"
    ]
    assert set(autocoop.verify(OLD).values()) == {"ok"}
    assert set(autocoop.verify().values()) == {"ok"}


def test_version_of_first_appearance_is_kept(project: Project) -> None:
    rows = autocoop.load("joint_exercises").set_index("event_id")["version_added"]
    assert rows.to_dict() == {
        "je-other-drill-2018": autocoop.__version__,
        "je-test-drill-2018": OLD,
    }


def test_unknown_version_lists_what_exists(project: Project) -> None:
    with pytest.raises(errors.UnknownVersion, match=rf"{OLD}"):
        autocoop.load("events", version="0.0.8")


def test_diff_names_what_changed_field_by_field(project: Project) -> None:
    frame = autocoop.diff(OLD)
    exercises = frame[frame["table"] == "joint_exercises"]
    corrected = exercises[exercises["change"] == "value changed"].set_index("field")
    assert corrected.loc["personnel_best", ["key", "old", "new"]].tolist() == [
        "je-test-drill-2018",
        "4000",
        "4100",
    ]
    assert exercises[exercises["change"] == "row added"]["key"].tolist() == ["je-other-drill-2018"]
    deals = frame[frame["table"] == "arms_transfers"]
    assert deals[["change", "key"]].to_numpy().tolist() == [["row retired", "at-test-deal-2014"]]
    text = autocoop.diff(OLD, format="text")
    assert "`je-test-drill-2018` personnel_best: 4000 -> 4100" in text
    assert "`at-test-deal-2014`" in text


def test_no_change_is_a_result(project: Project) -> None:
    assert autocoop.diff(OLD, OLD, format="text") == "no change"
    assert len(autocoop.diff(autocoop.__version__)) == 0


@pytest.mark.parametrize(
    ("kind", "bump"),
    [
        ("row added", "minor"),
        ("value changed", "minor"),
        ("column added", "minor"),
        ("column removed", "major"),
        ("column retyped", "major"),
        ("table removed", "major"),
    ],
)
def test_bump_follows_from_the_changes(kind: str, bump: str) -> None:
    assert comparing.required_bump([comparing.Change("events", kind)]) == bump
    assert comparing.required_bump([]) == "patch"


@pytest.mark.parametrize(
    ("old", "new", "bump"),
    [
        ("0.1.0", "0.2.0", "major"),
        ("0.1.0", "0.1.1", "patch"),
        ("1.0.0", "1.1.0", "minor"),
        ("1.9.0", "1.10.0", "minor"),
        ("1.4.2", "2.0.0", "major"),
        ("1.0.0", "1.0.0", None),
        ("1.1.0", "1.0.9", None),
    ],
)
def test_step_between_versions(old: str, new: str, bump: str | None) -> None:
    assert releasing.bump_between(old, new) == bump


@pytest.fixture
def rules_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small project does not ship `validation/`; its rules are tried elsewhere."""
    done = subprocess.CompletedProcess([], 0, "", "")
    monkeypatch.setattr(releasing.subprocess, "run", lambda *_, **__: done)


def test_release_copies_the_bytes_and_writes_the_difference(
    project: Project, rules_hold: None
) -> None:
    before = {path.name: path.read_bytes() for path in (project.data / "release").iterdir()}
    text = releasing.cut(project.data)
    folder = project.data / "archive" / autocoop.__version__
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    changelog = (project.data.parent / "CHANGELOG.md").read_text("utf-8")
    assert text in changelog
    assert "In words." in changelog
    assert f"Since {OLD}:" in changelog
    with pytest.raises(releasing.NotReleased, match="in the archive already"):
        releasing.cut(project.data)


def test_release_is_refused_with_every_reason(
    project: Project, rules_hold: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.data.parent / "CHANGELOG.md").write_text("# Changelog\n")
    (project.data / "release" / "counts.csv").write_text("type,year,events\n")
    with pytest.raises(releasing.NotReleased) as caught:
        releasing.cut(project.data)
    assert any("counts.csv" in reason for reason in caught.value.reasons)
    assert any("no heading" in reason for reason in caught.value.reasons)
    assert not (project.data / "archive" / autocoop.__version__).exists()


def test_release_asks_for_a_large_enough_step(
    project: Project, rules_hold: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releasing, "bump_between", lambda old, new: "patch")
    with pytest.raises(releasing.NotReleased, match="the changes ask for minor"):
        releasing.cut(project.data)


def test_release_is_refused_where_a_rule_is_broken(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = subprocess.CompletedProcess([], 1, "ok   a\nFAIL references_exist\n", "")
    monkeypatch.setattr(releasing.subprocess, "run", lambda *_, **__: done)
    with pytest.raises(releasing.NotReleased, match="FAIL references_exist"):
        releasing.cut(project.data)


def test_release_runs_both_checks_of_the_checkout(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[str], **_: object) -> subprocess.CompletedProcess:
        is_agreement = command[-1] == "validation.agreement"
        stale = "agreement.csv is stale: run with --write\nverdicts.csv is current\n"
        said = stale if is_agreement else "ok   a\n"
        return subprocess.CompletedProcess(command, int(is_agreement), said, "")

    monkeypatch.setattr(releasing.subprocess, "run", run)
    with pytest.raises(releasing.NotReleased) as caught:
        releasing.cut(project.data)
    assert caught.value.reasons == [
        "validation.agreement: agreement.csv is stale: run with --write"
    ]


@pytest.mark.parametrize(
    "broken", ["autocoop.compile.write.write_text", "autocoop.compile.write.os.rename"]
)
def test_release_that_cannot_be_written_leaves_nothing(
    project: Project, rules_hold: None, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    changelog = project.data.parent / "CHANGELOG.md"
    before = changelog.read_text("utf-8")

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(broken, refused)
        with pytest.raises(errors.ReleaseNotWritten, match="Permission denied") as caught:
            releasing.cut(project.data)
    assert ("CHANGELOG.md" in str(caught.value)) == broken.endswith("write_text")
    assert changelog.read_text("utf-8") == before
    assert [path.name for path in (project.data / "archive").iterdir()] == [OLD]
    # Nothing stands in the way of the next try.
    releasing.cut(project.data)
    assert (project.data / "archive" / autocoop.__version__).is_dir()


def test_an_event_that_is_gone_has_to_be_accounted_for(project: Project, rules_hold: None) -> None:
    path = project.data / "retired_ids.csv"
    path.write_text(path.read_text("utf-8").replace(f"{RETIRED}\n", ""), "utf-8")
    compile_release(project.data)
    forget()
    with pytest.raises(
        releasing.NotReleased, match="at-test-deal-2014 is gone: add it to data/ret"
    ):
        releasing.cut(project.data)


def test_a_release_is_not_older_than_its_pages(project: Project, rules_hold: None) -> None:
    about = project.data / "about.toml"
    text = re.sub(r"(?m)^released = .*$", "released = 2020-01-01", about.read_text("utf-8"))
    about.write_text(text, "utf-8")
    compile_release(project.data)
    forget()
    with pytest.raises(releasing.NotReleased, match="is 2020-01-01, pages were read on"):
        releasing.cut(project.data)


def test_words_on_both_sides_of_the_difference_are_kept(project: Project, rules_hold: None) -> None:
    changelog = project.data.parent / "CHANGELOG.md"
    changelog.write_text(
        f"# Changelog\n\n## {autocoop.__version__}\n\nBefore.\n\n{releasing.BEGIN}\n\nold\n\n"
        f"{releasing.END}\n\nAfter.\n\n## {OLD}\n\nFirst.\n",
        encoding="utf-8",
    )
    text = releasing.cut(project.data)
    assert changelog.read_text("utf-8") == (
        f"# Changelog\n\n## {autocoop.__version__}\n\nBefore.\n\n{releasing.BEGIN}\n\n{text}\n\n"
        f"{releasing.END}\n\nAfter.\n\n## {OLD}\n\nFirst.\n"
    )


@pytest.mark.parametrize(
    ("section", "says"),
    [
        ("", "does not say in words"),
        ("In preparation.\n", "does not say in words"),
        (f"{releasing.BEGIN}\n\nold\n\n{releasing.END}\n", "does not say in words"),
        (f"Words.\n\n{releasing.BEGIN}\n\nMore words.\n", "do not stand once"),
        ("In preparation.\n\n- Words.\n", "still says 'In preparation.' of"),
    ],
    ids=["empty", "in preparation", "difference only", "open mark", "words in preparation"],
)
def test_release_asks_for_words(
    project: Project, rules_hold: None, section: str, says: str
) -> None:
    changelog = project.data.parent / "CHANGELOG.md"
    changelog.write_text(
        f"# Changelog\n\n## {autocoop.__version__}\n\n{section}\n## {OLD}\n\nFirst.\n", "utf-8"
    )
    with pytest.raises(releasing.NotReleased, match=says):
        releasing.cut(project.data)
    assert not (project.data / "archive" / autocoop.__version__).exists()


def test_changelog_counts_additions_and_names_the_rest(project: Project, rules_hold: None) -> None:
    for name, year in (("je-late-drill-2021", 2021), ("je-latest-drill-2023", 2023)):
        text = EXERCISE.replace("je-test-drill-2018", name).replace("2018", str(year))
        project.write(text.replace("Test D", f"{name} D"), name, f"joint_exercise/{year}")
    # Ended two days later, as a third page says: a precision, a count and a grade follow.
    longer = EXERCISE.replace("4000", "4100").replace("2018-08-17", "2018-08-19")
    project.exercise(
        longer.replace("Xinhua", "TASS").replace("publisher: Reuters", "publisher: Xinhua")
    )
    path = project.data / "publishers.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("21-by,")), "utf-8")
    compile_release(project.data)
    forget()
    corrected = autocoop.diff(OLD)
    assert "evidence_grade" in set(corrected["field"])
    text = releasing.cut(project.data)
    assert "- `joint_exercises`: 3 added (2018-2023), 1 changed" in text
    assert "je-late-drill-2021" not in text
    assert "Retired from `arms_transfers` (1):\n\n- `at-test-deal-2014`" in text
    assert "Retired from `publishers` (1):\n\n- `21-by`" in text
    listed = {line.split()[2] for line in text.splitlines() if line.startswith("- `je-test-drill")}
    assert listed == {"end_date:", "personnel_best:", "personnel_high:"}
    assert "je-late-drill-2021" in autocoop.diff(OLD, format="text")


def test_dates_that_follow_are_no_corrections() -> None:
    def cell(table: str, key: str, field: str, old: str, new: str) -> comparing.Change:
        return comparing.Change(table, "value changed", key, field, old, new)

    text = comparing.as_summary(
        [
            cell("arms_transfers", "at-a", "start_date", "2014-03-01", "2015-03-05"),
            cell("arms_transfers", "at-a", "start_precision", "month", "day"),
            cell("arms_transfers", "at-a", "year", "2014", "2015"),
            cell("arms_transfers", "at-a", "order_date", "2014-03-01", "2015-03-05"),
            cell("arms_transfers", "at-a", "order_precision", "month", "day"),
            cell("joint_exercises", "je-a", "start_date", "2014-03-01", "2015-03-05"),
            cell("joint_exercises", "je-a", "year", "2014", "2015"),
            cell("joint_exercises", "je-b", "end_precision", "month", "day"),
            comparing.Change("events", "column added", field="x", new="text"),
            comparing.Change("pme_programs", "column added", field="x", new="text"),
        ]
    )
    assert text.splitlines()[-3:] == [
        "- `at-a` order_date: 2014-03-01 -> 2015-03-05",
        "- `je-a` start_date: 2014-03-01 -> 2015-03-05",
        "- `je-b` end_precision: month -> day",
    ]
    assert text.splitlines()[0] == "- column added `x` (`events`, `pme_programs`)"


# -- mirrors -----------------------------------------------------------------------------------


class Mirror(http.server.SimpleHTTPRequestHandler):
    """Serves an archive, well or badly."""

    folder: Path
    mode = "well"
    requests_seen: list[str]

    def do_GET(self) -> None:
        type(self).requests_seen.append(self.path)
        path = type(self).folder / self.path.lstrip("/")
        mode = type(self).mode
        if mode.isdigit() or not path.is_file():
            self.send_error(int(mode) if mode.isdigit() else 404)
            return
        body = path.read_bytes()
        if mode == "redirect":
            self.send_response(302)
            self.send_header("Location", f"ftp://127.0.0.1{self.path}")
            self.end_headers()
            return
        if mode == "wrong":
            body = bytes([body[0] ^ 1]) + body[1:]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if mode == "cut":
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.close_connection = True
            return
        if mode == "slow":
            time.sleep(2)
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is part of the tests."""


@pytest.fixture
def mirror(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[type[Mirror]]:
    """The project's archive behind HTTP, and a cache of its own."""
    handler = type("Handler", (Mirror,), {"requests_seen": [], "folder": project.data / "archive"})
    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("AUTOCOOP_ARCHIVE", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AUTOCOOP_CACHE", str(tmp_path / "cache"))
    yield handler
    server.shutdown()
    server.server_close()
    thread.join()


def kept(tmp_path: Path) -> set[str]:
    return {path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()}


def test_fetched_once_then_kept(
    mirror: type[Mirror], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(autocoop.load("joint_exercises", version=OLD)) == 1
    assert kept(tmp_path) == {"manifest.json", "codebook.json", "joint_exercises.parquet"}
    seen = len(mirror.requests_seen)
    forget()
    monkeypatch.setenv("AUTOCOOP_OFFLINE", "1")
    assert len(autocoop.load("joint_exercises", version=OLD)) == 1
    assert len(mirror.requests_seen) == seen


@pytest.mark.parametrize(
    ("mode", "error", "says"),
    [
        ("404", errors.ArchiveUnavailable, "404"),
        ("500", errors.ArchiveUnavailable, "500"),
        ("cut", errors.ArchiveUnavailable, "cannot be fetched"),
        ("wrong", errors.BrokenRelease, "is not the released file"),
        ("redirect", errors.ArchiveUnavailable, "redirected from http to ftp"),
    ],
)
def test_bad_mirror_is_named_and_leaves_nothing(
    mirror: type[Mirror], tmp_path: Path, mode: str, error: type[Exception], says: str
) -> None:
    mirror.mode = mode
    with pytest.raises(error, match=says):
        autocoop.load("joint_exercises", version=OLD)
    assert kept(tmp_path) == set()
    mirror.mode = "well"
    forget()
    assert len(autocoop.load("joint_exercises", version=OLD)) == 1


def test_slow_mirror_is_given_up(mirror: type[Mirror], monkeypatch: pytest.MonkeyPatch) -> None:
    mirror.mode = "slow"
    monkeypatch.setattr(archive, "TIMEOUT", 0.2)
    with pytest.raises(errors.ArchiveUnavailable, match="timed out"):
        autocoop.load("joint_exercises", version=OLD)


def test_poisoned_cache_is_fetched_anew(mirror: type[Mirror], tmp_path: Path) -> None:
    autocoop.load("joint_exercises", version=OLD)
    path = tmp_path / "cache" / OLD / "joint_exercises.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    forget()
    assert len(autocoop.load("joint_exercises", version=OLD)) == 1
    assert set(autocoop.verify(OLD).values()) == {"ok"}


@pytest.mark.parametrize("number", [13, 28])
def test_cache_that_cannot_be_written(
    mirror: type[Mirror], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("pooch.core.stream_download", refused)
    with pytest.raises(errors.ArchiveUnavailable, match=os.strerror(number)):
        autocoop.load("joint_exercises", version=OLD)


def test_offline_without_a_cache(mirror: type[Mirror], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOCOOP_OFFLINE", "1")
    with pytest.raises(errors.ArchiveUnavailable, match="AUTOCOOP_OFFLINE=1"):
        autocoop.load("joint_exercises", version=OLD)
    assert mirror.requests_seen == []


def test_without_any_archive(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOCOOP_CACHE", str(tmp_path / "cache"))
    shutil.rmtree(project.data / "archive")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(errors.ArchiveUnavailable, match="set AUTOCOOP_ARCHIVE"):
        autocoop.load("joint_exercises", version=OLD)


def test_an_installed_package_reads_the_archive_of_the_checkout_it_is_used_in(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = tmp_path / "another"
    (checkout / "src" / "autocoop").mkdir(parents=True)
    (checkout / "src" / "autocoop" / "archive.py").touch()
    (checkout / "data").mkdir(exist_ok=True)
    (project.data / "archive").rename(checkout / "data" / "archive")
    (checkout / "docs").mkdir()
    monkeypatch.chdir(checkout / "docs")
    assert len(autocoop.load("joint_exercises", version=OLD)) == 1


def test_folder_as_mirror(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.data / "archive").rename(tmp_path / "elsewhere")
    monkeypatch.setenv("AUTOCOOP_ARCHIVE", str(tmp_path / "elsewhere"))
    assert len(autocoop.load("joint_exercises", version=OLD)) == 1
    path = tmp_path / "elsewhere" / OLD / "joint_exercises.parquet"
    path.write_bytes(b"PAR1")
    with pytest.raises(errors.BrokenRelease, match=re.escape(str(path))):
        autocoop.load("joint_exercises", version=OLD)


def test_two_processes_fetch_at_once(mirror: type[Mirror], project: Project) -> None:
    script = (
        "import sys; from pathlib import Path; from autocoop import release\n"
        "import autocoop\n"
        "release.shipped = lambda: Path(sys.argv[1])\n"
        f"print(len(autocoop.load('joint_exercises', version={OLD!r})))\n"
    )
    command = [sys.executable, "-c", script, str(project.data / "release")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [process.communicate(timeout=60)[0] for process in running] == ["1\n", "1\n"]


# -- the version in one place ------------------------------------------------------------------


def test_one_version_everywhere() -> None:
    version = autocoop.__version__
    release_folder = REPOSITORY / "data" / "release"
    assert release.manifest()["version"] == version
    for path in release_folder.glob("*.parquet"):
        assert pq.read_schema(path).metadata[b"autocoop_version"].decode() == version
    assert f"\nversion: {version}\n" in (REPOSITORY / "CITATION.cff").read_text("utf-8")
    assert f"\n## {version}\n" in (REPOSITORY / "CHANGELOG.md").read_text("utf-8")


def test_archives_are_as_they_were_released() -> None:
    for folder in (REPOSITORY / "data" / "archive").glob("*"):
        manifest = release.parsed_json(folder / "manifest.json", "manifest")
        assert manifest["version"] == folder.name
        for facts in [*manifest["tables"].values(), *manifest["documents"].values()]:
            release.checked_bytes(folder / facts["file"], facts, folder.name)


def test_release_of_an_archived_version_is_that_release() -> None:
    """Once a version is archived, its data change no more: raise `__version__` first."""
    folder = REPOSITORY / "data" / "archive" / autocoop.__version__
    if folder.is_dir():
        archived = release.parsed_json(folder / "manifest.json", "manifest")["tables"]
        current = release.manifest()["tables"]
        assert {t: f["content_sha256"] for t, f in current.items()} == {
            t: f["content_sha256"] for t, f in archived.items()
        }


def test_renamed_column_says_what_became_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    records = dict(release.codebook())
    columns = [dict(column) for column in records["events"]["columns"]]
    next(c for c in columns if c["column"] == "year")["formerly"] = ["event_year"]
    records["events"] = records["events"] | {"columns": columns}
    monkeypatch.setattr(release, "codebook", lambda version=None: records)
    with pytest.raises(errors.UnknownColumn, match="it is called 'year' now"):
        autocoop.load("events", columns=["event_year"])


def test_retired_event_says_what_became_of_it(project: Project) -> None:
    path = project.data / "retired_ids.csv"
    became = "at-test-deal-2014,0.1.0,je-test-drill-2018,found to be a drill"
    path.write_text(path.read_text("utf-8").replace(RETIRED, became), "utf-8")
    compile_release(project.data)
    forget()
    with pytest.raises(errors.UnknownEvent) as caught:
        autocoop.evidence("at-test-deal-2014")
    assert "retired in 0.1.0, replaced by 'je-test-drill-2018'" in str(caught.value)
    with pytest.raises(errors.UnknownEvent, match="found to be a drill"):
        autocoop.sources("at-test-deal-2014")


def test_command_line(project: Project, capsys: pytest.CaptureFixture) -> None:
    assert main(["versions"]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith(OLD)
    assert main(["diff", OLD]) == 0
    assert "Events retired (1)" in capsys.readouterr().out
    assert main(["verify", OLD]) == 0
    assert main(["load", "events", "--version", "9.9.9"]) == 1
    assert "there is no version '9.9.9'" in capsys.readouterr().err
