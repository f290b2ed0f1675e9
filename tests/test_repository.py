"""The repository as others use it: versions that fit each other, and files about the project that say what is so."""

import re
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from support import ROOT

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = {"Linux": "linux", "Darwin": "darwin", "Windows": "win32"}
LOCKED = {"requirements-test.txt": "constraints.txt", "requirements-classroom.txt": "constraints-classroom.txt"}
LOCKED |= {"requirements-lab.txt": "constraints.txt"} if (ROOT / "requirements-lab.txt").exists() else {}


def lines_of(file: Path) -> list[str]:
    """What a requirements file asks for, that of the files that it includes as well."""
    lines = [line.partition("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines()]
    included = [file.parent / line.removeprefix("-r ") for line in lines if line.startswith("-r ")]
    own = [line for line in lines if line and not line.startswith("-")]
    return own + [line for other in included for line in lines_of(other)]


def bounded(requirement: Requirement) -> bool:
    return any(part.operator in ("<", "<=", "==", "~=") for part in requirement.specifier)


@pytest.mark.parametrize("name", LOCKED)
def test_every_requirement_has_an_upper_bound(name):
    assert not [line for line in lines_of(ROOT / name) if not bounded(Requirement(line))]


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", LOCKED)
def test_the_constraints_fix_one_version_of_every_requirement(name, python, system):
    platform = {"python_version": python, "python_full_version": f"{python}.9", "platform_system": system}
    environment = default_environment() | platform | {"sys_platform": SYSTEMS[system]}
    pins = [Requirement(line) for line in lines_of(ROOT / LOCKED[name])]
    versions = {}
    for pin in pins:
        if pin.marker is None or pin.marker.evaluate(environment):
            assert pin.name not in versions, f"{pin.name} twice"
            (versions[pin.name],) = [part.version for part in pin.specifier if part.operator == "=="]
    for requirement in map(Requirement, lines_of(ROOT / name)):
        assert requirement.specifier.contains(versions[requirement.name]), requirement


@pytest.mark.parametrize("name", sorted(set(LOCKED.values())))
def test_the_constraints_name_no_host_and_no_folder(name):
    assert not re.findall(r"\w+://.*|^-.*|.* @ .*", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
