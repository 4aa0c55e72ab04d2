"""The machine and the programs that the figures were measured with."""

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


# Prints the kernels that the OpenBLAS of a module was begun with.
OPENBLAS = """
import ctypes, re, sys
__import__(sys.argv[1])
for path in set(re.findall(r"/\S*openblas\S*", open("/proc/self/maps").read())):
    library = ctypes.CDLL(path)
    for name in ("openblas_get_corename", "scipy_openblas_get_corename64_", "scipy_openblas_get_corename"):
        if hasattr(library, name):
            get = getattr(library, name)
            get.restype = ctypes.c_char_p
            print(get().decode())
            sys.exit()
"""


def openblas(python, module):
    """", OpenBLAS kernels NAME", or nothing where the module uses no OpenBLAS."""
    found = subprocess.run([python, "-c", OPENBLAS, module], capture_output=True, text=True,
                           env=programs.environment(python))
    return f" (OpenBLAS kernels {found.stdout.strip()})" if found.stdout.strip() else ""


def versions():
    assay = subprocess.run([programs.ASSAY, "--version"], check=True, capture_output=True, text=True).stdout
    found = [assay.splitlines()[0]]
    for name in PEERS:
        try:
            blas = openblas(programs.PYTHON, "numpy") if name == "numpy" else ""
            found.append(f"{name} {importlib.metadata.version(name)}{blas}")
        except importlib.metadata.PackageNotFoundError:
            pass
    torch = subprocess.run([programs.DEBIAN_PYTHON, "-c", "import torch; print(torch.__version__)"],
                           capture_output=True, text=True)
    if torch.returncode == 0:
        found.append(f"PyTorch {torch.stdout.strip()}{openblas(programs.DEBIAN_PYTHON, 'torch')}")
    return ", ".join([*found, f"Python {platform.python_version()}"])
