"""P7: a recall opens one live process, or is refused clearly; the old application is never touched."""

import pytest
import sqlalchemy as sa

from flask_talentpool.enums import RecallState
from flask_talentpool.errors import NotFound, Refused
from flask_talentpool.recalls import service as recalls
from flask_talentpool.recalls.asked import APART
from flask_talentpool.recalls.bench import bench
from tests.support.people import RITA


def invite(world, application, **options):
    key = application.id
    return world.change(
        lambda ctx: (
            recalls.invite(
                ctx, world.decision(world.session.get(world.Application, key)), by=RITA, **options
            ).id
        )
    )


def answer(world, recall_id, said, **options):
    return world.change(
        lambda ctx: recalls.answer(ctx, ctx.session.get(ctx.models.recall, recall_id), said, **options).state
    )


def recall_row(world, recall_id):
    world.session.rollback()
    return world.session.get(world.m.recall, recall_id, populate_existing=True)


def applications(world):
    world.session.rollback()
    return world.session.execute(sa.select(world.Application.__table__).order_by(world.Application.id)).all()


def test_two_recruiters_inviting_at_once_make_one_recall_and_one_letter(world, smtp_server):
    (application,) = world.told()
    key = application.id

    def press():
        return world.change(
            lambda ctx: (
                recalls.invite(ctx, world.decision(world.session.get(world.Application, key)), by=RITA).id
            )
        )

    results = world.at_once(*[press] * 6)

    refused = [result for result in results if isinstance(result, Exception)]
    assert len(refused) == 5
    assert {(type(error), str(error)) for error in refused} == {(Refused, "Has been invited already.")}
    assert world.count(world.m.recall) == 1
    world.send(smtp_server)
    assert len(smtp_server.mails) == 1


def test_six_yes_clicks_at_once_open_one_new_application(world):
    (application,) = world.told()
    recall_id = invite(world, application)

    results = world.at_once(*[lambda: answer(world, recall_id, RecallState.ACCEPTED)] * 6)

    assert not [result for result in results if isinstance(result, Exception)]
    assert len(applications(world)) == 2
    recall = recall_row(world, recall_id)
    assert (recall.state, recall.attention) == ("opened", "")
    assert recall.application_key == str(applications(world)[1].id)


def test_yes_and_no_at_once_leave_one_answer(world):
    (application,) = world.told()
    recall_id = invite(world, application)

    world.at_once(
        lambda: answer(world, recall_id, RecallState.ACCEPTED),
        lambda: answer(world, recall_id, RecallState.DECLINED),
    )

    state = recall_row(world, recall_id).state
    assert (state, len(applications(world))) in {("opened", 2), ("declined", 1)}


def test_saying_yes_again_changes_nothing(world):
    (application,) = world.told()
    recall_id = invite(world, application)
    for said in (RecallState.ACCEPTED, RecallState.ACCEPTED, RecallState.DECLINED, RecallState.NOT_NOW):
        answer(world, recall_id, said)

    assert len(applications(world)) == 2
    assert recall_row(world, recall_id).state == "opened"


def test_not_now_can_still_become_a_yes(world):
    (application,) = world.told()
    recall_id = invite(world, application)
    answer(world, recall_id, RecallState.NOT_NOW)
    with pytest.raises(Refused, match="not now"):
        invite(world, application)

    answer(world, recall_id, RecallState.ACCEPTED)

    assert len(applications(world)) == 2


def test_the_old_application_is_not_touched(world, smtp_server):
    (application,) = world.told()
    world.session.execute(sa.update(world.Application).values(note="the interviewer's own note"))
    world.session.commit()
    before = applications(world)[0]

    recall_id = invite(world, application)
    world.send(smtp_server)
    answer(world, recall_id, RecallState.ACCEPTED)
    world.tp.sync()
    world.send(smtp_server)

    assert applications(world)[0] == before
    assert world.decision(application).state == "live"
    to_the_person = [mail for mail in smtp_server.mails if mail.rcpt_tos != (RITA.email,)]
    assert len(to_the_person) == 1, "the invitation, and no acknowledgement or second outcome"
    assert len(smtp_server.mails) == 2, "and Rita, who invited them, hears of the yes"


def test_somebody_in_the_process_already_is_not_invited(world):
    (application,) = world.told()
    again = world.Application(
        candidate=application.candidate, job=application.job, status="open", stage="screen", scope=""
    )
    world.session.add(again)
    world.session.commit()

    with pytest.raises(Refused, match="in the process for this job already"):
        invite(world, application)


