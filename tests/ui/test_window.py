# SPDX-License-Identifier: Apache-2.0
"""The window, used as people use it: by keyboard, by pointer and by screen reader. Speaks TAP; each test names its promise.

test_window.py WORKBENCH SMALTI FILL_STORE SHOTS [NAME...]: with names, only those tests. Pictures go to the folder SHOTS,
for people to look at.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import traceback

from desktop import CHECKED, FOCUSED, PATIENCE, SELECTED, SENSITIVE, Program, until

WORKBENCH, SMALTI, FILL_STORE, SHOTS = sys.argv[1:5]
TESTS = []

DONE = re.compile("^Puzzles on Holidays, ")
STOPPED = re.compile("^Colours of the coast, ")
LOST = re.compile("^A night's run")
FAILED = re.compile("^Everything at once, ")


def test(function):
    TESTS.append(function)
    return function


class Room:
    """A folder for a store, and the programs opened on it; both go at the end of a test."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="store-")
        self.store = os.path.join(self.folder, "store")
        self.programs = []

    def fill(self):
        subprocess.run([FILL_STORE, self.store], check=True)
        return self

    def open(self, *words, **environment):
        program = Program(WORKBENCH, "--store", self.store, *words, **environment)
        self.programs.append(program)
        return program

    def command(self, *words):
        return subprocess.Popen([SMALTI, *words, "--store", self.store], stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def clear(self):
        for program in self.programs:
            program.kill()
        shutil.rmtree(self.folder)


def shoot(window, name):
    window.shoot(os.path.join(SHOTS, name + ".png"))


def choose_run(window, pattern):
    row = window.find("list item", pattern)
    window.click(row)
    until(lambda: row.has(SELECTED), f"{pattern.pattern} selected")
    return row


# -- what is there --


@test
def an_empty_store_offers_a_start(room):
    window = room.open()
    sample = window.find("button", "Try the Built-in Sample")
    until(lambda: sample.is_on_screen() and sample.has(SENSITIVE), "the sample offered")
    assert window.has("button", "Open Folder…")
    assert window.has("label", "No runs yet")
    assert not window.has("button", "Stop") and not window.has("button", "Resume")
    until(lambda: sample.has(FOCUSED), "the first button focused")
    shoot(window, "empty")
    window.close()


@test
def asked_for_the_sample_it_offers_a_run_on_it(room):
    window = room.open("--sample")
    check = window.find("radio", "Built-in sample")
    assert check.has(CHECKED)
    start = window.find("button", "Start")
    until(lambda: start.has(FOCUSED), "Start focused")
    shoot(window, "new-run")
    window.keys("Escape")
    window.gone("button", "Start")
    assert window.has("label", "No runs yet"), "closing the dialog started something"
    window.close()


@test
def a_filled_store_shows_its_runs_and_the_newest_of_them(room):
    window = room.fill().open("--sample")
    row = window.find("list item", DONE)
    assert [n.label() for n in window.find_all("list item", None, window.find("list", "Runs"))] == [
        "Puzzles on Holidays, Jigsaw puzzles · Finished",
        "Colours of the coast, Colorization · Stopped",
        "A night's run with a name that is much longer than any sidebar is wide, Colorization · Interrupted",
        "Everything at once, Jigsaw puzzles · Failed",
    ]
    assert row.has(SELECTED)
    assert not list(window.find_all("button", "Start")), "the sample is offered though there are runs"
    # The last value of the curve, to four digits, as fill-store draws it.
    window.find("image", re.compile(r"^Plot: Loss\. Training: 0\.\d{4} at step 4000, .*Validation: 0\.5738 at step 4000"))
    window.find("image", re.compile(r"^Plot: Accuracy\. .*Validation: 82\.3% at step 4000"))
    window.rest_pointer()
    shoot(window, "finished")

    answers = list(window.find_all("image", re.compile("^Predicted: ")))
    assert len(answers) == 6 and len(list(window.find_all("image", re.compile("^Shuffled: ")))) == 6
    assert sum("7 of 9" in n.label() for n in answers) == 2
    window.scroll_to(answers[3])
    window.rest_pointer()
    shoot(window, "puzzles")
    window.scroll_to(window.find("label", "50.2%"))
    texts = window.texts(window.find("group", "Linear benchmark"))
    assert "conv4" in texts and "45.8–54.7%" in texts, texts
    details = window.find("list item", "Where the numbers come from")
    window.scroll_to(details)
    window.click(details)
    until(lambda: "1,234,567" in window.texts() or "1234567" in window.texts(), "the number of parameters")
    window.scroll_to(window.find("list item", "Version of Smalti"))
    window.rest_pointer()
    shoot(window, "benchmark")
    window.close()


@test
def a_failed_run_says_why(room):
    window = room.fill().open()
    choose_run(window, FAILED)
    sentence = window.find("label", re.compile("^The loss is no longer a number after step 210"))
    assert sentence.is_on_screen()
    assert window.has("button", "Resume") and not window.has("button", "Stop")
    window.rest_pointer()
    shoot(window, "failed")
    window.close()


@test
def a_stopped_run_shows_its_colours_and_can_go_on(room):
    window = room.fill().open()
    choose_run(window, STOPPED)
    window.find("image", re.compile("^Grey: Colours are off by 11"))
    assert window.find("button", "Resume").has(SENSITIVE)
    assert not list(n for n in window.find_all("image", re.compile("^Shuffled")) if n.is_laid_out()), "puzzles of another run"
    window.find("label", "Step 2400 of 4000")
    window.scroll_to(list(window.find_all("image", re.compile("^True: ")))[3])
    window.rest_pointer()
    shoot(window, "colours")
    window.close()


@test
def an_interrupted_run_says_that_nothing_is_lost(room):
    window = room.fill().open()
    choose_run(window, LOST)
    window.find("label", re.compile("Nothing is lost"))
    assert window.has("button", "Resume") and not window.has("button", "Stop")
    window.rest_pointer()
    shoot(window, "interrupted")
    window.close()


@test
def what_another_program_writes_shows_up(room):
    window = room.fill().open()
    choose_run(window, STOPPED)
    room.fill()
    until(lambda: len(list(window.find_all("list item", DONE))) == 2, "the other program's runs")
    assert list(window.find_all("list item", STOPPED))[1].has(SELECTED), "the selection moved"
    window.close()


@test
def a_damaged_store_says_so_and_can_be_tried_again(room):
    os.mkdir(room.store)
    database = os.path.join(room.store, "smalti.db")
    with open(database, "w") as file:
        file.write("this is no database, whatever its name says")
    window = room.open()
    window.find("label", "The Runs Can’t Be Read")
    assert any("smalti.db" in text or room.store in text for text in window.texts()), window.texts()
    shoot(window, "damaged")
    with open(database) as file:
        assert file.read() == "this is no database, whatever its name says"
    os.unlink(database)
    window.press("button", "Try Again")
    window.find("button", "Try the Built-in Sample")
    window.close()


# -- how it is used --


@test
def everything_can_be_done_by_keyboard(room):
    window = room.fill().open()
    row = window.find("list item", DONE)
    until(lambda: row.has(FOCUSED), "the list focused")
    window.keys("Down")
    until(lambda: window.find("list item", STOPPED).has(SELECTED), "the next run")
    until(lambda: window.has("button", "Resume"), "its page")

    window.keys("ctrl+n")
    start = window.find("button", "Start")
    until(lambda: start.has(FOCUSED), "Start focused")
    seen = []
    for _ in range(8):
        window.keys("Tab")
        focused = next((n for n in window.find_all("radio") if n.has(FOCUSED)), None)
        seen.append(focused and focused.label())
    assert "Built-in sample" in seen, seen
    window.keys("Escape")
    window.gone("button", "Start")

    window.keys("ctrl+question")
    window.find("label", "Show everything")
    shoot(window, "shortcuts")
    window.keys("Escape")
    window.closed()

    window.keys("F10")
    window.find("menu item", "About Smalti")
    window.keys("Escape")
    window.keys("ctrl+q")
    window.ended()


@test
def a_folder_is_asked_for_before_a_run_on_one(room):
    window = room.open()
    window.press("button", "Try the Built-in Sample")
    folder = window.find("radio", "Folder of photographs")
    start = window.find("button", "Start")
    until(lambda: start.has(SENSITIVE), "Start")
    window.click(folder)
    window.find("label", "Choose a folder first.")
    assert not start.has(SENSITIVE)
    until(lambda: len(window.windows()) == 3, "the folder chooser")
    window.keys("Escape")
    until(lambda: len(window.windows()) == 2, "the folder chooser closed")
    shoot(window, "no-folder")
    window.click(window.find("radio", "Built-in sample"))
    until(lambda: start.has(SENSITIVE), "Start again")
    window.keys("Escape")
    window.closed()
    window.close()


@test
def it_fits_a_phone(room):
    window = room.fill().open()
    window.find("list item", DONE)
    window.resize(360, 720)

    def is_at_the_list():
        if window.has("list item", DONE):
            return True
        if window.has("button", "Back"):  # pressed again if it fell into the movement of folding
            window.press("button", "Back")
        return False

    until(is_at_the_list, "the list")
    window.rest_pointer()
    shoot(window, "narrow-list")
    window.click(window.find("list item", DONE))
    until(lambda: window.has("button", "Back"), "the page")
    window.gone("list item", DONE)
    window.rest_pointer()
    shoot(window, "narrow-page")
    width = window.window().box()[2]
    page = window.find("label", "Finished")
    for label in window.find_all("label"):
        x, _, label_width, _ = label.box()
        assert not label.is_laid_out() or x + label_width <= width, f"{label.label()!r} reaches beyond {width}"
    window.scroll_to(list(window.find_all("image", re.compile("^Shuffled: ")))[1])
    window.rest_pointer()
    shoot(window, "narrow-puzzles")
    window.scroll_to(window.find("label", re.compile("^A linear classifier")))
    window.rest_pointer()
    shoot(window, "narrow-benchmark")
    window.keys("alt+Left")
    until(lambda: window.has("list item", DONE), "the list again")
    window.press("button", "New run")
    window.find("button", "Start")
    shoot(window, "narrow-new-run")
    window.keys("Escape")
    window.closed()
    window.resize(1100, 740)
    until(lambda: window.has("list item", DONE) and window.has("label", "Jigsaw puzzles"), "both side by side again")
    window.close()


@test
def it_is_readable_in_the_dark(room):
    window = room.fill().open(ADW_DEBUG_COLOR_SCHEME="prefer-dark")
    window.find("image", re.compile("^Plot: Loss"))
    window.rest_pointer()
    shoot(window, "dark-finished")
    window.scroll_to(list(window.find_all("image", re.compile("^Shuffled: ")))[3])
    window.rest_pointer()
    shoot(window, "dark-puzzles")
    window.scroll_to(window.find("label", re.compile("^A linear classifier")))
    window.rest_pointer()
    shoot(window, "dark-benchmark")
    choose_run(window, FAILED)
    window.find("label", re.compile("^The loss is no longer"))
    window.rest_pointer()
    shoot(window, "dark-failed")
    window.press("button", "New run")
    window.find("button", "Start")
    shoot(window, "dark-new-run")
    window.keys("Escape")
    window.closed()
    window.close()


def run(function):
    room = Room()
    try:
        function(room)
        return True
    except Exception:
        print("# " + traceback.format_exc().replace("\n", "\n# "))
        for program in room.programs:
            if program.process.poll() is None:
                shoot(program, "not-ok-" + function.__name__.replace("_", "-"))
            print("# " + program.complaints().replace("\n", "\n# "), flush=True)
        return False
    finally:
        room.clear()


# -- at work --

SAMPLE = re.compile("^Jigsaw puzzles on the sample, ")
LOSS = re.compile(r"^Plot: Loss\. Training: \S+ at step (\d+)")


def set_epochs(window, n):
    window.click(window.find("spin button", re.compile("^Epochs")))
    window.keys("ctrl+a")
    window.type(str(n))
    window.keys("Tab")


def start_sample(window, epochs):
    """By the controls of the dialog, which is open."""
    start = window.find("button", "Start")
    set_epochs(window, epochs)
    until(lambda: start.has(SENSITIVE), "Start")
    window.click(start)
    window.find("list item", SAMPLE)


def step_of(window):
    """The last step in the plot of the loss."""
    plot = next((n for n in window.find_all("image", LOSS)), None)
    return int(LOSS.search(plot.label())[1]) if plot else 0


def wait_for_step(window, step):
    until(lambda: step_of(window) > step, f"a point after step {step}", 2 * PATIENCE)


@test
def a_run_is_started_stopped_resumed_and_finished(room):
    window = room.open("--sample")
    start_sample(window, 40)  # long enough not to be over before it is stopped, however fast the machine
    wait_for_step(window, 3)
    first = step_of(window)
    wait_for_step(window, first)
    assert window.has("button", "Stop") and not window.has("button", "Resume")
    window.find("label", re.compile(r"^Step [\d,]+ of [\d,]+ · \d+ images/s · .* left$"))
    drawing, *others = window.priorities()
    assert {nice for name, nice in others if name == "smalti-engine"} == {min(19, drawing[1] + 10)}, window.priorities()
    predicted = window.find("image", re.compile(r"^Predicted: \d of \d tiles in place"), patience=2 * PATIENCE)
    window.rest_pointer()
    shoot(window, "training")
    window.scroll_to(predicted)
    window.rest_pointer()
    shoot(window, "training-puzzles")

    # Closing asks; kept, it goes on.
    window.keys("ctrl+w")
    window.find("label", "Stop Training?")
    shoot(window, "close-question")
    window.keys("Escape")
    window.closed()
    wait_for_step(window, step_of(window))

    window.press("button", "Stop")
    until(lambda: window.has("button", "Resume"), "Resume", 2 * PATIENCE)
    assert window.find("list item", SAMPLE).label().endswith("Stopped")
    stopped_at = step_of(window)
    window.press("button", "Resume")
    until(lambda: window.has("button", "Stop"), "Stop")
    wait_for_step(window, stopped_at)

    until(lambda: window.find("list item", SAMPLE).label().endswith("Finished"), "the end of the run", 10 * PATIENCE)
    assert not window.has("button", "Stop") and not window.has("button", "Resume")
    table = window.find("group", "Linear benchmark")
    texts = window.texts(table)
    assert "conv1" in texts and sum(text.endswith("%") for text in texts) >= 10, texts
    window.scroll_to(window.find("label", re.compile("^A linear classifier")))
    window.rest_pointer()
    shoot(window, "trained")
    window.close()


@test
def closed_while_it_trains_it_stops_at_a_checkpoint(room):
    window = room.open("--sample")
    window.find("button", "Start")
    window.click(window.find("label", "Method"))
    window.keys("Down", "Return")
    window.find("label", re.compile("^Guess|olour"))
    shoot(window, "new-run-colorization")
    set_epochs(window, 50)
    window.press("button", "Start")
    colors = re.compile("^Colorization on the sample, ")
    window.find("list item", colors)
    wait_for_step(window, 2)
    grey = window.find("image", re.compile("^Grey: "), patience=2 * PATIENCE)
    window.scroll_to(grey)
    window.rest_pointer()
    shoot(window, "training-colours")
    window.keys("ctrl+q")
    window.find("label", "Stop Training?")
    window.keys("alt+s")
    window.ended()

    again = room.open()
    assert again.find("list item", colors).label().endswith("Stopped")
    until(lambda: step_of(again) > 2, "its curve")
    again.close()


@test
def a_run_of_the_command_line_shows_live_and_is_stopped_here(room):
    window = room.open()
    window.find("button", "Try the Built-in Sample")
    pictures = os.path.join(room.folder, "pictures")
    subprocess.run([SMALTI, "data", "sample", pictures], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    spec = os.path.join(room.folder, "spec.yaml")
    with open(spec, "w") as file:
        file.write(f"name: by command\ndata: {{path: {pictures}}}\nmethod: {{name: jigsaw, tile: 24, permutations: 24}}\n"
                   "backbone: {name: cfn-small}\ntrain: {epochs: 500, batch: 16}\neval: {protocol: none}\n")
    command = room.command("run", spec)
    row = window.find("list item", re.compile("^by command, "), patience=2 * PATIENCE)
    until(lambda: "Training" in row.label(), "its training", 2 * PATIENCE)
    wait_for_step(window, 2)
    wait_for_step(window, step_of(window))
    window.press("button", "Stop")
    until(lambda: command.poll() is not None, "the command's end", 2 * PATIENCE)
    until(lambda: row.label().endswith("Stopped"), "its state")
    assert window.has("button", "Resume")
    window.close()


@test
def a_folder_without_pictures_is_refused_with_a_sentence(room):
    window = room.open()
    empty = os.path.join(room.folder, "empty")
    os.mkdir(empty)
    window.press("button", "Try the Built-in Sample")
    window.click(window.find("button", "Choose…"))
    until(lambda: len(window.windows()) == 3, "the folder chooser")
    window.type(empty)
    window.keys("Return")
    until(lambda: len(window.windows()) == 2, "the folder chosen")
    window.find("label", empty)
    window.press("button", "Start")
    window.find("label", "The Run Can’t Start")
    assert any("empty" in text and text.endswith(".") for text in window.texts(window.windows()[-1]))
    shoot(window, "refused")
    window.keys("Escape")
    window.closed()
    until(lambda: window.has("label", "No runs yet"), "no trace of the run")
    window.close()


def main():
    os.makedirs(SHOTS, exist_ok=True)
    chosen = [t for t in TESTS if not sys.argv[5:] or t.__name__ in sys.argv[5:]]
    failed = 0
    print(f"1..{len(chosen)}", flush=True)
    for number, function in enumerate(chosen, 1):
        fine = run(function)
        failed += not fine
        print("ok" if fine else "not ok", number, "-", function.__name__.replace("_", " "), flush=True)
    return 1 if failed else 0


sys.exit(main())
