"""Run Flask apps in tests: dispose their engines, serve them on a real port."""

import contextlib
import socket
import threading
from collections.abc import Iterator

from flask import Flask
from werkzeug.serving import make_server


def dispose_engines(app: Flask) -> None:
    """Close every database connection of `app`, whichever SQLAlchemy extension it uses."""
    database = app.extensions.get("sqlalchemy")
    if database is None:
        return
    with app.app_context():
        session = getattr(database, "session", None)
        if hasattr(session, "remove"):
            session.remove()
        for engine in database.engines.values():
            engine.dispose()


@contextlib.contextmanager
def serving(app: Flask, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve `app` on a free port in a thread and yield its address, without a closing slash."""
    server = make_server(host, 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="app server", daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def free_port() -> int:
    """Return a port of this machine that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
