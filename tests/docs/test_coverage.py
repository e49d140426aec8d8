"""Every point that the guide has to cover stands where `coverage.toml` says."""

import re
import tomllib
from pathlib import Path

import pytest

from flask_talentpool import guide
from flask_talentpool.config.guide_keys import CANDIDATES

POINTS = tomllib.loads((Path(__file__).parent / "coverage.toml").read_text(encoding="utf-8"))
READERS = {"candidates", "recruiters"}


@pytest.mark.parametrize(
    ("reader", "point"), [(reader, point) for reader, points in POINTS.items() for point in points],
    ids=lambda value: value if isinstance(value, str) else value["point"],
)  # fmt: skip
def test_a_point_is_covered(reader, point):
    assert set(point) == {"point", "page", "anchor"}
    html = guide.load(point["page"]).html

    ids = re.findall(r'\bid="([^"]+)"', html)

    assert point["anchor"] in ids, (
        f"{point['page']} has no section {point['anchor']}; it has {', '.join(ids)}"
    )
    assert reader != "candidates" or point["page"] in CANDIDATES


def test_no_point_is_listed_twice_and_both_readers_are_there():
    points = [point["point"] for listed in POINTS.values() for point in listed]

    assert set(POINTS) == READERS
    assert len(points) == len(set(points))
    assert all(len(POINTS[reader]) >= 20 for reader in READERS)
