"""A process of its own that reads files which may be hostile: it can be ended, and its memory is bounded."""

from __future__ import annotations

import importlib
import logging
import multiprocessing
import signal
import sys
import warnings
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Lock

from groundwire.knowledge.extraction import Extracted, PasswordNeeded, extract

# Loading the libraries takes seconds; that is not the document's fault and does not count against it.
_START_S = 120.0
_IDLE_S = 60.0
_MAX_MEMORY = 4 * 1024**3


class WorkerError(Exception):
    """A file could not be read; the message says why, as the end of a sentence that begins with its name."""


class Worker:
    """Reads one file at a time in a child process that starts when needed and leaves when idle."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    def extract(self, suffix: str, data: bytes, timeout_s: float) -> Extracted:
        """Return what a file says; raises WorkerError where it is broken, needs a password, or takes too long."""
        with self._lock:
            try:
                reply = self._reply(self._begun(suffix, data), timeout_s)
            except BaseException:
                self._stop()
                raise
        if isinstance(reply, Extracted):
            return reply
        raise WorkerError(str(reply))

    def stop(self) -> None:
        """End the child process, if there is one."""
        with self._lock:
            self._stop()

    def _begun(self, suffix: str, data: bytes) -> Connection:
        """Hand a file over; a child that left just now, being idle, is replaced once."""
        for _ in range(2):
            connection = self._connected()
            try:
                connection.send((suffix, data))
                if connection.poll(_START_S):
                    connection.recv()
                    return connection
            except (EOFError, OSError):
                pass
            self._stop()
        raise WorkerError("can't be read, for the process that reads such files does not start; see the server's log.")

    def _reply(self, connection: Connection, timeout_s: float) -> object:
        if not connection.poll(timeout_s):
            raise WorkerError(f"takes longer than {timeout_s:g} s to read; split it or save it as text.")
        try:
            return connection.recv()
        except (EOFError, OSError) as error:
            raise WorkerError("ends the process that reads it; save it anew or as text.") from error

    def _connected(self) -> Connection:
        if self._connection and self._process and self._process.is_alive():
            return self._connection
        self._stop()
        spawn = multiprocessing.get_context("spawn")
        self._connection, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(theirs,), daemon=True, name="groundwire-documents")
        self._process.start()
        theirs.close()
        return self._connection

    def _stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.join()
            self._process.close()
        if self._connection:
            self._connection.close()
        self._process = self._connection = None


def _serve(connection: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    _bound_memory()
    while connection.poll(_IDLE_S):
        try:
            suffix, data = connection.recv()
        except EOFError:
            return
        importlib.import_module("openpyxl" if suffix == ".xlsx" else "markitdown.converters")
        connection.send("begun")
        connection.send(_extracted(suffix, data))


def _extracted(suffix: str, data: bytes) -> Extracted | str:
    try:
        return extract(suffix, data)
    except PasswordNeeded:
        return "is protected with a password; save it without one."
    except RecursionError:
        return "is nested too deeply; simplify it or save it as text."
    except MemoryError:
        return "needs too much memory; split it."
    # On broken and hostile files the libraries raise whatever went wrong in them.
    except Exception as error:
        return f"is broken or no {suffix} file ({type(error).__name__}); open it, save it anew and try again."


def _bound_memory() -> None:
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY, hard))
