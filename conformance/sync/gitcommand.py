"""Run one git command so that neither the user's configuration nor a silent remote can spoil it; the git source does."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from conformance.sync.failures import SourceFailed

ASK_SECONDS = 15
FETCH_SECONDS = 300

_SETTINGS = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    # A link would be a way out of the clone; as a plain file it fails verification like any wrong content.
    "core.symlinks=false",
    # Version 2 lets a client ask for single blobs whatever the server allows otherwise.
    "protocol.version=2",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=20",
    # Nothing may go on in the background in a folder that is about to be removed.
    "gc.auto=0",
    "maintenance.auto=false",
)
# Of the user's GIT_ variables only those that say how to reach a remote: GIT_DIR and its like, which are set in
# every hook and alias, would make git work on another repository.
_KEPT = (
    "GIT_ALLOW_PROTOCOL",
    "GIT_CONFIG_",
    "GIT_EXEC_PATH",
    "GIT_HTTP_",
    "GIT_PROXY_",
    "GIT_SSH",
    "GIT_SSL_",
)


def run_git(*arguments: str, cwd: Path, given: str = "", seconds: float = FETCH_SECONDS) -> str:
    """What git prints; SourceFailed, with git's own last words, where it fails or takes longer than ``seconds``."""
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    with subprocess.Popen(
        ["git", *settings, *arguments],
        cwd=cwd,
        env=_environment(cwd),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        # A group of its own to kill together with its helpers (ssh, git-remote-https), and no terminal to ask on.
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(given, timeout=seconds)
        except BaseException as error:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise git_failed(f"git {arguments[0]} got no answer within {seconds:g} s") from None
            raise
    if process.returncode:
        raise git_failed(_last_words(err) or f"git {arguments[0]} ended with status {process.returncode}")
    return out


def git_failed(
    reason: str,
    advice: str = "Check the network and the remote, or name a mirror with `--remote URL` (a path will do).",
) -> SourceFailed:
    """The git source's refusal, to raise."""
    return SourceFailed("git", reason, advice)


def _environment(cwd: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith(_KEPT)
    } | {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "SSH_ASKPASS_REQUIRE": "never",
        # The project's own repository around upstream_tests, its remotes and settings are not to be found.
        "GIT_CEILING_DIRECTORIES": str(cwd.parent),
        "GIT_ATTR_NOSYSTEM": "1",
        "LC_ALL": "C",
    }
    if not _has_own_ssh(kept, cwd):
        kept["GIT_SSH_COMMAND"] = f"ssh -o BatchMode=yes -o ConnectTimeout={ASK_SECONDS}"
    return kept


def _has_own_ssh(environment: dict[str, str], cwd: Path) -> bool:
    """Whether the user has chosen how ssh is started, which may not take OpenSSH's options."""
    if environment.keys() & {"GIT_SSH", "GIT_SSH_COMMAND"}:
        return True
    asked = ["git", "config", "--get", "core.sshCommand"]
    return not subprocess.run(asked, cwd=cwd, env=environment, capture_output=True, check=False).returncode


def _last_words(err: str) -> str:
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines[-1:]
    return "; ".join(dict.fromkeys(line.removeprefix("fatal: ") for line in fatal))
