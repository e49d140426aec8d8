"""The progress letter among the kinds of letters: whether it may still go, and that the person has read a date."""

from flask_talentpool.answer_clock import owed_letter
from flask_talentpool.answer_clock.progress_letter import ProgressLetter
from flask_talentpool.context import Answer, Context
from flask_talentpool.letters.model import LetterMixin


class NoAnswerYet(ProgressLetter):
    """There is no answer yet: it is still open, or it is decided and we owe the answer; and by which day."""

    def title_of(self, letter: LetterMixin) -> str:
        """Return what a touch calls this one."""
        return "letter that we owe an answer" if letter.decision_id is not None else self.title

    def may_go_one(self, ctx: Context, letter: LetterMixin) -> Answer:
        """Look once more, with the letter locked: is what it says still true, and still in time?"""
        if letter.decision_id is not None:
            return owed_letter.may_go(ctx, letter)
        return super().may_go_one(ctx, letter)

    def went_one(self, ctx: Context, letter: LetterMixin) -> None:
        """The person has read a date."""
        if letter.decision_id is not None:
            owed_letter.went(ctx, letter)
        else:
            super().went_one(ctx, letter)
