"""Signals a host can listen to.

The sender is always the `TalentPool`. Every signal is sent after the commit, so a receiver reads what is
stored; keywords carry ids, never personal data. A receiver that raises is logged and changes nothing.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

decision_made = _signals.signal(
    "decision-made",
    doc="""An application got an outcome, noticed in the host or made on our pages. The first start's
    baseline does not send it.

    Keywords: `decision_id` (int).
    """,
)

letter_scheduled = _signals.signal(
    "letter-scheduled",
    doc="""A letter was composed and now waits: for its time, or held for a person.

    Keywords: `letter_id` (int).
    """,
)

told = _signals.signal(
    "told",
    doc="""A person learnt of the outcome: the letter went, or someone marked it as told.

    Keywords: `decision_id` (int), `channel` (str, such as "letter", "phone", "in_person" or "host").
    """,
)

taken_back = _signals.signal(
    "taken-back",
    doc="""A decision was taken back, in the host or on our pages; its unsent letter is cancelled.

    Keywords: `decision_id` (int).
    """,
)

letter_sent = _signals.signal(
    "letter-sent",
    doc="""A mail server took a letter, or a person found out that it had arrived.

    Keywords: `letter_id` (int).
    """,
)

letter_held = _signals.signal(
    "letter-held",
    doc="""A letter that was due was held at the last moment, because something is different now; its row says
    what.

    Keywords: `letter_id` (int).
    """,
)

letter_cancelled = _signals.signal(
    "letter-cancelled",
    doc="""A letter that was due was cancelled at the last moment: the host no longer says so, the person was told
    another way, or what it says is no longer so.

    Keywords: `letter_id` (int).
    """,
)

letter_failed = _signals.signal(
    "letter-failed",
    doc="""A letter could not be handed over and needs a person: its state is `failed` or `unknown`.

    Keywords: `letter_id` (int).
    """,
)

place_taken = _signals.signal(
    "place-taken",
    doc="""A person took the place in a pool that a letter had offered.

    Keywords: `member_id` (int).
    """,
)

left_pool = _signals.signal(
    "left-pool",
    doc="""A place in a pool ended: the person left it, it lapsed, or someone removed it.

    Keywords: `member_id` (int).
    """,
)

recalled = _signals.signal(
    "recalled",
    doc="""A person was invited back to a job.

    Keywords: `recall_id` (int).
    """,
)

recall_answered = _signals.signal(
    "recall-answered",
    doc="""A person answered an invitation back.

    Keywords: `recall_id` (int), `state` (`RecallState`: accepted, declined or not_now).
    """,
)

reply_received = _signals.signal(
    "reply-received",
    doc="""Somebody wrote to us: an answer to a letter, a thank-you note, or a mail of which nobody knows whose it is.

    Keywords: `incoming_id` (int), `kind` (str: "reply", "thank_you" or "unknown"), `is_urgent` (bool).
    """,
)

letter_returned = _signals.signal(
    "letter-returned",
    doc="""A mail server reported that a letter could not be delivered. It is not sent again by itself.

    Keywords: `letter_id` (int), `incoming_id` (int), `is_permanent` (bool: nothing more is sent to the address).
    """,
)
