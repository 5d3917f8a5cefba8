# SPDX-License-Identifier: Apache-2.0
"""What the window tests share: a room with a store and the programs opened on it, and the telling of results in TAP.

A test file: `from room import *`, functions marked @test that take a room, and `main()` at its end. It is called as
test_x.py WORKBENCH SMALTI FILL_STORE SHOTS [NAME...]: with names, only those tests. Pictures go to the folder SHOTS, for people to
look at.
"""
import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import traceback

from gi.repository import GLib

from desktop import CHECKED, FOCUSED, PATIENCE, SELECTED, SENSITIVE, FilePortal, Notifications, Program, geometry, run_tool, until

WORKBENCH, SMALTI, FILL_STORE, SHOTS = sys.argv[1:5]
TESTS = []

# Names of fill-store's runs.
DONE = re.compile("^Puzzles on Holidays, ")
STOPPED = re.compile("^Colours of the coast, ")
LOST = re.compile("^A night's run")
FAILED = re.compile("^Everything at once, ")
# A point of the curve of the loss.
LOSS = re.compile(r"^Plot: Loss\. Training: \S+ at step (\d+)")


def test(function):
    TESTS.append(function)
    return function


@functools.cache
def file_portal():
    return FilePortal()


class Room:
    """A folder for a store, and the programs opened on it; both go at the end of a test."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="store-")
        self.store = os.path.join(self.folder, "store")
        self.programs = []

    def fill(self):
        subprocess.run([FILL_STORE, self.store], check=True)
        return self

    def open(self, *words, portal=False, **environment):
        """@portal: files are chosen as by a sandboxed program, not in GTK's own dialog."""
        if portal:
            environment["GTK_USE_PORTAL"] = "1"  # before GTK 4.10
            environment["GDK_DEBUG"] = os.environ.get("GDK_DEBUG", "") + ",portals"  # and since
        program = Program(WORKBENCH, "--store", self.store, *words, **environment)
        program.portal = file_portal() if portal else None
        self.programs.append(program)
        return program

    def command(self, *words):
        return subprocess.Popen([SMALTI, *words, "--store", self.store], stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def sample(self, *words):
        """A folder with the built-in sample's pictures, in class folders."""
        pictures = os.path.join(self.folder, "pictures")
        subprocess.run([SMALTI, "data", "sample", pictures, *words], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        return pictures

    def clear(self):
        for program in self.programs:
            program.kill()
        shutil.rmtree(self.folder)


def choose_file(window, path, press):
    """A file or folder, in answer to what @press opens."""
    window.has_leaks_of_others = True
    if window.portal:
        n = len(window.portal.asked)
        window.portal.path = path
        press()
        until(lambda: len(window.portal.asked) > n, "the portal asked")
        return
    before = len(window.windows())
    press()
    until(lambda: len(window.windows()) == before + 1, "the file chooser")
    window.keys("ctrl+a")
    window.type(path)
    window.keys("Return")
    until(lambda: len(window.windows()) == before, "the file chosen")


def shoot(window, name):
    window.rest_pointer()
    window.shoot(os.path.join(SHOTS, name + ".png"))


def go_to(window, place):
    """By the sidebar."""
    row = window.find("list item", place)
    window.click(row)
    until(lambda: row.has(SELECTED), f"{place} chosen")


def find_runs(window):
    """On the page of runs: those of a table, or, where that has no room, of a list."""
    return until(lambda: next((n for n in window.find_all("list", "Runs") if n.is_on_screen()), None), "the runs")


def find_run(window, pattern, **patience):
    """Its row there."""
    runs = find_runs(window)
    return window.find(runs.children()[0].role(), pattern, runs, **patience)


def run_names(window):
    """What the rows there say, from above."""
    return [row.label() for row in find_runs(window).children()]


def open_run(window, pattern):
    """From the page of runs: by a click and Return, as in a table one click chooses."""
    go_to(window, "Runs")
    row = find_run(window, pattern)
    window.click(row)
    if row.role() == "row":
        until(lambda: row.has(SELECTED), f"{pattern.pattern} chosen")
        window.keys("Return")
    until(lambda: window.has("button", "Back"), f"the page of {pattern.pattern}")


def set_number(window, name, text):
    """Of the form of a new run, found by its search."""
    window.keys("ctrl+f")
    until(lambda: any(n.has(FOCUSED) for role in ("search box", "text box", "entry", "text") for n in window.find_all(role)),
          "the search focused")
    window.keys("ctrl+a")
    window.type(name.lower())
    window.scroll_to(window.find("label", name))
    window.click(window.find("spin button", name))
    window.keys("ctrl+a")
    window.type(text)


def drop(window, *paths):
    """As from a file manager, by a program of its own whose window is moved beside this one's."""
    window.has_leaks_of_others = True
    source = subprocess.Popen([os.path.join(os.path.dirname(FILL_STORE), "drag-files"), *paths], stderr=subprocess.DEVNULL)
    try:
        find = ["xdotool", "search", "--all", "--onlyvisible", "--pid", str(source.pid), ""]
        native = until(lambda: next((i for i in subprocess.run(find, capture_output=True, text=True).stdout.split()
                                     if geometry(i)["WIDTH"] > 50), None), "the files to drag")
        x, y = window.point(window.window())
        run_tool("xdotool", "windowmove", "--sync", native, "1170", "800")
        run_tool("xdotool", "mousemove", "1220", "840", "mousedown", "1")
        # A drag begins and is taken note of by moves.
        for step in range(1, 21):
            run_tool("xdotool", "mousemove", str(1220 + (x - 1220) * step // 20), str(840 + (y - 840) * step // 20))
        run_tool("xdotool", "mousemove", str(x + 1), str(y + 1), "sleep", "0.3", "mouseup", "1")
        until(lambda: source.poll() is not None, "the files dropped")
    finally:
        source.kill()
        source.wait()


def yaml_of(window):
    """What the page of a new run says beside its form."""
    node = window.find("text box", "The spec as YAML")
    return node.call("Text", "GetText", GLib.Variant("(ii)", [0, -1]))[0]


def see_yaml(window, words):
    until(lambda: words in yaml_of(window), lambda: f"{words!r} in\n{yaml_of(window)}")


def step_of(window):
    """The last step in the plot of the loss."""
    plot = next((n for n in window.find_all("image", LOSS)), None)
    return int(LOSS.search(plot.label())[1]) if plot else 0


def wait_for_step(window, step):
    until(lambda: step_of(window) > step, f"a point after step {step}", 2 * PATIENCE)


def run(function):
    room = Room()
    try:
        function(room)
        return True
    except Exception:
        traceback.print_exc()  # not as TAP, of which the test runner's summary shows nothing
        for program in room.programs:
            try:
                shoot(program, "not-ok-" + function.__name__.replace("_", "-"))
            except Exception as reason:  # it may have no window any more
                print(f"no picture: {reason}", file=sys.stderr)
            print(program.complaints(), file=sys.stderr, flush=True)
        return False
    finally:
        room.clear()


def main():
    os.makedirs(SHOTS, exist_ok=True)
    chosen = [t for t in TESTS if not sys.argv[5:] or t.__name__ in sys.argv[5:]]
    failed = 0
    print(f"1..{len(chosen)}", flush=True)
    for number, function in enumerate(chosen, 1):
        fine = run(function)
        failed += not fine
        print("ok" if fine else "not ok", number, "-", function.__name__.replace("_", " "), flush=True)
    sys.exit(1 if failed else 0)
