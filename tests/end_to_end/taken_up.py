"""Compares a run that was taken up with one that was not: all of it but wall times and lengths of files."""

import json

from safetensors.numpy import load_file

import program

FIXTURES = ("--plugin-path", program.BUILD / "tests" / "run" / "fixtures")


def lines(run):
    """metrics.jsonl without wall times."""
    found = []
    for line in (run / "metrics.jsonl").read_text().splitlines():
        content = json.loads(line)
        content.pop("wall_time")
        found.append(content)
    return found


def events(run):
    """Steps and values by tag, as TensorBoard's Python loader shows them; of an image its PNG."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    accumulator = EventAccumulator(str(run), size_guidance={"scalars": 0, "tensors": 0, "images": 0})
    accumulator.Reload()
    found = {tag: [(event.step, event.value) for event in accumulator.Scalars(tag)]
             for tag in accumulator.Tags()["scalars"]}
    for tag in accumulator.Tags()["tensors"]:
        found[tag] = [(event.step, list(event.tensor_proto.float_val), list(event.tensor_proto.string_val))
                      for event in accumulator.Tensors(tag)]
    return found


def state(run, step):
    """The bytes of everything that the run remembers, but for the lengths of log files."""
    return {name: (value.dtype, value.shape, value.tobytes())
            for name, value in load_file(run / "checkpoints" / f"step_{step}.safetensors").items()
            if "logs/" not in name}


def pictures(run):
    """The files in images/ by name."""
    folder = run / "images"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def checkpoints(run):
    """The steps of its checkpoints, in order."""
    steps = [int(path.stem.removeprefix("step_")) for path in (run / "checkpoints").glob("step_*.safetensors")]
    return sorted(steps)


def assert_same(test, run, whole):
    steps = program.record(whole)["steps"]
    for key in ("state", "steps", "weights_digest", "final", "scalars", "plan_digest"):
        test.assertEqual(program.record(run)[key], program.record(whole)[key])
    test.assertEqual(state(run, steps), state(whole, steps))
    test.assertEqual(lines(run), lines(whole))
    test.assertEqual(events(run), events(whole))
    test.assertEqual(pictures(run), pictures(whole))
    test.assertEqual(program.record(run)["failures"], [])
    test.assertEqual([str(p) for p in run.rglob("*.part")], [])
