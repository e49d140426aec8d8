"""The kinds of letters: one class each says whether a letter may still go, and what follows when it went."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import sqlalchemy as sa

from flask_talentpool.context import SOFTWARE, Answer, Cancel, Context, Go, Hold
from flask_talentpool.db.arrays import insert_all
from flask_talentpool.enums import HoldReason, LetterKind
from flask_talentpool.letters.incoming.suppression import returned_among
from flask_talentpool.letters.model import LetterMixin

_UNKNOWN = Hold(HoldReason.TEXT, "This version knows no such kind of letter; another version wrote it.")


class Kind:
    """What one kind of letter does; each part has a subclass of its own, the composition root registers it."""

    kind: ClassVar[LetterKind]
    title: ClassVar[str] = ""
    """What a touch calls such a letter; empty where it leaves none, being written to a colleague."""
    passing: ClassVar[frozenset[HoldReason]] = frozenset(HoldReason) - {
        HoldReason.BY_HAND,
        HoldReason.SIGNED_ANEW,
    }
    """Reasons that may pass by themselves: letters held for them are looked at again, see ``held``."""
    asks_what_came_back: ClassVar[bool] = False
    """Whether ``may_go`` asks itself if mail to the address came back for good; else that is asked of all at once."""

    def title_of(self, letter: LetterMixin) -> str:  # noqa: ARG002 (subclasses use it)
        """Return what a touch calls this letter."""
        return self.title

    def may_go(self, ctx: Context, letters: Sequence[LetterMixin]) -> dict[int, Answer]:
        """Say of each letter, by its id, whether it may be handed over; may rewrite it first.

        Args:
            ctx: The unit of work.
            letters: Of this kind, locked and read since.
        """
        return {letter.id: self.may_go_one(ctx, letter) for letter in letters}

    def may_go_one(self, ctx: Context, letter: LetterMixin) -> Answer:  # noqa: ARG002 (subclasses use them)
        """Say so of one letter; it just goes where nothing else is said."""
        return Go()

    def cancelled(self, ctx: Context, letter: LetterMixin) -> None:
        """Undo what the letter would have brought about; its answer is that it never goes."""

    def went(self, ctx: Context, letters: Sequence[LetterMixin]) -> None:
        """Write down what follows from letters of this kind that have gone."""
        for letter in letters:
            self.went_one(ctx, letter)

    def went_one(self, ctx: Context, letter: LetterMixin) -> None:
        """Write it down of one letter."""


Kinds = Mapping[LetterKind, Kind]


def may_send(ctx: Context, letters: Sequence[LetterMixin]) -> dict[int, Answer]:
    """Say of each letter, by its id, whether it may be handed over as it stands then.

    Args:
        ctx: The unit of work.
        letters: Of any kind, locked and read since. One of a kind that another version wrote is held.
    """
    answers: dict[int, Answer] = {letter.id: _UNKNOWN for letter in letters}
    for kind, those in _by_kind(ctx, letters):
        answers |= kind.may_go(ctx, those)
        for letter in those:
            if isinstance(answers[letter.id], Cancel):
                kind.cancelled(ctx, letter)
    going = [letter for letter in letters if isinstance(answers[letter.id], Go)]
    # Whoever approved a letter without text has not seen a word of it.
    blank = {letter.id: Hold(HoldReason.TEXT) for letter in going if not letter.text.strip()}
    unasked = [letter for letter in going if not ctx.seams.kinds[letter.kind].asks_what_came_back]
    returned = returned_among(ctx, [(letter.scope, letter.to_address) for letter in unasked])
    came_back = {
        letter.id: Hold(HoldReason.RETURNED)
        for letter in unasked
        if (letter.scope, letter.to_address) in returned
    }
    return answers | came_back | blank


def settled(ctx: Context, letters: Sequence[LetterMixin]) -> None:
    """Write down what follows from letters that have gone: what their kinds say, and a touch of each person."""
    for kind, those in _by_kind(ctx, letters):
        kind.went(ctx, those)
    touches = [
        {
            "scope": letter.scope,
            "person_id": letter.person_id,
            "at": ctx.now(),
            "direction": "out",
            "channel": "mail",
            "what": title,
            "by": SOFTWARE.id,
            "letter_id": letter.id,
        }
        for letter in letters
        if letter.person_id is not None and (title := _title(ctx, letter))
    ]
    if touches:
        mapper = sa.inspect(ctx.models.touch)
        insert_all(ctx.session.connection(bind_arguments={"mapper": mapper}), ctx.models.touch, touches)


def _title(ctx: Context, letter: LetterMixin) -> str:
    kind = ctx.seams.kinds.get(letter.kind)
    return kind.title_of(letter) if kind is not None else letter.kind


def _by_kind(ctx: Context, letters: Iterable[LetterMixin]) -> list[tuple[Kind, list[LetterMixin]]]:
    found: dict[Any, list[LetterMixin]] = defaultdict(list)
    for letter in letters:
        found[letter.kind].append(letter)
    kinds = ctx.seams.kinds
    return [(kinds[kind], those) for kind, those in found.items() if kind in kinds]


class ColleagueLetters(Kind):
    """Letters to colleagues; what each is about says the first word of its occasion. Others just go."""

    kind = LetterKind.COLLEAGUE

    def __init__(self, about: Mapping[str, Kind]) -> None:
        """Register them.

        Args:
            about: What says whether one may go and what follows, by the first word of its occasion.
        """
        self._about = about
        self._other = Kind()

    def _of(self, letter: LetterMixin) -> Kind:
        return self._about.get(letter.occasion.partition(":")[0], self._other)

    def may_go_one(self, ctx: Context, letter: LetterMixin) -> Answer:
        """Ask what the letter is about."""
        return self._of(letter).may_go_one(ctx, letter)

    def went_one(self, ctx: Context, letter: LetterMixin) -> None:
        """Tell what the letter was about."""
        self._of(letter).went_one(ctx, letter)
