"""Who may do what: the rights table, default deny, and Flask-Login."""

import enum
import sys
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_login import LoginManager, UserMixin, login_user
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column, relationship
from werkzeug.exceptions import Forbidden, Unauthorized

from flask_talentpool.access import RIGHTS, Access, Action, Actor, Role, Subject, owner_key, rights_table
from flask_talentpool.errors import ConfigError
from flask_talentpool.login import FlaskLoginAccess

RULES = {"recruiters": {"recruiter"}, "managers": {"manager"}, "admins": {"admin"}}


@dataclass
class User(UserMixin):
    id: int = 1
    role: Any = None
    full_name: str | None = "Noor Haddad"
    email: str | None = "noor@example.test"
    scopes: Any = field(default_factory=list)
    profile: Any = None


class Recruiter(User):
    pass


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(default="")

    @classmethod
    def visible_to_owner(cls, statement, key):
        own = aliased(Decision)
        return statement.where(cls.id.in_(sa.select(own.person_id).where(own.owner_key == key)))


class Decision(Base):
    __tablename__ = "decisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(default="")
    owner_key: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    person: Mapped[Person] = relationship()


class Pool(Base):
    __tablename__ = "pools"
    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(default="")


class Member(Base):
    __tablename__ = "members"
    id: Mapped[int] = mapped_column(primary_key=True)
    pool_id: Mapped[int] = mapped_column(sa.ForeignKey("pools.id"))

    @classmethod
    def visible_to_scopes(cls, statement, scopes):
        return statement.join(Pool, Pool.id == cls.pool_id).where(Pool.scope.in_(scopes))


class Job(Base):
    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True)


@pytest.fixture
def app():
    app = Flask("host")
    app.secret_key = "for tests only"
    manager = LoginManager(app)
    manager.user_loader(lambda key: None)
    manager.login_view = "sign_in"
    app.add_url_rule("/sign-in", "sign_in", lambda: "")
    return app


@pytest.fixture
def signed_in(app):
    """Return a function that signs a user in and asks an access something in that request."""

    def ask(user, question, access=None, **request):
        with app.test_request_context("/talent-pool/", **request):
            if user is not None:
                login_user(user)
            access = access or FlaskLoginAccess("role", **RULES)
            return question(access, access.actor())

    return ask


@pytest.fixture
def session():
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        people = [Person(id=1), Person(id=2), Person(id=3, scope="north")]
        session.add_all(
            [
                *people,
                Decision(id=1, owner_key="User:1", person=people[0]),
                Decision(id=2, owner_key="User:2", person=people[1]),
                Decision(id=3, owner_key="User:1", person=people[2], scope="north"),
                Pool(id=1),
                Pool(id=2, scope="north"),
                Member(id=1, pool_id=1),
                Member(id=2, pool_id=2),
                Job(id=1),
            ]
        )
        session.commit()
        yield session
    engine.dispose()


def test_the_base_class_denies_everything(session):
    access, actor = Access(), Actor("User:1", "Noor")

    assert access.actor() is None
    assert not any(access.may(who, action, Subject()) for action in Action for who in (actor, None))
    assert access.scopes(actor) == frozenset()
    assert session.scalars(access.visible(actor, sa.select(Pool))).all() == []
    with pytest.raises(Unauthorized):
        access.deny(None)
    with pytest.raises(Forbidden):
        access.deny(actor)


def test_the_rights_are_those_that_were_promised():
    assert RIGHTS[Role.MANAGER] == {Action.VIEW, Action.LETTER_READ, Action.LETTER_LINE, Action.FINISH_ORDER}
    assert RIGHTS[Role.RECRUITER] == set(Action) - {Action.SETTINGS}
    assert RIGHTS[Role.ADMIN] == set(Action)
    with pytest.raises(TypeError):
        RIGHTS[Role.MANAGER] = frozenset(Action)


def test_the_rights_table_says_the_same_as_the_rights():
    heading, *rows = rights_table()

    assert heading == ("action", "what it lets you do", "manager", "recruiter", "admin")
    assert [row[0] for row in rows] == [action.value for action in Action]
    for action, _wording, *cells in rows:
        assert [bool(cell) for cell in cells] == [Action(action) in RIGHTS[role] for role in Role]
    assert ("export", "export people", "", "own scope", "all scopes") in rows