def test_somebody_in_the_process_under_another_row_of_theirs_is_not_invited(world):
    (application,) = world.told()
    twin = world.Candidate(full_name=application.candidate.full_name, email=application.candidate.email)
    other = world.Application(
        candidate=twin, job=application.job, status="rejected", stage="screen", scope=""
    )
    world.session.add(other)
    world.session.commit()
    world.tp.sync()  # links the second row to the same person
    world.set_status("open", other)

    with pytest.raises(Refused, match="in the process for this job already"):
        invite(world, application)


def test_a_yes_of_somebody_who_came_back_by_themselves_meanwhile_opens_no_second_process(world):
    (application,) = world.told()
    recall_id = invite(world, application)
    again = world.Application(
        candidate=application.candidate, job=application.job, status="open", stage="screen", scope=""
    )
    world.session.add(again)
    world.session.commit()

    answer(world, recall_id, RecallState.ACCEPTED)

    assert len(applications(world)) == 2
    recall = recall_row(world, recall_id)
    assert recall.state == "accepted"
    assert "in the process" in recall.attention


def test_somebody_whose_recall_opened_a_process_is_not_invited_beside_it(world):
    (application,) = world.told()
    answer(world, invite(world, application), RecallState.ACCEPTED)

    with pytest.raises(Refused, match="in the process for this job already"):
        invite(world, application)


def test_somebody_who_said_no_is_not_asked_again(world):
    (application,) = world.told()
    answer(world, invite(world, application), RecallState.DECLINED)

    with pytest.raises(Refused, match="Said no"):
        invite(world, application)
    (row,) = bench(world.tp.context(), str(application.job_id), None)
    assert row.obstacle == "Said no to this job."


def test_somebody_who_asked_never_to_be_invited_again_is_not(world, smtp_server):
    (application,) = world.told()
    recall_id = invite(world, application)
    answer(world, recall_id, RecallState.DECLINED, never_again=True)

    with pytest.raises(Refused, match="Asked not to be invited again"):
        invite(world, application)
    world.send(smtp_server)
    assert smtp_server.mails == [], "an invitation that was answered does not go any more"


def test_somebody_who_has_not_been_told_is_not_invited(world):
    (application,) = world.rejected()

    with pytest.raises(Refused, match="Has not been told"):
        invite(world, application)


def test_an_invitation_withdrawn_in_time_does_not_go_and_leaves_room_for_another(world, smtp_server):
    (application,) = world.told()
    recall_id = invite(world, application)
    world.change(lambda ctx: recalls.withdraw(ctx, ctx.session.get(ctx.models.recall, recall_id), by=RITA))
    world.send(smtp_server)
    assert smtp_server.mails == []

    answer(world, recall_id, RecallState.ACCEPTED)
    assert recall_row(world, recall_id).state == "closed"
    assert len(applications(world)) == 1
    invite(world, application)
    world.send(smtp_server)
    assert len(smtp_server.mails) == 1


@pytest.mark.parametrize(
    "how", ["raises", "returns nothing", "returns something else", "breaks the database"]
)
def test_when_the_host_cannot_open_the_process_the_yes_is_kept(world, how):
    (application,) = world.told()
    recall_id = invite(world, application)

    def opener(candidate, job, recall):
        if how == "raises":
            world.session.add(world.Application(candidate=candidate, job=job, status="open"))
            raise RuntimeError("the host is not ready")
        if how == "breaks the database":
            world.session.add(world.Application(id=application.id, status="open"))
            world.session.flush()
        return None if how == "returns nothing" else candidate

    world.open_application = opener
    answer(world, recall_id, RecallState.ACCEPTED)

    recall = recall_row(world, recall_id)
    assert recall.state == "accepted"
    assert "by hand" in recall.attention
    assert recall.answered_at is not None
    assert len(applications(world)) == 1
    world.change(
        lambda ctx: recalls.opened_by_hand(ctx, ctx.session.get(ctx.models.recall, recall_id), by=RITA)
    )
    assert recall_row(world, recall_id).state == "opened"


def test_a_link_to_a_forgotten_answer_is_no_answer(world):
    (application,) = world.told()
    recall_id = invite(world, application)

    with pytest.raises(NotFound):
        answer(world, recall_id, RecallState.OPENED)


def test_the_recall_of_one_job_leaves_another_job_free(world):
    (first,) = world.told()
    second = world.Application(
        candidate=first.candidate,
        job=world.Job(title="Data Engineer"),
        status="open",
        stage="final",
        scope="",
    )
    world.session.add(second)
    world.session.commit()
    world.reject(second)
    world.tp.told(second, channel="phone", by=RITA)
    world.session.commit()

    for application in (first, second):
        answer(world, invite(world, application), RecallState.ACCEPTED)
        world.clock.advance(APART)

    assert len(applications(world)) == 4
