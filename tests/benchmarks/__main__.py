"""``make bench``: quality first, then growth, then the running product. Numbers are sizes for growth alone."""

import sys

from tests.benchmarks import crawling, quality, running, scale, sweeping


def main(sizes):
    if sizes:
        scale.main([int(size) for size in sizes])
        return 0
    quality.main()
    sweeping.main()
    scale.main()
    running.main()
    crawling.main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