def test_nobody_signed_in_may_nothing(signed_in, session):
    def question(access, actor):
        assert actor is None
        assert not any(
            access.may(actor, action, subject) for action in Action for subject in (None, Subject())
        )
        assert not any(access.may(Actor("User:1", "forged"), action) for action in Action)
        assert access.scopes(actor) == frozenset()
        return session.scalars(access.visible(actor, sa.select(Pool))).all()

    assert signed_in(None, question) == []


@pytest.mark.parametrize("role", [None, "", "  ", "intern", "recruiters", 1, True, [], ["intern"], object()])
def test_a_user_without_a_role_of_ours_may_nothing(signed_in, session, role):
    def question(access, actor):
        assert actor == Actor("User:1", "Noor Haddad", "noor@example.test")
        assert not any(access.may(actor, action) for action in Action)
        assert access.scopes(actor) == frozenset()
        return session.scalars(access.visible(actor, sa.select(Pool))).all()

    assert signed_in(User(role=role), question) == []


def test_without_configured_roles_nobody_may_anything(signed_in):
    def question(access, actor):
        return [action for action in Action if access.may(actor, action, Subject())]

    assert signed_in(User(role="admin"), question, FlaskLoginAccess("role")) == []


def test_a_manager_reaches_own_jobs_only(signed_in):
    def question(access, actor):
        mine, anothers, nobodys = Subject("", "User:1"), Subject("", "User:2"), Subject()
        assert {action for action in Action if access.may(actor, action, mine)} == RIGHTS[Role.MANAGER]
        assert not any(
            access.may(actor, action, row) for action in Action for row in (anothers, nobodys, object())
        )
        assert not access.may(actor, Action.VIEW, Subject("north", "User:1"))
        return {action for action in Action if access.may(actor, action)}

    assert signed_in(User(role="manager"), question) == RIGHTS[Role.MANAGER]


def test_two_login_classes_with_the_same_key_are_two_people(signed_in):
    def question(access, actor):
        return actor.id, access.may(actor, Action.VIEW, Subject(owner_key="User:1"))

    assert signed_in(Recruiter(role="manager"), question) == ("Recruiter:1", False)


def test_a_recruiter_reaches_everything_of_own_scope_and_nothing_of_another(signed_in):
    def question(access, actor):
        reached = [
            {action for action in Action if access.may(actor, action, Subject(scope))}
            for scope in ("north", "south", "")
        ]
        assert reached == [RIGHTS[Role.RECRUITER], set(), set()]
        assert not access.may(actor, Action.VIEW, object()), "a row that does not say its scope is nobody's"
        return access.scopes(actor)

    by_scope = FlaskLoginAccess("role", scope="scopes", **RULES)
    assert signed_in(User(role="recruiter", scopes="north"), question, by_scope) == {"north"}


def test_a_scope_may_be_text_a_member_or_a_row(signed_in):
    access = FlaskLoginAccess(scope="scopes", **RULES)
    user = User(role="recruiter", scopes=["north", Level.HR, Pool(id=7), None])

    assert signed_in(user, lambda access, actor: access.scopes(actor), access) == {"north", "1", "7"}


@pytest.mark.parametrize("scopes", [None, [], [None]])
def test_a_recruiter_without_scope_sees_nothing(signed_in, session, scopes):
    def question(access, actor):
        assert not access.may(actor, Action.VIEW, Subject())
        return session.scalars(access.visible(actor, sa.select(Pool))).all()

    assert (
        signed_in(User(role="recruiter", scopes=scopes), question, FlaskLoginAccess(scope="scopes", **RULES))
        == []
    )


def test_an_admin_reaches_everything_everywhere(signed_in, session):
    def question(access, actor):
        assert all(
            access.may(actor, action, row) for action in Action for row in (Subject("north"), object(), None)
        )
        assert access.scopes(actor) is None
        return session.scalars(access.visible(actor, sa.select(Job))).all()

    assert len(signed_in(User(role="admin"), question)) == 1


def test_who_is_manager_and_recruiter_has_the_rights_of_both(signed_in):
    def question(access, actor):
        return access.may(actor, Action.EXPORT, Subject())

    assert signed_in(User(role=["manager", "recruiter"]), question)


