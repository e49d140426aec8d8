"""Users have any number of roles, in an m:n table."""

from types import SimpleNamespace

from flask_login import UserMixin

from tests.hosts.base import HostShape
from tests.hosts.classic import classic_models
from tests.hosts.traits import Trait

NAME = "many_roles"
TRAITS = frozenset(
    {Trait.OWN_MODEL, Trait.INT_KEY, Trait.ROLE_MANY, Trait.JOB_RELATIONSHIP, Trait.CSRF_AFTER}
)


class Shape(HostShape):
    CSRF = True
    CSRF_AFTER_MOUNT = True
    role_entry = "roles"

    def make_models(self, db):
        roles_users = db.Table(
            "roles_users",
            db.Column("user_id", db.ForeignKey("user.id"), primary_key=True),
            db.Column("role_id", db.ForeignKey("role.id"), primary_key=True),
        )

        class Role(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(40), unique=True, nullable=False)

        class User(UserMixin, db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True, nullable=False)
            roles = db.relationship("Role", secondary=roles_users)

        return SimpleNamespace(User=User, Role=Role, **vars(classic_models(db)))

    def make_staff(self):
        everyone = self.models.Role(name="everyone")
        staff = []
        for role, value in self.roles.items():
            own = self.models.Role(name=value)
            staff.append(
                self.models.User(
                    name=f"{role.title()} Miller", email=self.staff_email(role), roles=[everyone, own]
                )
            )
        return staff
