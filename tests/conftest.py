"""A small project to compile: the real reference tables, and events written by the tests."""

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from autocoop.compile import check, compile_release
from autocoop.compile.documents import AGREEMENT_TABLES

REPOSITORY = Path(__file__).parents[1]

# The same examples on every run, none timed, none kept.
settings.register_profile("repeatable", deadline=None, database=None, derandomize=True)
settings.load_profile("repeatable")

EXERCISE = """\
id: je-test-drill-2018
type: joint_exercise
name: Test Drill 2018
start: 2018-08-09
end: 2018-08-17
status: completed
framework: SCO
location:
  - {country: RUS, place: Chebarkul}
participants:
  - {actor: RUS, role: organiser, personnel: 2000}
  - {actor: CHN, role: organiser}
  - {actor: KAZ, role: participant}
  - {actor: IRN, role: observer}
  - {actor: RUS, role: host}
details:
  format: [field_exercise, live_fire]
  domain: [land]
  personnel: 4000
summary: A drill that only the tests know.
sources:
  - url: https://one.example/drill
    publisher: Reuters
    title: The drill ends
    published: 2018-08-18
    language: en
    read: 2026-11-24
    reports:
      start: 2018-08-09
      end: 2018-08
      status: completed
      framework: SCO
      location.country: [RUS]
      location.place: [Chebarkul]
      participants: [RUS, CHN, KAZ]
      participants.observer: [IRN]
      participants.RUS.personnel: {value: 2000, qualifier: about}
      details.format: [field_exercise, live_fire]
      details.domain: [land]
      details.personnel: 4000
  - url: https://two.example/drill
    publisher: Xinhua
    title: Drill begins
    language: en
    read: 2026-11-24
    reports:
      end: 2018-08-17
      participants: [RUS, CHN]
      details.personnel: {value: 3500, qualifier: more_than}
"""

TRANSFER = """\
id: at-test-deal-2014
type: arms_transfer
name: Test deal
status: completed
participants:
  - {actor: RUS, role: supplier}
  - {actor: DZA, role: recipient}
details:
  mode: sale
  order_date: 2014-03
  delivery_start_date: 2015
  delivery_end_date: 2016
  value_usd: 1200000000
  value_scope: contract
  items:
    - {id: su-30, designation: Su-30, category: aircraft, unroca: IV,
       quantity_ordered: 14, maker: BLR}
    - {id: r-77, designation: R-77, category: missiles}
summary: A deal that only the tests know.
sources:
  - url: https://one.example/deal
    publisher: Reuters
    title: "= a title that begins with a sign"
    language: en
    read: 2026-11-24
    reports:
      participants.supplier: [RUS]
      participants.recipient: [DZA]
      status: completed
      details.mode: sale
      details.order_date: 2014-03-05
      details.delivery_start_date: 2015
      details.delivery_end_date: 2016
      details.value_usd: {low: 1000000000, high: 1500000000}
      details.value_scope: contract
      details.items: [su-30, r-77]
      details.items.su-30.quantity_ordered: [14, {value: 16, qualifier: up_to}]
      details.items.su-30.maker: BLR
  - url: https://two.example/deal
    publisher: TASS
    language: ru
    read: 2026-11-24
    reports:
      details.value_usd: 1200000000
"""


class Project:
    """A data folder of its own, to write events into, check and compile."""

    def __init__(self, root: Path) -> None:
        self.data = root / "data"
        (self.data / "events").mkdir(parents=True)
        for path in (REPOSITORY / "data").iterdir():
            if path.is_file():
                shutil.copy(path, self.data / path.name)
        searches = (self.data / "searches.csv").read_text("utf-8").splitlines()[0]
        (self.data / "searches.csv").write_text(searches + "\n", "utf-8")
        # The codebook shows them.
        reliability = Path("validation", "reliability")
        (root / reliability).mkdir(parents=True)
        for name in AGREEMENT_TABLES:
            shutil.copy(REPOSITORY / reliability / name, root / reliability / name)

    def write(self, text: str | bytes, name: str, folder: str) -> Path:
        path = self.data / "events" / folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def exercise(self, text: str | bytes = EXERCISE, name: str = "je-test-drill-2018") -> Path:
        return self.write(text, name, "joint_exercise/2018")

    def transfer(self, text: str = TRANSFER) -> Path:
        return self.write(text, "at-test-deal-2014", "arms_transfer/2014")

    def problems(self) -> list[str]:
        return [str(problem) for problem in check(self.data)]

    def compile(self) -> Path:
        compile_release(self.data)
        return self.data / "release"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)
