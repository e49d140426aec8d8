"""What a Celery worker of the stress test loads: a world on a database, and the periodic task."""

import os

from celery import Celery

from flask_talentpool.celery import register
from tests.promises.world import World

FOLDER = os.environ["STRESS_FOLDER"]

celery = Celery("stress")
celery.conf.update(
    broker_url="filesystem://",
    broker_transport_options={
        "data_folder_in": f"{FOLDER}/queue",
        "data_folder_out": f"{FOLDER}/queue",
        "control_folder": f"{FOLDER}/control",
    },
    task_ignore_result=True,
    worker_hijack_root_logger=False,
)
world = World(
    os.environ["STRESS_DATABASE"],
    TALENTPOOL_MAIL_URL=os.environ["STRESS_MAIL"],
)
tick = register(celery, world.app)
