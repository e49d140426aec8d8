"""An ``Access`` as a host without Flask-Login writes it; import it only where the extension is mounted."""

from sqlalchemy import false

from flask_talentpool import Access
from flask_talentpool.access import RIGHTS, Actor, Role


class OwnAccess(Access):
    """Ask the host's own way of knowing who is acting.

    Args:
        current_user: Gives the row of the user who is acting, with ``id``, ``name``, ``email`` and
            ``role``, or None.
        deny: Gives the host's own answer to somebody who is not signed in.
    """

    def __init__(self, *, current_user, deny):
        self.current_user = current_user
        self.deny_nobody = deny

    def actor(self):
        user = self.current_user()
        return None if user is None else Actor(id=f"User:{user.id}", name=user.name, email=user.email)

    def may(self, actor, action, subject=None):
        role = self.role(actor)
        if role is None or action not in RIGHTS[role]:
            return False
        if role is Role.MANAGER and subject is not None:
            return getattr(subject, "owner_key", None) == actor.id
        return True

    def scopes(self, actor):
        return frozenset() if self.role(actor) is None else None

    def visible(self, actor, statement):
        role = self.role(actor)
        if role in {Role.RECRUITER, Role.ADMIN}:
            return statement
        entities = [found["entity"] for found in statement.column_descriptions]
        owned = [entity for entity in entities if hasattr(entity, "owner_key")]
        if role is None or not owned:
            return statement.where(false())
        return statement.where(owned[0].owner_key == actor.id)

    def deny(self, actor):
        return self.deny_nobody() if actor is None else super().deny(actor)

    def role(self, actor):
        user = self.current_user()
        held = None if actor is None or user is None else user.role
        return Role(held) if held in list(Role) else None
