"""Reads data sets into one array, as a notebook would. For each line `idx FOLDER` (gzipped IDX images and labels) or
`png FOLDER` (gray PNG files of 28 x 28): wall time in s. PNG by Pillow where installed, else by numpy and zlib."""

import gzip
import pathlib
import struct
import sys
import time
import zlib

try:
    import numpy as np
except ImportError:
    sys.exit(0)  # No greeting: the bench says that there is no rival.

try:
    from PIL import Image

    decoder = "Pillow " + Image.__version__
except ImportError:
    Image = None
    decoder = "zlib"


def read_idx(folder):
    for path in sorted(folder.iterdir()):
        with gzip.open(path) as file:
            data = file.read()
        rank = data[3]
        shape = struct.unpack(">" + "I" * rank, data[4 : 4 + 4 * rank])
        np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape).copy()


def decode_png(path):
    if Image is not None:
        with Image.open(path) as image:
            return np.asarray(image.convert("L"))
    data = path.read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    at, packed = 8, b""
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + length]
        at += 12 + length
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, width + 1)
    if rows[:, 0].any():
        raise SystemExit("These PNG files are filtered; only Pillow reads them.")
    return rows[:, 1:]


def read_png(folder):
    np.stack([decode_png(path) for path in sorted(folder.iterdir())])


print(f"numpy {np.__version__}, {decoder}", flush=True)
for line in sys.stdin:
    kind, folder = line.strip().split(" ", 1)
    begin = time.perf_counter()
    (read_idx if kind == "idx" else read_png)(pathlib.Path(folder))
    print(time.perf_counter() - begin, flush=True)
