"""What the figures were measured with."""

import importlib.metadata
import platform
import subprocess

import programs

PEERS = ("jax", "flax", "optax", "scikit-learn", "numpy", "tensorboardX", "tensorflow-cpu", "matplotlib",
         "hydra-core")


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    cores = programs.cores()
    return f"{cores} core{'s' if cores > 1 else ''}, {models[0] if models else platform.machine()}"


def versions():
    assay = subprocess.run([programs.ASSAY, "--version"], check=True, capture_output=True, text=True).stdout
    found = [assay.splitlines()[0]]
    for name in PEERS:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            pass
    torch = subprocess.run([programs.DEBIAN_PYTHON, "-c", "import torch; print(torch.__version__)"],
                           capture_output=True, text=True)
    if torch.returncode == 0:
        found.append(f"PyTorch {torch.stdout.strip()}")
    return ", ".join([*found, f"Python {platform.python_version()}"])


