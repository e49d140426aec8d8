"""What a candidate gets who opens our pages in the running app: the host's own code runs before each of them."""

from collections.abc import Iterator
from http import HTTPStatus

from flask import current_app

from flask_talentpool.context import Context
from flask_talentpool.links import new_token


def opened(ctx: Context) -> Iterator[tuple[str, bool, str]]:
    """Open one of each of the pages that letters lead to, as somebody who is not signed in.

    Returns:
        What was opened, whether it is as it should be, and a sentence about it.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 (Flask's documented way to the app)
    base, prefix = ctx.settings.public_url or "http://localhost", ctx.settings.url_prefix
    for what, path, expected in (
        ("candidate's link", f"/l/{new_token()}", HTTPStatus.NOT_FOUND),
        ("unsubscribe page", f"/u/{new_token()}", HTTPStatus.OK),
        ("guide page", "/guide/", HTTPStatus.OK),
    ):
        try:
            with app.test_client() as client, client.get(f"{prefix}{path}", base_url=base) as answer:
                is_fine = answer.status_code == expected and "no-referrer" in answer.headers.get(
                    "Referrer-Policy", ""
                )
                got, leads_to = f"answers {answer.status_code}", answer.headers.get("Location", "")
        except Exception as error:  # noqa: BLE001 (it is the host's code)
            is_fine, got, leads_to = False, f"raises {type(error).__name__}", ""
        if is_fine:
            yield what, True, "It opens without signing in."
            continue
        if leads_to:
            got += f" and leads to {leads_to.partition('?')[0]}"
        says = (
            f"It {got} for somebody who is not signed in, and letters lead there. Let what your app does before each "
            "request pass the endpoints talentpool.link, talentpool.unsubscribe and talentpool.guide_…."
        )
        yield what, False, says