def test_rights_are_those_of_the_signed_in_user_never_of_a_made_up_actor(signed_in, session):
    def question(access, actor):
        forged = Actor("User:2", "Someone", None)
        assert not access.may(forged, Action.VIEW)
        assert access.scopes(forged) == frozenset()
        return session.scalars(access.visible(forged, sa.select(Pool))).all()

    assert signed_in(User(role="admin"), question) == []


class Job1(enum.Enum):
    HR = "recruiter"
    BOSS = "hr"


class Level(enum.IntEnum):
    HR = 1


@dataclass
class NamedRole:
    name: str


class PrintedRole:
    def __str__(self):
        return "HR"


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ("HR", "hr"),
        (" hr ", "HR"),
        (Job1.HR, Job1.HR),
        (Job1.HR, "hr"),
        (Job1.HR, "Recruiter"),
        ("recruiter", Job1.HR),
        ("HR", Job1.HR),
        (Level.HR, 1),
        (1, Level.HR),
        (2, 2),
        (True, True),
        (["intern", "hr"], "hr"),
        ({"hr": NamedRole("hr")}, "hr"),
        ((role for role in ["hr"]), "hr"),
        ([NamedRole("HR"), None], "hr"),
        (NamedRole("hr"), "hr"),
        (PrintedRole(), "hr"),
    ],
)
def test_a_role_value_is_recognised_in_every_shape(signed_in, held, wanted):
    access = FlaskLoginAccess(recruiters=[wanted])

    assert signed_in(
        User(role=held), lambda access, actor: access.may(actor, Action.INVITE, Subject()), access
    )


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (Job1.BOSS, Job1.HR),
        (1, True),
        (True, 1),
        ("1", 1),
        (0, False),
        (False, True),
        ("h", "hr"),
        (None, None),
        ("", ""),
    ],
)
def test_a_role_value_that_only_looks_alike_is_not_taken(signed_in, held, wanted):
    access = FlaskLoginAccess(admins=[wanted])

    assert not signed_in(User(role=held), lambda access, actor: access.may(actor, Action.VIEW), access)


@pytest.mark.parametrize("role", ["profile.role", lambda user: user.profile.role])
def test_the_role_is_read_like_any_map_entry(signed_in, role):
    access = FlaskLoginAccess(role, **RULES)
    user = User(profile=User(role="recruiter"))

    assert signed_in(user, lambda access, actor: access.may(actor, Action.VIEW, Subject()), access)


def test_a_wrong_role_entry_names_the_nearest(signed_in):
    with pytest.raises(AttributeError, match=r"User has no attribute 'rolle'; did you mean 'role'\?"):
        signed_in(User(), lambda access, actor: access.may(actor, Action.VIEW), FlaskLoginAccess("rolle"))


@pytest.mark.parametrize("argument", ["recruiters", "managers", "admins"])
def test_role_values_as_bare_text_are_refused(argument):
    with pytest.raises(ConfigError, match=rf"FlaskLoginAccess\({argument}=…\) must be a set of role values"):
        FlaskLoginAccess(**{argument: "hr"})


@pytest.mark.parametrize(
    ("user", "options", "expected"),
    [
        (User(), {}, Actor("User:1", "Noor Haddad", "noor@example.test")),
        (User(full_name=None, email=None), {}, Actor("User:1", "User:1", None)),
        (User(full_name=" ", email=" "), {}, Actor("User:1", "User:1", None)),
        (
            User(profile=User(full_name="N. H.", email="n@x.test")),
            {"name": "profile.full_name", "email": "profile.email"},
            Actor("User:1", "N. H.", "n@x.test"),
        ),
        (User(), {"name": "profile.full_name", "email": "profile.email"}, Actor("User:1", "User:1", None)),
    ],
)
def test_an_actor_has_the_users_name_and_address(signed_in, user, options, expected):
    assert signed_in(user, lambda access, actor: actor, FlaskLoginAccess(**options)) == expected


def ids(session, statement):
    return list(session.scalars(statement.order_by(sa.literal_column("1"))))


def test_a_manager_sees_own_rows_and_what_hangs_on_them(signed_in, session):
    def question(access, actor):
        other_name = aliased(Decision)
        return {
            "decisions": ids(session, access.visible(actor, sa.select(Decision.id))),
            "aliased": ids(session, access.visible(actor, sa.select(other_name.id))),
            "people": ids(session, access.visible(actor, sa.select(Person.id))),
            "pools": ids(session, access.visible(actor, sa.select(Pool.id))),
            "joined": session.execute(
                access.visible(actor, sa.select(Decision.id, Person.id).join(Decision.person))
            ).all(),
        }

    assert signed_in(User(role="manager"), question) == {
        "decisions": [1],
        "aliased": [1],
        "people": [1],
        "pools": [],
        "joined": [(1, 1)],
    }


