"""The connection to Redis, or Valkey: scripts, errors as ours, and what is wrong with its settings."""

from __future__ import annotations

import hashlib
import logging
import weakref
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from rxslack.core.printable import printable
from rxslack.errors import ConfigurationError
from rxslack.log.engine import LogFull, LogUnavailable

__all__ = ["RedisServer", "shown"]

_log = logging.getLogger("rxslack.log")

TIMEOUT: Final = 5.0  # seconds for an answer
OLDEST: Final = 7  # the major version; Valkey says 7.2 for itself


def shown(where: str) -> str:
    """
    A URL without its user, password and options.

    >>> shown("redis://user:secret@cache:6379/0?name=bots")
    'redis://cache:6379/0'
    """
    parts = urlsplit(where)
    place = parts.netloc.rpartition("@")[2]
    return printable(f"{parts.scheme}://{place}{parts.path}")


class RedisServer:
    """
    Runs scripts. Nothing is ever repeated by itself: redis-py's own retries would append twice.

    Args:
        where: ``redis://host:6379/0``, also `rediss` and `unix`; ``?name=…`` for one of several logs on a server.

    Raises: ConfigurationError.
    """

    def __init__(self, where: str) -> None:
        try:
            from redis import Redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry
        except ImportError as error:
            raise ConfigurationError(
                "redis:// needs the package redis: pip install 'rxslack[redis]'"
            ) from error
        self.where = shown(where)
        parts = urlsplit(where)
        query = dict(parse_qsl(parts.query))
        name = query.pop("name", "")
        self.prefix = "{rxslack:" + name + "}" if name else "{rxslack}"
        url = parts._replace(query=urlencode(query)).geturl()
        try:
            make: Any = Redis  # its options have no types
            self.client: Any = make.from_url(
                url,
                retry=Retry(NoBackoff(), 0),
                socket_timeout=TIMEOUT,
                socket_connect_timeout=TIMEOUT,
                protocol=2,
            )
        except ValueError as error:
            raise ConfigurationError(f"{self.where} is no URL of a Redis server") from error
        # Nobody closes an engine; it goes with the last who has it.
        weakref.finalize(self, self.client.close).atexit = False
        self._digests: dict[str, str] = {}
        self._checked = False

    def run(self, script: str, *arguments: object) -> Any:
        """
        Run a script; KEYS[1] is the prefix of all keys.

        Raises: LogUnavailable, LogFull; the script may have run all the same.
        """
        from redis.exceptions import NoScriptError

        if not self._checked:
            self._check()
        digest = self._digests.get(script)
        if digest is None:
            digest = self._digests[script] = hashlib.sha1(script.encode()).hexdigest()
        try:
            return self.client.execute_command("EVALSHA", digest, 1, self.prefix, *arguments)
        except NoScriptError:
            return self.command("EVAL", script, 1, self.prefix, *arguments)
        except Exception as error:
            raise self._ours(error) from error

    def command(self, *words: object) -> Any:
        """
        Run one command.

        Raises: as `run` does.
        """
        try:
            return self.client.execute_command(*words)
        except Exception as error:
            raise self._ours(error) from error

    def _ours(self, error: Exception) -> Exception:
        from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

        if isinstance(error, (AuthenticationError, NoPermissionError)):
            return ConfigurationError(f"the log {self.where} refuses the login: {error}")
        if not isinstance(error, (RedisError, OSError)):
            return error
        text = str(error)
        if "OOM" in text:
            return LogFull(self.where, "the server has no memory left (maxmemory)")
        return LogUnavailable(self.where, printable(text) or type(error).__name__)

    def _check(self) -> None:
        """Warn of settings that lose data, once."""
        info: dict[str, Any] = self.command("INFO")
        self._checked = True
        version = str(info.get("redis_version", "0"))
        if int(version.split(".")[0]) < OLDEST:
            _log.warning(
                "%s is Redis %s, which is too old; %d is needed", self.where, version, OLDEST
            )
        if not int(info.get("aof_enabled", 1)):
            _log.warning(
                "%s keeps no append-only file, so a crash loses what is not snapshotted: all that "
                "waits, mostly. Set appendonly to yes",
                self.where,
            )
        policy = str(info.get("maxmemory_policy", "noeviction"))
        if policy != "noeviction":
            _log.warning(
                "%s may evict what nobody has read yet (maxmemory-policy is %s); set it to noeviction",
                self.where,
                policy,
            )
