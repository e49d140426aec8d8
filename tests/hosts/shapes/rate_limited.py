"""A limiter over the whole host: so many requests from one address until the next window."""

from collections import Counter
from types import SimpleNamespace

from flask import request

from tests.hosts.base import HostShape
from tests.hosts.classic import classic_models, staff_model
from tests.hosts.traits import Trait

NAME = "rate_limited"
TRAITS = frozenset(
    {Trait.OWN_MODEL, Trait.INT_KEY, Trait.RATE_LIMIT, Trait.JOB_RELATIONSHIP, Trait.CSRF_BEFORE}
)


class Shape(HostShape):
    CSRF = True

    def settings(self):
        return {"HOST_RATE_LIMIT": 200}

    def make_models(self, db):
        return SimpleNamespace(User=staff_model(db), **vars(classic_models(db)))

    def add_users(self, app):
        self.requests = Counter()

        @app.before_request
        def limit():
            self.requests[request.remote_addr] += 1
            if self.requests[request.remote_addr] > app.config["HOST_RATE_LIMIT"]:
                return "Too many requests", 429, {"Retry-After": "60"}
            return None

        super().add_users(app)

    def next_window(self):
        """Begin to count anew."""
        self.requests.clear()
