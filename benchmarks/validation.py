"""`validate` against others with the same rules, on synthetic participants, side by side.

``python -m benchmarks validate [ROWS …]`` (10,000 and 1,000,000 by default) runs each validator in
a process of its own on the same file and prints seconds, peak memory, and the ratio to `validate`.
frictionless reads the table as CSV, since it cannot read Parquet with pandas 3; it and Great
Expectations are left out above a million rows. A validator that is not installed is named.
Before it is measured, each has to find a fault that was planted in a small file.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

TABLE = "participants"
SLOW = ("frictionless", "great_expectations")
SLOW_LIMIT = 1_000_000
CHUNK = 500_000


def make(path: Path, rows: int, *, is_faulty: bool = False) -> None:
    """A valid table of so many rows; a faulty one has one wrong role, in its last row."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from autocoop.loading import read
    from autocoop.schemas import describe
    from autocoop.schemas import vocabularies as v

    info = describe(TABLE)
    schema = pa.schema([(column.name, column.arrow_type) for column in info.columns])
    actors = np.array(read("actors")["actor_id"].to_pylist(), object)
    roles = np.array(list(v.ROLE), object)
    random = np.random.default_rng(20261124)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for begin in range(0, rows, CHUNK):
            number = np.arange(begin, min(begin + CHUNK, rows))
            count = len(number)
            is_missing = random.random(count) < 0.3
            day = random.integers(11_000, 20_000, count).astype("int32")
            low = random.integers(0, 1_000, count)
            role = roles[number % 5]
            if is_faulty and begin + count == rows:
                role[-1] = "nobody"
            columns = {
                "event_id": [f"je-exercise-{event}" for event in (number // 5).tolist()],
                "actor_id": actors[(number * 7) % len(actors)],
                "role": role,
                "start_date": pa.array(day, pa.int32(), mask=is_missing).cast(pa.date32()),
                "start_precision": pa.array(np.full(count, "day", object), mask=is_missing),
                "end_date": pa.array(day + 5, pa.int32()).cast(pa.date32()),
                "end_precision": np.full(count, "day", object),
                "personnel_low": pa.array(low, pa.int64(), mask=is_missing),
                "personnel_best": pa.array(low + 5, pa.int64(), mask=is_missing),
                "personnel_high": pa.array(low + 50, pa.int64(), mask=is_missing),
                "regime": number % 4,
                "is_regime_carried": number % 2 == 0,
            }
            writer.write_table(pa.table(columns, schema=schema))


# --- the validators: each says whether the file is valid -----------------------------------------


def autocoop(path: Path) -> bool:
    from autocoop import validate

    return bool(validate(path, TABLE))


def pandera(path: Path) -> bool:
    """The model on a frame that holds the whole table."""
    import pyarrow.parquet as pq
    from pandera.errors import SchemaErrors

    from autocoop.schemas import MODELS
    from autocoop.schemas.describe import to_pandas

    try:
        MODELS[TABLE].validate(to_pandas(pq.read_table(path)), lazy=True)
    except SchemaErrors:
        return False
    return True


def _rules() -> dict[str, list]:
    """The model's rules as plain values, for the validators that know no pandera."""
    from autocoop.schemas import describe
    from autocoop.schemas.columns import EVENT_ID_PATTERN

    columns = describe(TABLE).columns
    return {
        "required": [column.name for column in columns if not column.is_nullable],
        "values": [
            (column.name, list(column.vocabulary)) for column in columns if column.vocabulary
        ],
        "at_least_0": [column.name for column in columns if column.name.startswith("personnel_")],
        "ordered": [
            ("start_date", "end_date"),
            ("personnel_low", "personnel_best"),
            ("personnel_best", "personnel_high"),
            ("personnel_low", "personnel_high"),
        ],
        "pattern": [("event_id", EVENT_ID_PATTERN)],
        "codes": [("regime", [0, 1, 2, 3])],
        "key": list(describe(TABLE).key),
    }


def duckdb(path: Path) -> bool:
    """The query that one would write by hand."""
    import duckdb

    rules = _rules()
    wrong = [f"{name} IS NULL" for name in rules["required"]]
    wrong += [f"NOT regexp_full_match({name}, '{text}')" for name, text in rules["pattern"]]
    for name, values in (*rules["values"], *rules["codes"]):
        wrong.append(f"{name} NOT IN ({', '.join(map(repr, values))})")
    wrong += [f"{name} < 0" for name in rules["at_least_0"]]
    wrong += [f"{first} > {second}" for first, second in rules["ordered"]]
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in wrong)
    key = ", ".join(rules["key"])
    connection = duckdb.connect()
    (found,) = connection.execute(f"SELECT {counts} FROM '{path}'").fetchall()
    twice = connection.execute(
        f"SELECT 1 FROM '{path}' GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
    ).fetchall()
    return not any(found) and not twice


def frictionless(path: Path) -> bool:
    """Constraints of the fields and the key; the rules on the order of two columns are left out."""
    from frictionless import Resource, Schema, system

    from autocoop.compile.documents import FRICTIONLESS_TYPES
    from autocoop.schemas import describe

    rules = _rules()
    fields = {
        column.name: {
            "name": column.name,
            "type": FRICTIONLESS_TYPES[column.type_name],
            "constraints": {},
        }
        for column in describe(TABLE).columns
    }
    for name in rules["required"]:
        fields[name]["constraints"]["required"] = True
    for name, values in (*rules["values"], *rules["codes"]):
        fields[name]["constraints"]["enum"] = values
    for name in rules["at_least_0"]:
        fields[name]["constraints"]["minimum"] = 0
    for name, pattern in rules["pattern"]:
        fields[name]["constraints"]["pattern"] = pattern
    schema = Schema.from_descriptor({"fields": list(fields.values()), "primaryKey": rules["key"]})
    with system.use_context(trusted=True):
        return Resource(path=str(path.with_suffix(".csv")), schema=schema).validate().valid


def great_expectations(path: Path) -> bool:
    import great_expectations as gx
    import pyarrow.parquet as pq

    from autocoop.schemas.describe import to_pandas

    rules = _rules()
    expect = gx.expectations
    wanted = [expect.ExpectColumnValuesToNotBeNull(column=name) for name in rules["required"]]
    wanted += [
        expect.ExpectColumnValuesToMatchRegex(column=name, regex=f"^(?:{pattern})$")
        for name, pattern in rules["pattern"]
    ]
    wanted += [
        expect.ExpectColumnValuesToBeInSet(column=name, value_set=values)
        for name, values in (*rules["values"], *rules["codes"])
    ]
    wanted += [
        expect.ExpectColumnValuesToBeBetween(column=name, min_value=0)
        for name in rules["at_least_0"]
    ]
    wanted += [
        expect.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A=second,
            column_B=first,
            or_equal=True,
            ignore_row_if="either_value_is_missing",
        )
        for first, second in rules["ordered"]
    ]
    wanted.append(expect.ExpectCompoundColumnsToBeUnique(column_list=rules["key"]))
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = gx.data_context.types.base.ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("benchmark").add_dataframe_asset("table")
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch(
        {"dataframe": to_pandas(pq.read_table(path))}
    )
    return bool(batch.validate(gx.ExpectationSuite(name="rules", expectations=wanted)).success)


