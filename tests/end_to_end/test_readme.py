"""Every command and every config of README.md works, in the order written, as it stands there."""

import os
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest

import program

README = (program.SOURCE / "README.md").read_text()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def source_folder():
    """The source folder under another name, so that runs are not left in it."""
    folder = tempfile.TemporaryDirectory(prefix="assay-readme-")
    for entry in program.SOURCE.iterdir():
        if entry.name not in ("runs", "build"):
            (pathlib.Path(folder.name) / entry.name).symlink_to(entry)
    (pathlib.Path(folder.name) / "build").symlink_to(program.BUILD)
    return folder


class Readme(unittest.TestCase):
    def test_commands(self):
        commands = [line for block in blocks("sh") for line in block.splitlines()]
        self.assertEqual(commands[:2], ["./dev run configs/digits.yaml", "./dev test"])
        with source_folder() as folder:
            for command in commands:
                with self.subTest(command=command):
                    if command.startswith("./dev test"):
                        continue  # this is it
                    if command.startswith("./dev view"):
                        self.look(command, folder)
                        continue
                    process = subprocess.run(command, shell=True, cwd=folder, capture_output=True,
                                             text=True, timeout=600)
                    self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
                    self.assertNotEqual(process.stdout, "")
                    if re.match(r"\S+ run ", command):
                        (accuracy,) = re.findall(r"^  Accuracy +(\S+)$", process.stdout, re.MULTILINE)
                        print(f"{command}: {accuracy}")
                        self.assertGreater(float(accuracy), 0.9)

    def look(self, command, folder):
        """TensorBoard comes up, and stays."""
        process = subprocess.Popen(command + " -- --port 0", shell=True, cwd=folder, text=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   start_new_session=True)
        try:
            for line in process.stderr:
                if "Press CTRL+C to quit" in line:
                    return
            self.fail("TensorBoard ended")
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
            process.stderr.close()

    def test_configs(self):
        for config in blocks("yaml"):
            with program.temporary_folder() as folder:
                path = pathlib.Path(folder) / "mine.yaml"
                path.write_text(config)
                run = program.run("mine.yaml", folder=folder)
                self.assertEqual(program.record(run)["state"], "finished")
                self.assertEqual([p.suffix for p in (run / "images").iterdir()], [".pdf"])
                self.assertGreater(program.record(run)["final"]["accuracy"], 0.9)

    def test_the_error(self):
        (config,) = blocks("yaml")
        (error,) = blocks("text")
        with program.temporary_folder() as folder:
            (pathlib.Path(folder) / "mine.yaml").write_text(config.replace("type: adam", "type: adm"))
            process = program.assay("run", "mine.yaml", folder=folder)
            self.assertTrue(process.stderr.startswith(error), process.stderr)

    def test_what_it_says_of_keys(self):
        """The references and list indices that README shows."""
        with program.temporary_folder() as folder:
            path = pathlib.Path(folder) / "mine.yaml"
            path.write_text(blocks("yaml")[0] + "name: e${seed}-${env:ASSAY_NO_SUCH,x}-${optimizer.learning_rate}\n"
                            "loggers: [{type: console}]\n")
            run = program.run("mine.yaml", "model.hidden.0=50", "loggers.0.interval=1", "train.epochs=1",
                              folder=folder)
            self.assertEqual(program.record(run)["name"], "e0-x-0.001")
            self.assertIn("[50]", (run / "plan.yaml").read_text())

    def test_links(self):
        for target in re.findall(r'\]\((?!http)([^)#]+)|src="([^"]+)"', README):
            path = program.SOURCE / (target[0] or target[1])
            self.assertTrue(path.exists(), path)

    def test_folders_exist(self):
        for folder in re.findall(r"^\| `(\w+)/", README, re.MULTILINE):
            if folder not in ("config", "checkpoints", "images"):
                self.assertTrue((program.SOURCE / folder).is_dir(), folder)


if __name__ == "__main__":
    unittest.main(verbosity=2)
