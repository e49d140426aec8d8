"""The outcome letter among the kinds of letters."""

from flask_talentpool.context import Answer, Context
from flask_talentpool.decisions.outcome.draft import not_offered
from flask_talentpool.decisions.outcome.letter import outcome_may_go
from flask_talentpool.decisions.telling.told import outcome_went
from flask_talentpool.enums import LetterKind
from flask_talentpool.letters.kinds import Kind
from flask_talentpool.letters.model import LetterMixin


class OutcomeLetter(Kind):
    """Tells the person a decision; held ones are looked at with their decisions, see ``pending``."""

    kind = LetterKind.OUTCOME
    title = "outcome letter"
    passing = frozenset()

    def may_go_one(self, ctx: Context, letter: LetterMixin) -> Answer:
        """Read the host row once more."""
        return outcome_may_go(ctx, letter)

    def cancelled(self, ctx: Context, letter: LetterMixin) -> None:
        """Withdraw the place that it would have offered."""
        not_offered(ctx, letter)

    def went_one(self, ctx: Context, letter: LetterMixin) -> None:
        """Mark the person as told."""
        outcome_went(ctx, letter)
