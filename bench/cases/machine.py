"""The limits of the machine: multiply-adds that wait for nothing, and the libraries' matrix products."""

import programs
from case import GFLOPS, Case


def cases():
    counts = sorted({1, programs.cores()})

    def rows(name, run):
        def at(threads):
            def measure():
                answer = run(threads)
                return {"figure": answer.pop("gflops"), **answer}

            return measure

        return {f"{name}, {threads} core{'s' if threads > 1 else ''}": at(threads) for threads in counts}

    peak = rows("multiply-adds alone", lambda threads: programs.built("fma_peak", threads))
    gemm = {**rows("OpenBLAS (NumPy)", lambda threads: programs.peer("gemm.py", "openblas", threads)),
            **rows("oneDNN", lambda threads: programs.peer("gemm.py", "onednn", threads))}
    return [Case("peak", "the machine's peak", GFLOPS, list(peak)[-1], peak),
            Case("gemm", "matrix product 256x1024x1024", GFLOPS, list(gemm)[len(counts) - 1], gemm)]
