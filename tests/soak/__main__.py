"""``make soak``: the long trials, with what they found."""

import argparse
import sys

from tests.soak import refunds


def main():
    parser = argparse.ArgumentParser(description="Refunds while processes are killed at random moments.")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--seed", type=int, default=None, help="repeat the same choices")
    chosen = parser.parse_args()
    report = refunds.run(chosen.trials, seed=chosen.seed)
    print(report)
    return 1 if report.violations else 0


if __name__ == "__main__":
    sys.exit(main())
