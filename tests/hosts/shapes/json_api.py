"""A JSON-only host: no page, no cookie; a signed bearer token says who calls."""

from types import SimpleNamespace

from flask import g, jsonify, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from tests.hosts.base import HostShape
from tests.hosts.classic import classic_models
from tests.hosts.traits import Trait

NAME = "json_api"
TRAITS = frozenset({Trait.OWN_MODEL, Trait.INT_KEY, Trait.JSON_ONLY, Trait.BEARER, Trait.JOB_RELATIONSHIP})


def refuse():
    return jsonify(error="sign in first"), 401, {"WWW-Authenticate": "Bearer"}


class Shape(HostShape):
    JSON_ONLY = True

    def make_models(self, db):
        class User(db.Model):
            __tablename__ = "users"
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True, nullable=False)
            role = db.Column(db.String(20), nullable=False)

        return SimpleNamespace(User=User, **vars(classic_models(db)))

    def templates(self):
        return {}

    def signer(self):
        return URLSafeTimedSerializer(self.app.config["SECRET_KEY"], salt="bearer")

    def add_users(self, app):
        @app.before_request
        def who_calls():
            g.user = None
            kind, _, token = request.headers.get("Authorization", "").partition(" ")
            if kind.lower() == "bearer":
                try:
                    claims = self.signer().loads(token, max_age=3600)
                except BadSignature:
                    return refuse()
                g.user = self.db.session.get(self.models.User, claims["sub"])
            return None

        @app.post("/token")
        def token():
            user = self.find_user(request.get_json()["email"])
            return jsonify(token=self.signer().dumps({"sub": user.id})) if user else refuse()

    def add_pages(self, app):
        @app.get("/")
        def home():
            return jsonify(name="Our ATS")

        @app.get("/applications/<key>")
        def application(key):
            if g.user is None:
                return refuse()
            row = self.application(self.parse_key(key))
            return jsonify(candidate=row.candidate.name, job=row.job.title, status=row.status)

    def access(self):
        from tests.hosts.own_access import OwnAccess

        return OwnAccess(current_user=lambda: g.get("user"), deny=refuse)

    def sign_in(self, client, role="recruiter"):
        answer = client.post("/token", json={"email": self.staff_email(role)})
        return {"Authorization": f"Bearer {answer.get_json()['token']}", "Accept": "application/json"}
