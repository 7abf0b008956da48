"""The reading end of a feed's FIFO, under a number that only libVLC's reader understands.

libVLC asks its tag reader about every file that it opens. Some builds (3.0.20 of Ubuntu 24.04) open the path behind
``fd://`` a second time for that and take bytes out of the camera's pipe: pictures are missing and the rest is 0.5 to
1 s late. The two read the number differently: the reader in base 10, who makes the path in base 0, where a leading
zero means octal and the digits 8 and 9 are none. So ``fd://0812`` is descriptor 812 to one and no file to the other.
"""

from __future__ import annotations

import os

LOWEST = 800        # from here to 999 every number has an 8 or a 9; far more than the players of a worker
HIGHEST = 999


def open_pipe_end(path: str) -> tuple[int, str]:
    """The descriptor and libVLC's location of a FIFO; raises OSError. POSIX only.

    Both ends are held so that libVLC never meets a FIFO without a writer, which would be an end of file.
    """
    import fcntl  # not on Windows, where feeds are callbacks

    opened = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        number = fcntl.fcntl(opened, fcntl.F_DUPFD_CLOEXEC, LOWEST)
    except OSError:                         # the system allows fewer descriptors: as it is, which most builds read well
        return opened, f"fd://{opened}"
    if number > HIGHEST:
        os.close(number)
        return opened, f"fd://{opened}"
    os.close(opened)
    return number, f"fd://0{number}"