VALIDATORS: dict[str, Callable[[Path], bool]] = {
    function.__name__: function
    for function in (autocoop, pandera, duckdb, frictionless, great_expectations)
}

# --- measuring ------------------------------------------------------------------------------------


def measured(name: str, path: Path) -> dict | None:
    """Verdict, seconds of validating (imports aside) and peak memory, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.validation", name, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no reason given"
        print(f"{name}: not measured ({reason})")
        return None
    return json.loads(done.stdout.splitlines()[-1])


def one(name: str, path: Path) -> None:
    """Measures one validator on one file, once its modules are loaded, and prints it as JSON."""
    warm = path.with_name("warm.parquet")
    VALIDATORS[name](warm)
    times: list[float] = []
    # The median of several runs, where they are short.
    while not times or (sum(times) < 1 and len(times) < 15):
        begin = time.perf_counter()
        is_valid = VALIDATORS[name](path)
        times.append(time.perf_counter() - begin)
    seconds = statistics.median(times)
    print(json.dumps({"is_valid": is_valid, "seconds": seconds, "peak": peak_memory()}))


def peak_memory() -> int:
    """Bytes of the process's greatest resident memory."""
    status = Path("/proc/self/status")
    if status.exists():
        # The count of getrusage would begin with what the parent had at the fork.
        (line,) = (text for text in status.read_text().splitlines() if text.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    import resource

    # In bytes on macOS.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _as_csv(path: Path) -> None:
    import pyarrow.csv as pacsv
    import pyarrow.parquet as pq

    with (
        pq.ParquetFile(path) as file,
        pacsv.CSVWriter(path.with_suffix(".csv"), file.schema_arrow) as writer,
    ):
        for batch in file.iter_batches():
            writer.write_batch(batch)


def compare(sizes: list[int]) -> None:
    """Every validator on a table of each size."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {"warm": 1_000, "faulty": 10_000} | {f"rows{size}": size for size in sizes}
        for stem, rows in files.items():
            make(folder / f"{stem}.parquet", rows, is_faulty=stem == "faulty")
            if rows <= SLOW_LIMIT:
                _as_csv(folder / f"{stem}.parquet")
        able = []
        for validator in VALIDATORS:
            found = measured(validator, folder / "faulty.parquet")
            if found is not None and found["is_valid"]:
                print(f"{validator}: not measured (it does not see the planted fault)")
            elif found is not None:
                able.append(validator)
        for size in sizes:
            print(f"\n{size:,} rows")
            base = None
            for validator in able:
                if validator in SLOW and size > SLOW_LIMIT:
                    continue
                found = measured(validator, folder / f"rows{size}.parquet")
                if found is None:
                    continue
                base = base or found["seconds"]
                verdict = "" if found["is_valid"] else "  (calls it invalid)"
                print(
                    f"  {validator:<20}{found['seconds']:9.2f} s"
                    f"{found['seconds'] / base:8.2f} times{found['peak'] / 1e6:8,.0f} MB{verdict}"
                )


if __name__ == "__main__":
    one(sys.argv[1], Path(sys.argv[2]))
