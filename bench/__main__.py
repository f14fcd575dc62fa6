"""`python -m bench [NAME …]`: runs all benchmarks, or those that are named, one after another."""

import importlib
import sys

BENCHMARKS = (
    *(
        "starting",
        "order_intake",
        "tracking_ingest",
        "tracking_shuffles",
        "slot_race",
        "olist_import",
        "bus",
        "effect",
    ),
    *("identity_accuracy", "identity_arrival", "identity_lookup", "identity_search"),
    *(
        "first_load",
        "late_warning",
        "messages",
        "carrier_choice",
        "retry_storm",
        "growth",
        "archiving",
    ),
)


def main(names: list[str]) -> int:
    """Run benchmarks by name; an unknown name is told."""
    for name in names or BENCHMARKS:
        if name not in BENCHMARKS:
            print(f"There is no benchmark {name}; there are {', '.join(BENCHMARKS)}.")
            return 2
        importlib.import_module(f"bench.{name}").main()
    return 0


sys.exit(main(sys.argv[1:]))
