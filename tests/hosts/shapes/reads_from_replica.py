"""The session sends what it reads to a replica, on which nothing can be written, and what it flushes to the writer."""

from types import SimpleNamespace

from tests.hosts.base import HostShape
from tests.hosts.classic import classic_models, staff_model
from tests.hosts.traits import Trait
from tests.support.replica import REPLICA, is_read_only, routing_db

NAME = "reads_from_replica"
TRAITS = frozenset({Trait.CSRF_NONE, Trait.OWN_MODEL, Trait.INT_KEY, Trait.REPLICA, Trait.JOB_RELATIONSHIP})


class Shape(HostShape):
    def make_db(self):
        return routing_db()

    def database_config(self, url):
        """The replica is never behind here; `tests/promises/test_p10_replica.py` has one that is."""
        return super().database_config(url) | {"SQLALCHEMY_BINDS": {REPLICA: url}}

    def create_app(self, database_url, **options):
        app = super().create_app(database_url, **options)
        with app.app_context():
            is_read_only(self.db.engines[REPLICA])
        return app

    def make_models(self, db):
        return SimpleNamespace(User=staff_model(db), **vars(classic_models(db)))

    def engine(self):
        return self.db.engine
