"""Write a screenshot as a small PNG: one byte a pixel, with the colours that are most used.

Pages of text have few colours. Those beyond 256 become the nearest of those kept, which nobody sees.
"""

import base64
import struct
import zlib
from collections import Counter
from typing import Any

MOST = 256
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# The browser takes its own picture apart: that is quicker than to undo PNG's filters here.
_PIXELS = """
async (picture) => {
  const bytes = Uint8Array.from(atob(picture), (char) => char.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const step = 32768;
  let text = "";
  for (let at = 0; at < data.length; at += step) text += String.fromCharCode(...data.subarray(at, at + step));
  return [bitmap.width, bitmap.height, btoa(text)];
}
"""


def smaller(picture: bytes, *, browser_page: Any) -> bytes:
    """Return the same picture with at most 256 colours.

    Args:
        picture: A PNG.
        browser_page: A page of Playwright's; what it shows is left alone.
    """
    width, height, pixels = browser_page.evaluate(_PIXELS, base64.b64encode(picture).decode())
    return with_palette(base64.b64decode(pixels), width=width, height=height)


def with_palette(pixels: bytes, *, width: int, height: int) -> bytes:
    """Return a PNG with a palette, of pixels that are four bytes each: red, green, blue and opacity, which is left out."""
    colours = [pixels[at : at + 3] for at in range(0, len(pixels), 4)]
    palette = [colour for colour, _ in Counter(colours).most_common(MOST)]
    place = {colour: number for number, colour in enumerate(palette)}
    for colour in set(colours) - place.keys():
        place[colour] = place[min(palette, key=lambda kept: _distance(kept, colour))]
    flat = bytes(map(place.__getitem__, colours))
    rows = b"".join(b"\0" + flat[at : at + width] for at in range(0, len(flat), width))
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return _SIGNATURE + b"".join(
        _chunk(kind, data)
        for kind, data in (
            (b"IHDR", head),
            (b"PLTE", b"".join(palette)),
            (b"IDAT", zlib.compress(rows, 9)),
            (b"IEND", b""),
        )
    )


def _distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
