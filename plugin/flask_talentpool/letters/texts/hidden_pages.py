"""Letters without links to guide pages that the host hides."""

import re
from collections.abc import Callable, Sequence

_PAGE = re.compile(r"\[([^\[\]\n]{1,120})\]\(guide:([a-z-]+)\)")
_SENTENCE_END = re.compile(r"[.!?][\"”“»’)]?(?=\s+\S)")
_SHORT = re.compile(
    r"(?<!\w)(?:[^\W\d_]|(?<![.,:])\d{1,2}|abs|al|bspw|bzw|ca|co|dipl|dr|eg|etc|evtl|fr|frl|ggf|hr|ie|inc|ing|"
    r"inkl|jr|ltd|max|min|mr|mrs|ms|nr|prof|sen|sr|st|str|tel|usw|vgl|vs)\.[\"”“»’)]?$",
    re.IGNORECASE,
)
"""What ends in a dot and ends no sentence: an abbreviation, or a German date."""


def without_hidden(paragraphs: Sequence[str], guide_url: Callable[[str], str]) -> list[str]:
    """Return paragraphs that link only to pages there are.

    A paragraph that is nothing but such a link goes, with the sentence that announced it: one that ends in
    a colon. Pages it announced beside it stay and speak for themselves; "these two pages" would be wrong.
    Inside a sentence the words of the link stay.

    Args:
        paragraphs: In order, each one line.
        guide_url: Returns the address of a page of the guide; empty for a hidden one.

    >>> without_hidden(["Ask us. More:", "[A](guide:a)", "[B](guide:b)", "Yours"], {"a": "", "b": "/b/"}.get)
    ['Ask us.', '[B](guide:b)', 'Yours']
    """
    kept: list[str] = []
    announced: int | None = None
    for paragraph in paragraphs:
        link = _PAGE.fullmatch(paragraph)
        if link is None:
            announced = len(kept) if paragraph.endswith(":") else None
            kept.append(_PAGE.sub(lambda found: found[0] if guide_url(found[2]) else found[1], paragraph))
        elif guide_url(link[2]):
            kept.append(paragraph)
        elif announced is not None:
            kept[announced] = _without_last_sentence(kept[announced])
            announced = None
    return [paragraph for paragraph in kept if paragraph]


def _without_last_sentence(paragraph: str) -> str:
    ends = [found.end() for found in _SENTENCE_END.finditer(paragraph)]
    return paragraph[: max((end for end in ends if not _SHORT.search(paragraph[:end])), default=0)]
