"""A terminal of some size, as far as a batch uses one, and a program that runs at it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

import program


class Screen:
    """The characters on a terminal. Lines that are too long go on in the next row, as on most terminals."""

    def __init__(self, columns):
        self.columns, self.rows, self.row, self.column = columns, [[]], 0, 0
        self.rest, self.longest = "", 0  # of a sequence that is not whole yet; the longest line that was written

    def write(self, text):
        text = self.rest + text
        while text:
            found = re.match(r"\x1b\[([\d;?]*)([A-Za-z])", text)
            if found:
                self.control(found[2], found[1])
                text = text[found.end():]
            elif text[0] == "\x1b":
                if len(text) > 20:
                    raise AssertionError(f"what is {text[:20]!r}?")
                break
            else:
                self.put(text[0])
                text = text[1:]
        self.rest = text

    def put(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.row += 1
        elif character >= " ":
            if self.column == self.columns:
                self.row, self.column = self.row + 1, 0
            self.grow()
            line = self.rows[self.row]
            line.extend(" " * (self.column + 1 - len(line)))
            line[self.column] = character
            self.column += 1
            self.longest = max(self.longest, self.column)
        else:
            raise AssertionError(f"what is {character!r}?")
        self.grow()

    def grow(self):
        while len(self.rows) <= self.row:
            self.rows.append([])

    def control(self, name, numbers):
        if name == "A":
            self.row -= int(numbers or 1)
            if self.row < 0:
                raise AssertionError("above the first row")
        elif name == "K" and numbers in ("", "0"):
            del self.rows[self.row][self.column:]
        elif name == "J" and numbers in ("", "0"):
            del self.rows[self.row][self.column:]
            del self.rows[self.row + 1:]
        elif name != "m":
            raise AssertionError(f"what is {name} {numbers}?")

    def lines(self):
        return ["".join(row).rstrip() for row in self.rows]


class Session:
    """A program at a terminal. Every piece that it writes leads to a state of the screen."""

    def __init__(self, *arguments, folder, columns=80, rows=24, term="xterm-256color"):
        self.leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = {**os.environ, "TERM": term}
        self.process = subprocess.Popen([str(program.ASSAY), *map(str, arguments)], cwd=folder, env=environment,
                                        stdin=follower, stdout=follower, stderr=follower, start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        self.modes = termios.tcgetattr(follower)
        self.follower = follower
        self.screen, self.states, self.output = Screen(columns), [], ""

    def read(self, until=lambda session: False, patience=400):
        """Reads until the condition holds or the program has ended; returns whether it held."""
        end = time.monotonic() + patience
        while True:
            if select.select([self.leader], [], [], 0.05)[0]:
                piece = os.read(self.leader, 65536).decode()
                self.output += piece
                self.screen.write(piece)
                self.states.append(self.screen.lines())
                if until(self):
                    return True
            elif self.process.poll() is not None:
                return False
            if time.monotonic() > end:
                raise AssertionError("waited too long:\n" + "\n".join(self.screen.lines()))

    def press_ctrl_c(self):
        os.write(self.leader, b"\x03")

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        os.close(self.follower)
        os.close(self.leader)
