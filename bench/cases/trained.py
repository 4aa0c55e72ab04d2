"""The cases that train have this in common: their programs, and how much work a step is."""

import programs


def flops(widths, rows, test_rows=0):
    """Returns the operations of one step, a multiply-add counted as 2, of the matrix products alone. With
    W = sum of inputs x outputs: forward 2 W a row; backward the same again for the kernels' gradients and for the inputs', but that no
    one asks for those of the first layer. A test row goes forward only."""
    products = [i * o for i, o in zip(widths, widths[1:])]
    return 2 * rows * (3 * sum(products) - products[0]) + 2 * test_rows * sum(products)


def all_programs(work, steps, flops_of_step, figure):
    """Programs that train `bench/configs/<work>.yaml`; figure(seconds) makes what the case shows."""

    def result(seconds, loss):
        return {"figure": figure(seconds), "loss": loss, "gflops": flops_of_step * steps / seconds * 1e-9}

    def assay():
        record = programs.assay(f"{work}.yaml", f"train.steps={steps}")
        return result(record["training_seconds"], record["final"].get("Loss"))

    def peer(script, *arguments, **options):
        def run():
            answer = programs.peer(script, *arguments, work, steps, **options)
            return result(answer["seconds"], answer["loss"])

        return run

    return {
        "Assay": assay,
        "JAX, lax.scan": peer("jax_mlp.py", "scan"),
        "JAX, jitted loop": peer("jax_mlp.py", "loop"),
        "PyTorch": peer("torch_mlp.py", python=programs.DEBIAN_PYTHON),
        "scikit-learn": peer("sklearn_mlp.py"),
    }
