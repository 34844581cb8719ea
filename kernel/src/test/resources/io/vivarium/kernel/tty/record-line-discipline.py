"""Runs every case of line-discipline.txt on a pseudo-terminal of this Linux host and rewrites the
file with what was echoed and read. Usage: python3 record-line-discipline.py line-discipline.txt"""

import fcntl
import os
import pty
import sys
import termios
import time

FLAGS = [
    {"ISTRIP": 0o40, "INLCR": 0o100, "IGNCR": 0o200, "ICRNL": 0o400, "IUCLC": 0o1000,
     "IXON": 0o2000, "IXANY": 0o4000, "PARMRK": 0o10, "IUTF8": 0o40000},
    {"OPOST": 1, "OLCUC": 2, "ONLCR": 4, "OCRNL": 0o10, "ONOCR": 0o20, "ONLRET": 0o40,
     "XTABS": 0o14000},
    {},
    {"ISIG": 1, "ICANON": 2, "ECHO": 0o10, "ECHOE": 0o20, "ECHOK": 0o40, "ECHONL": 0o100,
     "NOFLSH": 0o200, "ECHOCTL": 0o1000, "ECHOPRT": 0o2000, "ECHOKE": 0o4000,
     "IEXTEN": 0o100000},
]
CHARACTERS = {"VEOL": 11, "VEOL2": 16}


def escape(data):
    return "".join(
        "\\\\" if b == 92 else chr(b) if 32 <= b < 127 and b != 124 else "\\x%02x" % b
        for b in data)


def read(fd):
    try:
        return os.read(fd, 65536)
    except BlockingIOError:
        return None


def record(line):
    name, changes, text = [part.strip() for part in line.split(" | ")[:3]]
    data = text.encode().decode("unicode_escape").encode("latin1")
    master, slave = pty.openpty()
    attributes = termios.tcgetattr(slave)
    for change in changes.split():
        if "=" in change:
            place, value = change.split("=")
            attributes[6][CHARACTERS[place]] = bytes([int(value)])
        elif change != "-":
            for index, flags in enumerate(FLAGS):
                bit = flags.get(change[1:], 0)
                attributes[index] &= ~bit
                attributes[index] |= bit if change[0] == "+" else 0
    termios.tcsetattr(slave, termios.TCSANOW, attributes)
    for fd in (master, slave):
        fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK)
    os.write(slave if name.startswith("output") else master, data)
    time.sleep(0.02)
    echo = read(master) or b""
    reads = []
    while (got := read(slave)) is not None:
        reads.append(escape(got) if got else "EOF")
    os.close(slave)
    os.close(master)
    columns = [name, changes, text, escape(echo) or "-", " ;; ".join(reads) or "-"]
    return " | ".join(columns)


path = sys.argv[1]
lines = open(path).read().splitlines()
with open(path, "w") as out:
    for entry in lines:
        print(entry if entry.startswith("#") or not entry else record(entry), file=out)
