"""Splink 5 on DuckDB with its documented settings, run by the Python that has it installed.

`python identity_accuracy_peer.py historical FILE` prints pairs above 1 % as `left right p` and
then `cluster` lines at 0.95, for `bench.identity_accuracy` to score.
"""

# pyright: basic, reportMissingImports=false
# Splink is not among the project's own libraries: it is installed beside them, or not at all.

import json
import sys

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

THRESHOLDS = (0.01, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99, 0.995, 0.999)


def settings() -> SettingsCreator:
    """Give the model of Splink's own example of historical persons."""
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="unique_id",
        blocking_rules_to_generate_predictions=[
            block_on("first_name", "surname"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode_fake", "first_name"),
            block_on("postcode_fake", "surname"),
            block_on("dob", "birth_place"),
            block_on("substr(postcode_fake,1,3)", "dob"),
            block_on("substr(postcode_fake,1,3)", "first_name"),
            block_on("substr(postcode_fake,1,3)", "surname"),
            block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
        ],
        comparisons=[
            cl.ForenameSurnameComparison(
                "first_name", "surname", forename_surname_concat_col_name="first_and_surname"
            ),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
    )


def main(file: str) -> None:
    """Fit without the truth, predict, cluster at each threshold, print the partitions."""
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE people AS SELECT * EXCLUDE (cluster) FROM read_parquet(?)", [file]
    )
    api = DuckDBAPI(connection)
    linker = Linker(api.register("people"), settings())
    linker.training.estimate_probability_two_random_records_match(
        [
            block_on("first_name", "surname", "dob"),
            block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
            block_on("dob", "postcode_fake"),
        ],
        recall=0.6,
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=5_000_000, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(
        block_on("first_name", "surname")
    )
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("dob"))
    pairs = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    partitions: dict[str, list[tuple[str, str]]] = {}
    for threshold in THRESHOLDS:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, threshold_match_probability=threshold
        )
        rows = connection.execute(
            f"SELECT unique_id, cluster_id FROM {clusters.physical_name}"  # noqa: S608 - Splink's own name
        ).fetchall()
        partitions[str(threshold)] = rows
    found = connection.execute(
        f"SELECT unique_id_l, unique_id_r, match_probability FROM {pairs.physical_name}"  # noqa: S608 - as above
    ).fetchall()
    json.dump({"pairs": found, "partitions": partitions}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
