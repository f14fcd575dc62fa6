"""Splink 5 on DuckDB looking one record up among many, run by the Python that has it installed.

`python identity_lookup_peer.py FILE COUNT` prints JSON: the milliseconds of each look-up. The
model is that of Splink's own FEBRL example; since the million tell of each person once, no EM is
run, which changes how pairs are weighed and not how long it takes. Each record is registered
and weighed by `predict_between`, which replaces `find_matches_to_new_records`.
"""

# pyright: basic, reportMissingImports=false
# Splink is not among the project's own libraries: it is installed beside them, or not at all.

import json
import logging
import sys
import time

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

WARM_UP = 2


def settings() -> SettingsCreator:
    """Give the model of Splink's example for FEBRL, on the columns that are there."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="unique_id",
        blocking_rules_to_generate_predictions=[
            block_on("given_name", "surname"),
            block_on("date_of_birth"),
            block_on("postcode", "surname"),
            block_on("given_name", "street"),
            block_on("email"),
        ],
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d"
            ),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("street", 2),
            cl.ExactMatch("suburb").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ],
    )


def main(file: str, count: int) -> None:
    """Train, then look records of the file up one by one under another id."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE people AS SELECT * FROM read_csv(?, all_varchar = true)", [file]
    )
    api = DuckDBAPI(connection)
    people = api.register("people")
    linker = Linker(people, settings())
    linker.training.estimate_probability_two_random_records_match(
        [block_on("given_name", "surname", "date_of_birth")], recall=0.6
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000, seed=1)
    for column in ("given_name", "surname", "postcode", "suburb", "email"):
        linker.table_management.compute_tf_table(column)
    connection.execute(
        "CREATE TABLE asked AS SELECT * FROM people "  # noqa: S608 - a number
        f"USING SAMPLE reservoir({count + WARM_UP} ROWS) REPEATABLE (7)"
    )
    ids = [row[0] for row in connection.execute("SELECT unique_id FROM asked").fetchall()]
    waits = []
    for place, unique_id in enumerate(ids):
        connection.execute(
            f"CREATE TABLE new_{place} AS SELECT * REPLACE ('new' AS unique_id) FROM asked "  # noqa: S608 - a number
            "WHERE unique_id = ?",
            [unique_id],
        )
        began = time.perf_counter()
        new = api.register(f"new_{place}")
        found = linker.inference.predict_between(
            people, new, threshold_match_probability=0.5, warning_mode="never"
        )
        connection.execute(f"SELECT count(*) FROM {found.physical_name}").fetchall()  # noqa: S608 - Splink's own name
        waits.append((time.perf_counter() - began) * 1000)
    print(json.dumps({"milliseconds": waits[WARM_UP:]}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
