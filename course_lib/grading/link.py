"""Messages between two processes: JSON in frames, each after its length in 8 bytes."""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

from course_lib.grading.values import NotData

LARGEST = 64 * 2**20
"""Bytes of one message; a student's process that sends more is not answering a test."""


class Link:
    """One end of a stream socket."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def send(self, message: dict[str, Any], deadline: float | None = None) -> None:
        """Send a message. Raises OSError if the other end is gone, and TimeoutError if it does not read on."""
        text = json.dumps(message).encode()
        self.sock.settimeout(None if deadline is None else max(0.01, deadline - time.monotonic()))
        self.sock.sendall(struct.pack(">Q", len(text)) + text)

    def receive(self, deadline: float | None = None) -> dict[str, Any]:
        """The next message. ``deadline``: a time of time.monotonic().

        Raises EOFError if the other end is gone, TimeoutError at the deadline, and NotData for what is no message.
        """
        (length,) = struct.unpack(">Q", self._exactly(8, deadline))
        if length > LARGEST:
            raise NotData(f"a message of {length} bytes")
        try:
            message = json.loads(self._exactly(length, deadline))
        except (ValueError, RecursionError, MemoryError) as error:
            raise NotData(f"a message that is not JSON ({error})") from None
        if not isinstance(message, dict):
            raise NotData("a message that is not a JSON object")
        return message

    def _exactly(self, count: int, deadline: float | None) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            if deadline is not None:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                self.sock.settimeout(left)
            else:
                self.sock.settimeout(None)
            try:
                part = self.sock.recv(min(count - len(parts), 2**20))
            except ConnectionError:
                part = b""
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)
