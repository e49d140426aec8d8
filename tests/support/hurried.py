"""What every app made by a test would do anew, done once: compiling templates and the rules of addresses."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule


class SharedBytecode(BytecodeCache):
    """Compiled templates, kept for as long as the process lives."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in the compiled template, if there is one of the same source."""
        if known := self._known.get(_key(bucket)):
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template."""
        self._known[_key(bucket)] = bucket.bytecode_to_string()


def _key(bucket: Bucket) -> tuple[str, str]:
    env = bucket.environment
    options = (
        env.trim_blocks, env.lstrip_blocks, env.keep_trailing_newline, env.sandboxed, env.is_async, env.optimized,
        sorted(env.extensions),
    )  # fmt: skip
    return f"{bucket.key} {bucket.checksum}", repr(options)


def _remembering(compile_builder: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[tuple[object, ...], Any] = {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return compile_builder(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]

    return compile_once


def share_compiled() -> None:
    """Let all apps of this process share what they compile.

    An app of a test has some eighty addresses and compiles a dozen templates for its first page: together that took
    half the time of the tests that open pages.
    """
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": SharedBytecode()}
    Rule._compile_builder = _remembering(Rule._compile_builder)
