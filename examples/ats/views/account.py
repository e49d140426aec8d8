"""The front page, signing in and out, and the list of who may."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask_login import current_user, login_required, login_user, logout_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired

from examples.ats.extensions import db
from examples.ats.models import User
from examples.ats.seed import PASSWORD

from .rights import next_page

blueprint = Blueprint("account", __name__)

DEMO_ACCOUNTS = {
    "ines.moreau@fernhill.example": "Every job and candidate, the whole talent pool",
    "tomasz.zielinski@fernhill.example": "Own jobs only, and the people who applied for them",
    "grace.adeyemi@fernhill.example": "Everything, the settings too",
}


def demo_users() -> list[User]:
    """Return the users whose passwords the demo tells."""
    return list(db.session.scalars(select(User).where(User.email.in_(DEMO_ACCOUNTS)).order_by(User.id)))


class SignInForm(FlaskForm):
    email = EmailField("E-mail", validators=[InputRequired("Enter your e-mail address.")])
    password = PasswordField("Password", validators=[InputRequired("Enter your password.")])


@blueprint.get("/")
def home() -> str:
    """Say what this is and whom to sign in as; no login needed."""
    accounts = demo_users() if current_app.config["ATS_DEMO"] else []
    return render_template("home.html", accounts=accounts, sees=DEMO_ACCOUNTS, password=PASSWORD)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response | tuple[str, int]:
    """Sign in with e-mail and password."""
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("sign_in.html", form=form), 422 if form.errors else 200
    user = db.session.scalar(select(User).where(User.email == form.email.data.strip().lower()))
    if user is None or not user.check_password(form.password.data):
        form.password.errors = ["This e-mail address and password do not belong together."]
        return render_template("sign_in.html", form=form), 422
    login_user(user)
    flash(f"Signed in as {user.full_name}.")
    return redirect(next_page(url_for("jobs.index")))


@blueprint.post("/sign-out")
@login_required
def sign_out() -> Response:
    """Sign out."""
    logout_user()
    flash("Signed out.")
    return redirect(url_for("account.home"))


@blueprint.get("/team")
@login_required
def team() -> str:
    """List who may sign in, and as what."""
    if current_user.role != "admin":
        abort(403)
    users = db.session.scalars(select(User).order_by(User.full_name)).all()
    return render_template("team.html", users=users)
