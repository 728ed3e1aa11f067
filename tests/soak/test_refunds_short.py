"""Ten of the hundred trials of ``make soak``."""

from tests.soak import refunds


def test_ten_refunds_are_made_once_each_while_processes_are_killed():
    report = refunds.run(10, seed=3)
    assert report.violations == [], str(report)
