"""A picture for whoever retrieves one that was captured and not uploaded."""

import struct
import zlib


def placeholder_png(size: int = 320) -> bytes:
    """A grey square: a valid PNG of `size` pixels a side."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        checksum = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\x00" + b"\xb4" * size) * size)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
