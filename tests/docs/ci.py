# SPDX-License-Identifier: MIT
"""CI snippets: read as the service reads them, and their commands run.

What a step does to the machine itself (installing packages) is left out by
name, with the reason in exceptions.txt.
"""
import re

try:
    import yaml
except ImportError:
    yaml = None

STEP_KEYS = {"name", "uses", "with", "run", "if", "env", "working-directory"}


class Wrong(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Wrong(what)


def load(text):
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as why:
        raise Wrong(f"no YAML: {why}") from why


def script(commands, must_fail=False):
    return {"commands": commands, "must_fail": must_fail}


def github(text, folder, skip):
    """(environment, scripts, files that are kept) of a workflow."""
    flow = load(text)
    expect(True in flow or "on" in flow, "there is no 'on'")
    (job,) = flow["jobs"].values()
    expect(job.get("runs-on"), "there is no 'runs-on'")
    scripts, kept = [], []
    for step in job["steps"]:
        unknown = set(step) - STEP_KEYS
        expect(not unknown, f"a step has {unknown}")
        expect(("run" in step) != ("uses" in step), f"{step}: run or uses")
        if step.get("uses", "").startswith("actions/upload-artifact"):
            kept.append(step["with"]["path"])
        if "run" in step and step.get("name") != skip:
            scripts.append(script(step["run"], must_fail=True))
    # Of all expressions only this one is known here.
    env = {k: v.replace("${{ github.workspace }}", str(folder))
           for k, v in job.get("env", {}).items()}
    expect("${{" not in str(env), f"expressions in {env}")
    env.update(GITHUB_ACTIONS="true",
               GITHUB_STEP_SUMMARY=str(folder / "summary.md"))
    return env, scripts, kept + ["summary.md"]


def gitlab(text, folder, skip):
    (job,) = load(text).values()
    env = {k: v.replace("$CI_PROJECT_DIR", str(folder))
           for k, v in job["variables"].items()}
    scripts = []
    for key, fails in (("before_script", False), ("script", True),
                       ("after_script", False)):
        expect(all(isinstance(c, str) for c in job[key]),
               f"{key} has more than commands")
        if key != skip:
            scripts.append(script("\n".join(job[key]), must_fail=fails))
    artifacts = job["artifacts"]
    expect(artifacts["when"] == "always", "artifacts of failed jobs are lost")
    return env, scripts, artifacts["paths"] + [artifacts["reports"]["junit"]]


def jenkins(text, folder, skip):
    """Groovy is not parsed: braces and the steps that we know are."""
    expect(not skip, "nothing to skip")
    expect(text.count("{") == text.count("}"), "braces")
    env = {k: v.replace("${WORKSPACE}", str(folder)) for k, v in
           re.findall(r'^\s*(\w+) = "(.*)"$', text, re.M)}
    blocks = re.findall(r"\bsh '''(.*?)'''", text, re.S)
    lines = re.findall(r"\bsh '([^'\n]+)'", text)
    expect(blocks and lines, "no sh steps")
    scripts = [script(b, must_fail=True) for b in blocks] + \
        [script(line) for line in lines]
    return env, scripts, re.findall(r"(?:junit|archiveArtifacts) '(.*?)'", text)


READERS = {"github": github, "gitlab": gitlab, "jenkins": jenkins}
