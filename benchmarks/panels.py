"""The full dyad-year panel, against the same panel written by hand in pandas.

Both run in fresh processes, so that the peak of memory is theirs alone; the panels are compared
cell by cell before anything is printed. Memory is read from /proc, so that this needs Linux.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

REPOSITORY = Path(__file__).parents[1]
TABLE = "arms_transfers"

#: What a process runs. Seconds are without imports; the peak is the whole process's.
_MEASURE = """
import json, sys, time
import pandas
import {module}
begin = time.perf_counter()
panel = {call}
seconds = time.perf_counter() - begin
# Not ru_maxrss, which a process inherits from the one that started it.
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
peak = int(status["VmHWM"].split()[0]) / 1024
if len(sys.argv) > 1:
    panel.to_parquet(sys.argv[1])
print(json.dumps({{"seconds": seconds, "peak": peak, "rows": len(panel)}}))
"""


def by_hand(table: str = TABLE) -> pd.DataFrame:
    """The directed dyad-years of a table as an analyst would write them, release in hand.

    One row an ordered pair of states and year: codes and regimes of both sides, number of events
    held, zero where an open search covers the cell.
    """
    import autocoop

    actors = autocoop.load("actors", where={"kind": "state"})
    actors = actors[["actor_id", "iso3", "cow_code", "gw_code", "vdem_id", "valid_from"]]
    regimes = autocoop.load("regimes")
    years = regimes[["year"]].drop_duplicates()
    states = actors.merge(years, how="cross")
    begins = states.pop("valid_from").dt.year
    states = states[begins.isna() | (begins <= states["year"])]
    states = states.merge(regimes, on=["actor_id", "year"], how="left")
    panel = states.merge(states, on="year", suffixes=("_a", "_b"))
    panel = panel[panel["actor_id_a"] != panel["actor_id_b"]]
    keys = ["actor_id_a", "actor_id_b", "year"]
    deals = autocoop.load(table, where={"status": ["contracted", "under_way", "completed"]})
    deals = deals.rename(columns={"supplier": "actor_id_a", "recipient": "actor_id_b"})
    counts = deals.groupby(keys).size().rename(table).reset_index()
    panel = panel.merge(counts, on=keys, how="left")
    searches = autocoop.load("searches", where={"type": "arms_transfer", "scope": "open"})
    searches = searches[searches["series_id"].isna() & (searches["outcome"] != "unclear")]
    searches = searches.explode("actor_ids").rename(columns={"actor_ids": "actor_id_a"})
    everybody = actors["actor_id"].tolist()
    searches["actor_id_b"] = [
        everybody if partners is pd.NA else list(partners) for partners in searches["partner_ids"]
    ]
    searches["year"] = [
        list(range(first, last + 1))
        for first, last in zip(searches["year_from"], searches["year_to"], strict=True)
    ]
    searches = searches.explode("actor_id_b").explode("year")[keys].drop_duplicates()
    searches = searches.astype({"year": "Int64"})
    panel = panel.merge(searches.assign(is_searched=True), on=keys, how="left")
    is_zero = panel.pop("is_searched").notna() & panel[table].isna()
    # A democracy's deals are out of the dataset's scope.
    is_zero &= ~(panel["regime_a"] >= 2).fillna(False).astype(bool)
    panel[table] = panel[table].astype("Int64").mask(is_zero, 0)
    return panel.sort_values(keys, ignore_index=True)


def _measured(module: str, call: str, path: str | None = None) -> dict:
    environment = {**os.environ, "PYTHONPATH": f"{REPOSITORY / 'src'}{os.pathsep}{REPOSITORY}"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    code = _MEASURE.format(module=module, call=call)
    command = [sys.executable, "-c", code, *([path] if path else [])]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def panel(rounds: int = 5) -> None:
    """Seconds and peak memory of the full panel, of one table by hand and with `panel`."""
    everything = "autocoop.panel('dyad-year')"
    ours = f"autocoop.panel('dyad-year', tables={TABLE!r})"
    hand = "benchmarks.panels.by_hand()"
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / name) for name in ("ours.parquet", "hand.parquet")]
        _measured("autocoop", ours, paths[0])
        _measured("benchmarks.panels", hand, paths[1])
        left, right = (pd.read_parquet(path) for path in paths)
    for column in right.columns:
        same = left[column].astype(object).where(left[column].notna(), None)
        other = right[column].astype(object).where(right[column].notna(), None)
        if not (same == other)[same.notna() | other.notna()].all():
            raise SystemExit(f"the two panels differ in {column}")
    print(f"the panels agree: {len(left):,} rows, {len(right.columns)} columns in common")
    for name, module, call in (
        ("autocoop.panel, all tables", "autocoop", everything),
        (f"autocoop.panel, {TABLE}", "autocoop", ours),
        (f"by hand, {TABLE}", "benchmarks.panels", hand),
    ):
        found = [_measured(module, call) for _ in range(rounds)]
        seconds = sorted(one["seconds"] for one in found)
        peak = max(one["peak"] for one in found)
        print(
            f"{name:<32}{found[0]['rows']:>10,} rows  median {seconds[rounds // 2]:.2f} s, "
            f"slowest {seconds[-1]:.2f} s  peak {peak:,.0f} MB"
        )
