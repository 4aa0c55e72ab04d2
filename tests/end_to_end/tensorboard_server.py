"""The real TensorBoard on a free port of 127.0.0.1, for tests.

    with TensorBoard(folder, load_fast=True) as board:
        board.wait_for_run(".", folder)

On leaving, it is stopped, and any line that it wrote beyond its greeting is an AssertionError: a
warning about the data is a fault of the files.
"""

import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import metrics

GREETING = re.compile(
    r"TensorBoard \S+ at (?P<address>http://127\.0\.0\.1:\d+)/ \(Press CTRL\+C to quit\)"
    r"|TensorFlow installation not found - running with reduced feature set\."
    r"|"
)
DEADLINE_SECONDS = 60


class TensorBoard:
    def __init__(self, folder, load_fast):
        self._command = [
            sys.executable, "-m", "tensorboard.main",
            "--logdir", str(folder),
            "--host", "127.0.0.1", "--port", "0",
            f"--load_fast={str(load_fast).lower()}",
            # The fast loader reads over wrong checksums unless told; the other one always looks.
            "--extra_data_server_flags=--checksum",
            "--samples_per_plugin", "scalars=5000,images=100",
            "--reload_interval", "1",
        ]
        # No proxy: the server is on this machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self.address = None

    def __enter__(self):
        self._errors = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            self._command, stdout=self._errors, stderr=subprocess.STDOUT)
        try:
            self.wait_for("TensorBoard's address", self._find_address)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, kind, error, trace):
        lines = self._stop()
        if error is None and lines:
            raise AssertionError("TensorBoard complains:\n" + "\n".join(lines))

    def get(self, path, **query):
        """The body of the answer; an error status raises urllib.error.HTTPError."""
        url = self.address + path + ("?" + urllib.parse.urlencode(query) if query else "")
        with self._opener.open(url, timeout=DEADLINE_SECONDS) as answer:
            return answer.read()

    def json(self, path, **query):
        return json.loads(self.get(path, **query))

    def post(self, path, request):
        """The answer to a request that is JSON."""
        asked = urllib.request.Request(
            self.address + path, json.dumps(request).encode(), {"Content-Type": "application/json"})
        with self._opener.open(asked, timeout=DEADLINE_SECONDS) as answer:
            return json.loads(answer.read())

    def scalars(self, run, tag):
        """[[wall_time, step, value], ...], the values as floats."""
        points = self.json("/data/plugin/scalars/scalars", run=run, tag=tag)
        # A number that is not finite comes as a string.
        return [[wall_time, step, float(value)] for wall_time, step, value in points]

    def images(self, run, tag):
        """[(step, the image file's bytes), ...]"""
        found = self.json("/data/plugin/images/images", run=run, tag=tag, sample=0)
        return [
            (image["step"], self.get("/data/plugin/images/individualImage?" + image["query"]))
            for image in found
        ]

    def wait_for_run(self, name, folder):
        """Until all that the folder's metrics.jsonl tells of is loaded."""
        scalars, images = metrics.scalars(folder), metrics.images(folder)

        def is_loaded():
            scalar_tags = self.json("/data/plugin/scalars/tags").get(name, {})
            image_tags = self.json("/data/plugin/images/tags").get(name, {})
            return (
                scalars.keys() <= scalar_tags.keys()
                and images.keys() <= image_tags.keys()
                and all(self.scalars(name, tag)[-1][1] == points[-1][1]
                        for tag, points in scalars.items()))

        self.wait_for(f"all of the run {name}", is_loaded)

    def wait_for(self, what, condition):
        """Returns condition()'s value once it is true."""
        end = time.monotonic() + DEADLINE_SECONDS
        while not (value := condition()):
            if self._process.poll() is not None or time.monotonic() > end:
                raise AssertionError(
                    f"TensorBoard did not give {what} within {DEADLINE_SECONDS} s"
                    f" (exit status {self._process.poll()}); it wrote:\n" + self._output())
            time.sleep(0.2)
        return value

    def complaints(self):
        """Returns what it wrote beyond its greeting."""
        return [line for line in self._output().splitlines() if not GREETING.fullmatch(line)]

    def _output(self):
        self._errors.seek(0)
        return self._errors.read()

    def _find_address(self):
        for line in self._output().splitlines():
            if (match := GREETING.fullmatch(line)) and match["address"]:
                self.address = match["address"]
        return self.address

    def _stop(self):
        lines = self.complaints()
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()
        return lines
