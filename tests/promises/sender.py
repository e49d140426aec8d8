"""What a dispatcher process of these tests runs; forked from a server that has imported everything."""

from datetime import timedelta

from tests.promises.world import World


def send_all(url: str, mail_url: str, lease_seconds: float, report_to: str = "") -> None:
    """Hand over everything that is due, then end."""
    world = World(url, TALENTPOOL_MAIL_URL=mail_url)
    with world.app.app_context():
        report = world.tp.dispatch(lease=timedelta(seconds=lease_seconds))
    world.close()
    if report_to:
        with open(report_to, "w", encoding="utf-8") as file:  # noqa: PTH123 (a path as it was given)
            file.write(f"{report.sent} {report.unknown}")
