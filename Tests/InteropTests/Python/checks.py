"""Runs the checks of one script: functions that call a server and assert what they see.

    import checks

    @checks.check("an empty payload comes back")
    def empty(world): ...

    checks.main()

Every check runs, whatever becomes of the others. Exit code 0 means that all of them held, and that there was one.
"""

import argparse
import faulthandler
import random
import sys
import traceback
from dataclasses import dataclass

_checks = []


@dataclass
class World:
    """What a script is told: the server, the client's identity, and where randomness begins."""

    address: str
    pki: str | None
    certificate: str | None
    token: str | None
    pid: int | None
    seed: int

    def random(self) -> random.Random:
        """The same numbers for the same seed, whatever other checks took."""
        return random.Random(self.seed)


def check(sentence):
    def register(function):
        _checks.append((sentence, function))
        return function

    return register


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", required=True, help="IP:PORT of the server")
    parser.add_argument("--pki", help="folder of ca.pem and the clients' certificates and keys; cleartext without it")
    parser.add_argument("--certificate", help="which of them the client presents, for example client; none without it")
    parser.add_argument("--token", help="file of the caller's token")
    parser.add_argument("--pid", type=int, help="the server's process")
    parser.add_argument("--seed", type=int, required=True)
    world = World(**vars(parser.parse_args()))
    # A call that hangs ends the script, and says where.
    faulthandler.dump_traceback_later(150, exit=True)
    print(f"seed {world.seed}", flush=True)
    failures = 0
    for sentence, function in _checks:
        try:
            function(world)
            print(f"ok: {sentence}", flush=True)
        except Exception:
            failures += 1
            print(f"FAILED: {sentence}\n{traceback.format_exc()}", flush=True)
    print(f"{len(_checks) - failures} of {len(_checks)} checks held", flush=True)
    sys.exit(0 if _checks and not failures else 1)
