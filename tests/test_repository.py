"""The repository as others use it: versions that fit each other, and files about the project that say what is so."""

import re
import subprocess
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import publishing
import pytest
import yaml
from check_jsonschema.cli import main as check_jsonschema
from click.testing import CliRunner
from packaging.markers import default_environment
from packaging.requirements import Requirement
from support import ROOT

import dlmath

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
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


def test_binder_has_a_python_that_is_promised_and_what_is_locked():
    assert (ROOT / ".binder" / "runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-") in PYTHONS
    names = re.findall(
        r"^-[cr] (.+)$", (ROOT / ".binder" / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert {(ROOT / ".binder" / name).resolve().name for name in names} == {"constraints.txt", "requirements-lab.txt"}
    assert all((ROOT / ".binder" / name).exists() for name in names)


SCHEMAS = {
    "CITATION.cff": "citation-file-format",
    ".github/dependabot.yml": "dependabot",
    ".github/workflows/*.yml": "github-workflows",
    ".github/ISSUE_TEMPLATE/[0-9]*.yml": "github-issue-forms",
    ".github/ISSUE_TEMPLATE/config.yml": "github-issue-config",
}
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PAGES = ["README.md", "CONTRIBUTING.md", "chapters/appendix/teaching.md"]


@pytest.mark.parametrize("files", SCHEMAS)
def test_a_file_for_other_programs_has_the_form_they_read(files):
    found = sorted(ROOT.glob(files))
    assert found
    result = CliRunner().invoke(check_jsonschema, ["--builtin-schema", f"vendor.{SCHEMAS[files]}", *map(str, found)])
    assert result.exit_code == 0, result.output


def targets_of(makefile: str) -> set[str]:
    return set(" ".join(re.findall(r"^([a-z -]+):", makefile, flags=re.MULTILINE)).split())


def jobs(workflow: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values())


def steps(workflow: Path) -> list[dict[str, Any]]:
    return [step for job in jobs(workflow) for step in job["steps"]]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: file.stem)
def test_the_shell_steps_of_a_workflow_are_shell(workflow):
    for step in steps(workflow):
        if "run" in step:
            script = re.sub(r"\$\{\{.*?\}\}", "expression", step["run"])
            assert subprocess.run(["bash", "-n", "-c", script], check=False).returncode == 0, script


def uses(action: str) -> list[dict[str, Any]]:
    """What the workflows tell an action."""
    return [step["with"] for file in WORKFLOWS for step in steps(file) if step.get("uses", "").startswith(f"{action}@")]


def test_the_workflows_publish_what_is_built_where_the_links_lead():
    (deploy,) = uses("JamesIves/github-pages-deploy-action")
    (preview,) = uses("rossjrw/pr-preview-action")
    assert deploy["folder"] == preview["source-dir"] == "_build/html"
    for settings, name in ((deploy, "branch"), (preview, "preview-branch")):
        assert settings.get(name, "gh-pages") == publishing.PAGES_BRANCH
    assert deploy["clean-exclude"].rstrip("/") == preview["umbrella-dir"]  # or a push would delete the previews
    assert deploy["force"] is False


def test_what_is_said_of_publishing_is_in_the_workflow():
    workflow = yaml.safe_load(WORKFLOWS[0].with_name("pages.yml").read_text(encoding="utf-8"))
    section = (
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Publish your own\n")[2].split("\n## ")[0]
    )
    assert f"`{workflow['name']}`" in section
    assert f"the branch `{publishing.PAGES_BRANCH}`" in section
    assert f"`{uses('rossjrw/pr-preview-action')[0]['umbrella-dir']}/`" in section
    triggers = workflow[True]  # YAML 1.1 reads `on` so
    assert {"push", "workflow_dispatch", "pull_request"} <= set(triggers)
    (site,) = re.findall(r"`(https://\S+/)`", section)
    (repository,) = re.findall(r"REPOSITORY=(\S+)", section)
    assert publishing.site_of(repository) == site


def test_the_workflows_that_publish_know_where():
    """A fork publishes under its own address, without a change to a file."""
    github = {"server_url": "https://github.com", "repository": "someone/their-book"}
    for name in ("pages", "release"):
        (job,) = jobs(WORKFLOWS[0].with_name(f"{name}.yml"))
        address = re.sub(r"\$\{\{ github\.(\w+) \}\}", lambda match: github[match[1]], job["env"]["REPOSITORY"])
        assert publishing.site_of(address) == "https://someone.github.io/their-book/"


def test_the_workflows_run_on_every_python_that_is_promised():
    (matrix,) = re.findall(
        r"^ +python: (\[.*\])$", (WORKFLOWS[0].parent / "tests.yml").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert tuple(yaml.safe_load(matrix)) == PYTHONS
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.findall(r"^LOWEST_PYTHON := (.*)$", makefile, re.MULTILINE) == [PYTHONS[0]]


def test_continuous_integration_runs_the_lowest_versions():
    assert re.search(r"^make .*\btest-lowest\b", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_package_and_the_book_promise_the_same_versions():
    promised = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["book"]]
    said = [line for name in LOCKED for line in lines_of(ROOT / name)]
    bounds = defaultdict(set)
    for requirement in map(Requirement, [*promised, *said]):
        bounds[requirement.name].add(requirement.specifier)
    assert {name: found for name, found in bounds.items() if len(found) > 1} == {}


@pytest.mark.parametrize("file", [*PAGES, *WORKFLOWS, ROOT / ".pre-commit-config.yaml"], ids=lambda f: Path(f).name)
def test_every_command_of_make_that_is_named_exists(file):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = targets_of(makefile)
    text = (ROOT / file).read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|[`:] ?|&& )make (?:[A-Z_]+=\S* )*([a-z-]+)", text, flags=re.MULTILINE))
    assert named <= targets, named - targets


def test_the_help_of_make_names_what_there_is():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = targets_of(makefile) - {"help"}
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE).group(1).split()) - {"help"}
    helped = set(re.findall(r'@echo "make ([a-z-]+)', makefile))
    assert targets == phony
    assert helped | {"lint"} == phony


def test_the_versions_agree():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    newest = re.search(r"^## (\S+?)(?:,.*)?$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert dlmath.__version__ == citation["version"] == newest.group(1)


def test_the_licences_agree():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert PROJECT["license"].split(" AND ") == citation["license"]
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout
    folders = {name.split("/")[0] for name in tracked.splitlines() if "/" in name}
    assert {folder for folder in folders if f"{folder}/" not in text} == set()


def test_the_address_of_the_repository_is_the_same_everywhere():
    """It is set in _config.yml; while it is not, nothing names another."""
    book = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    address = (book.get("repository") or {}).get("url") or None
    told = 'CITATION.cff: add `repository-code: {0}`; pyproject.toml: add `[project.urls]` with `Repository = "{0}"`'
    assert citation.get("repository-code") == address, told.format(address)
    assert PROJECT.get("urls", {}).get("Repository") == address, told.format(address)


def test_what_is_built_is_not_committed():
    for name in ("build/lib/dlmath/losses.py", "dist/dlmath.whl", "_build/html/index.html", ".venv/bin/python"):
        assert subprocess.run(["git", "check-ignore", "-q", name], cwd=ROOT, check=False).returncode == 0, name


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_the_files_that_a_page_links_to_exist(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_readme_names_every_folder_and_no_other():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout
    folders = {name.split("/")[0] for name in tracked.splitlines() if "/" in name}
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## What is where")[2]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`([^`]+)/`", row)} == folders
