"""``make bench``: quality first, then the running product."""

import sys

from tests.benchmarks import quality, running


def main():
    quality.main()
    running.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