def test_a_recruiter_sees_the_rows_of_own_scope(signed_in, session):
    def question(access, actor):
        return [
            ids(session, access.visible(actor, statement))
            for statement in (
                sa.select(Decision.id),
                sa.select(Pool.id),
                sa.select(Member.id),
                sa.select(Job.id),
            )
        ]

    one_scope = signed_in(User(role="recruiter"), question)
    north = signed_in(
        User(role="recruiter", scopes=["north"]), question, FlaskLoginAccess(scope="scopes", **RULES)
    )

    assert one_scope == [[1, 2], [1], [1], []]
    assert north == [[3], [2], [2], []]


def test_a_statement_that_names_no_entity_shows_nothing(signed_in, session):
    def question(access, actor):
        return session.scalar(access.visible(actor, sa.select(sa.func.count()).select_from(Pool)))

    assert signed_in(User(role="recruiter"), question) == 0


def test_the_visible_rows_can_be_counted(signed_in, session):
    def question(access, actor):
        seen = access.visible(actor, sa.select(Pool)).subquery()
        return session.scalar(sa.select(sa.func.count()).select_from(seen))

    assert signed_in(User(role="recruiter"), question) == 1


def test_nobody_signed_in_is_sent_to_the_hosts_own_sign_in_page(signed_in):
    response = signed_in(None, lambda access, actor: access.deny(actor))

    assert response.status_code == 302
    assert response.location.startswith("/sign-in")


@pytest.mark.parametrize("headers", [{"Accept": "application/json"}, {"Content-Type": "application/json"}])
def test_nobody_signed_in_gets_401_where_json_is_spoken(signed_in, headers):
    with pytest.raises(Unauthorized):
        signed_in(None, lambda access, actor: access.deny(actor), headers=headers)


@pytest.mark.parametrize("headers", [{"Accept": "application/json"}, {"Accept": "text/html"}, {}])
def test_a_user_without_the_right_gets_403(signed_in, headers):
    with pytest.raises(Forbidden):
        signed_in(User(), lambda access, actor: access.deny(actor), headers=headers)


@pytest.mark.parametrize(
    "accept", ["*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "text/html, application/json"]
)
def test_a_browser_is_not_taken_for_a_program(signed_in, accept):
    assert (
        signed_in(None, lambda access, actor: access.deny(actor), headers={"Accept": accept}).status_code
        == 302
    )


def test_outside_a_request_nobody_acts(app):
    assert FlaskLoginAccess(**RULES).actor() is None
    with app.app_context():
        assert FlaskLoginAccess(**RULES).actor() is None


def test_an_app_without_login_manager_is_told_the_remedy():
    with Flask("bare").test_request_context(), pytest.raises(ConfigError, match="LoginManager"):
        FlaskLoginAccess(**RULES).actor()


def test_without_flask_login_the_extra_is_named(app, monkeypatch):
    monkeypatch.setitem(sys.modules, "flask_login", None)

    with app.test_request_context(), pytest.raises(ConfigError, match=r"flask-talentpool\[login\]"):
        FlaskLoginAccess(**RULES).actor()


def test_the_key_of_a_row_is_class_and_primary_key_even_within_a_flush(session):
    seen = []
    sa.event.listen(
        session, "after_flush", lambda session, _: seen.extend(owner_key(row) for row in session.new)
    )
    pool = Pool()
    session.add(pool)
    session.flush()

    assert seen == ["Pool:3"]
    assert owner_key(pool) == "Pool:3"


def test_a_session_secret_is_never_taken_for_the_key(session):
    class Secretive(Base):
        __tablename__ = "secretive"
        id: Mapped[int] = mapped_column(primary_key=True)

        def get_id(self):
            return "secret-of-this-session"

    assert owner_key(Secretive(id=7)) == "Secretive:7"
    assert owner_key(User(id=7)) == "User:7"


def test_what_has_no_key_is_refused():
    with pytest.raises(TypeError, match="A Pool has no key to know it by"):
        owner_key(Pool())
    with pytest.raises(TypeError, match="A str has no key to know it by"):
        owner_key("Noor")
