"""Kernels that have imported all that chapters import: each is forked from one process that did it once.

A kernel takes more than a second of processor time to start and to import SymPy and matplotlib, and a book has one for
each chapter. The fork of a process that has done so takes a tenth of that, and the chapter finds what it would have
found in a new kernel: no name, no figure, its own folder, its own random numbers.

Run as a program, this file is that process. It answers each line, the arguments, folder and environment of a kernel in
JSON, with the number of the process that it forked, and ends with the one who asks.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import LocalProvisioner

IMPORTED = (
    *("ipykernel.kernelapp", "ipykernel.debugger", "numpy", "sympy", "sympy.physics.units", "matplotlib.pyplot"),
    *(f"dlmath.{name}" for name in ("diagrams", "display", "exercises", "live", "training", "verify")),
)
LAUNCHER = "ipykernel_launcher"
BACKEND = "module://matplotlib_inline.backend_inline"
"""Where pyplot draws in a notebook. A kernel says so before matplotlib is imported, which asks but once."""

QUIET = "PYDEVD_DISABLE_FILE_VALIDATION"
"""Without it the debugger, which every kernel imports, warns of what only its users need to know."""


class Forked:
    """A process that another one forked, with what a provisioner asks of a ``subprocess.Popen``."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self) -> int:
        return 0  # asked when it has ended

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class ForkServer:
    """The process from which kernels are forked, and the way to ask it for one."""

    def __init__(self) -> None:
        self._connection, other = socket.socketpair()
        self._answers = self._connection.makefile()
        self._turn = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(other.fileno())],
            pass_fds=[other.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the build, which ends the kernels
            env={"MPLBACKEND": BACKEND, QUIET: "1", **os.environ},
        )
        other.close()

    def provide(self, manager: KernelManager) -> None:
        """Let the kernel of this manager be forked."""
        provisioner = ForkedProvisioner(parent=manager, kernel_spec=manager.kernel_spec, kernel_id=manager.kernel_id)
        provisioner.server = self
        manager.provisioner = provisioner

    def fork(self, arguments: list[str], folder: str, environment: dict[str, str]) -> Forked | None:
        """A new kernel; None if there is nobody to fork it."""
        request = json.dumps([arguments, folder, environment]) + "\n"
        try:
            with self._turn:
                self._connection.sendall(request.encode())
                return Forked(int(self._answers.readline()))
        except (OSError, ValueError):
            return None

    def close(self) -> None:
        self._answers.close()
        self._connection.close()
        self._process.wait()


class ForkedProvisioner(LocalProvisioner):
    """Has a kernel of this Python forked; any other one is started as usual."""

    server: ForkServer

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        forked = None
        if cmd[0] == sys.executable and LAUNCHER in cmd:
            arguments = cmd[cmd.index(LAUNCHER) + 1 :]
            forked = self.server.fork(arguments, str(kwargs["cwd"]), kwargs["env"])
        if forked is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process: Any = forked
        self.pid, self.pgid, self.cwd = forked.pid, forked.pid, kwargs["cwd"]
        return self.connection_info


def serve(connection: socket.socket) -> None:
    """Fork a kernel at each request. Returns in the forked process, to become it, and at the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how kernels ended
    requests = connection.makefile("rw")
    for request in requests:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            requests.close()
            connection.close()
            return become_kernel(*json.loads(request))
        requests.write(f"{pid}\n")
        requests.flush()


def become_kernel(arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Run a kernel as ``python -m ipykernel_launcher`` does, and end with the process that this one is forked from."""
    import ipykernel_launcher
    import numpy as np
    from ipykernel.kernelapp import launch_new_instance

    os.setsid()
    os.chdir(folder)
    os.environ.update(environment)
    sys.argv = [ipykernel_launcher.__file__, *arguments, f"--IPKernelApp.parent_handle={os.getppid()}"]
    random.seed()
    np.random.seed()  # noqa: NPY002 - the state that NumPy draws when it is imported
    launch_new_instance()


if __name__ == "__main__":
    del sys.path[0]  # the folder of this file
    for name in IMPORTED:
        importlib.import_module(name)
    del os.environ[QUIET]
    gc.freeze()  # what is not looked at stays shared
    serve(socket.socket(fileno=int(sys.argv[1])))
