# SPDX-License-Identifier: Apache-2.0
"""Runs side by side, as the command line left them: two that learned puzzles and one that learned nothing, measured on the
same few pictures of the built-in sample."""
import tempfile

from desktop import walk
from room import *

SPEC = """name: {name}
data: {{path: {pictures}}}
method: {{{method}}}
backbone: {{name: cfn-small}}
train: {{epochs: 2, batch: 32, lr: {lr}}}
eval: {{protocol: {protocol}, max_dim: 256}}
"""
JIGSAW = "name: jigsaw, tile: 24, permutations: 24"
RUNS = [("quick puzzles", JIGSAW, 0.02, "linear"), ("slow puzzles", JIGSAW, 0.002, "linear"),
        ("untrained", "name: random, size: 64", 0.02, "linear")]
SECTIONS = ("Curves", "Settings", "Benchmark", "Confusion", "Neighbours", "Map")
SHARE = re.compile(r"^\d+\.\d% \(\d+\.\d–\d+\.\d%\)$")
measured = None


def fill(room):
    """Trains and measures once, and gives every room a copy."""
    global measured
    if not measured:
        measured = tempfile.mkdtemp(prefix="measured-")
        pictures = os.path.join(measured, "pictures")
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([SMALTI, "data", "sample", pictures, "--train", "16", "--val", "6"], **quiet)
        for name, method, lr, protocol in RUNS:
            spec = os.path.join(measured, name + ".yaml")
            with open(spec, "w") as file:
                file.write(SPEC.format(name=name, pictures=pictures, method=method, lr=lr, protocol=protocol))
            subprocess.run([SMALTI, "run", spec, "--store", os.path.join(measured, "store")], **quiet)
    shutil.copytree(os.path.join(measured, "store"), room.store)
    return room


def open_compare(room, **environment):
    window = fill(room).open(**environment)
    go_to(window, "Compare")
    window.see("button", re.compile("^Open “quick puzzles”"))
    return window


def show(window, section):
    tab = window.find("tab", section)
    window.click(tab)
    until(lambda: tab.has(SELECTED), f"{section} shown")


@test
def what_was_measured_alike_is_compared_without_asking(room):
    window = open_compare(room)
    for name, *_ in RUNS:
        window.see("button", f"Open “{name}”")
    # Curves of both that were trained, in the same plots.
    plot = window.find("image", re.compile("^Plot: Loss"))
    until(lambda: "quick puzzles" in plot.label() and "slow puzzles" in plot.label(), lambda: plot.label())
    assert "untrained" not in plot.label(), plot.label()
    shoot(window, "compare-curves")

    show(window, "Settings")
    grid = window.find("group", "Settings")
    texts = window.texts()
    assert "0.02" in texts and "0.002" in texts and "Learning rate" in texts, texts
    assert "Batch" not in texts, texts
    shoot(window, "compare-settings")
    window.click(window.find("checkbox", "Show all settings"))
    window.find("label", "Batch")

    show(window, "Benchmark")
    row = window.find("list", "Best Layer of Each Run")
    best = window.texts(row)
    assert sum(bool(SHARE.match(t)) for t in best) == 3, best
    assert not any("can’t be compared" in t for t in window.texts())
    window.scroll_to(window.find("label", "As a table"))
    window.click(window.find("label", "As a table"))
    until(lambda: sum(bool(SHARE.match(t)) for t in window.texts()) == 3 + 3 * 5, lambda: str(window.texts()))
    shoot(window, "compare-benchmark")
    window.close()


@test
def a_cell_of_the_confusion_opens_its_images(room):
    window = open_compare(room)
    show(window, "Confusion")
    mistakes = window.find("list", "Most frequent mistakes")
    worst = until(lambda: next((n for n in window.find_all("list item", re.compile("taken for|as"), mistakes)), None),
                  lambda: str(window.texts(mistakes)))
    shoot(window, "compare-confusion")
    window.scroll_to(worst)
    window.click(worst)
    grid = window.find("grid", "Images of the cell")
    image = next(window.find_all("grid cell", re.compile(r"\.jpg, .*, taken for "), grid))
    window.scroll_to(image)
    shoot(window, "compare-confusion-images")
    window.click(image)
    window.find("image", image.label())
    shoot(window, "compare-image")
    window.keys("Escape")
    window.closed()
    window.close()


@test
def each_run_shows_what_it_finds_alike(room):
    window = open_compare(room)
    show(window, "Neighbours")
    queries = window.find("grid", "Test images")
    for name, *_ in RUNS:
        window.find("label", re.compile(f"^{name} · conv"))
    assert len(list(window.find_all("button", re.compile("^Neighbour 1: ")))) == 3
    first = next(window.find_all("button", re.compile("^Neighbour 1: ")))
    shoot(window, "compare-neighbours")
    # From a neighbour one goes on.
    window.scroll_to(first)
    name = re.search(r"\((\S+\.jpg)\)", first.label())[1]
    window.click(first)
    window.find("label", name)
    assert len(list(window.find_all("button", re.compile("^Neighbour 10: ")))) == 3
    assert queries.is_laid_out()
    window.close()


@test
def features_are_drawn_as_a_map(room):
    window = open_compare(room)
    show(window, "Map")
    points = window.find("image", "Map of images by their features")
    window.find("label", "All classes")
    shoot(window, "compare-map")
    # With the keyboard, the image nearest to the middle is looked at, and Enter opens it.
    window.scroll_to(points)
    window.click(points)
    window.rest_pointer()
    window.keys("plus")
    until(lambda: points.property("Accessible", "Description").startswith("Image "), "an image looked at")
    window.keys("Return")
    window.find("image", re.compile(r"^\d+\.jpg, "))
    window.keys("Escape")
    window.closed()
    # Another way to draw it.
    window.click(window.find("combo box", "Drawn by"))
    window.keys("Down", "Return")
    window.find("label", "t-SNE")
    window.gone("button", "Cancel")
    shoot(window, "compare-map-tsne")
    window.close()


@test
def the_whole_is_saved_as_a_report(room):
    window = open_compare(room)
    path = os.path.join(room.folder, "report.html")
    choose_file(window, path, lambda: window.press("button", "Save Report…"))
    window.find("label", "Report saved as “report.html”")
    with open(path) as file:
        page = file.read()
    assert page.startswith("<!DOCTYPE html>") and all(name in page for name, *_ in RUNS), page[:200]
    window.close()


@test
def runs_are_chosen_by_a_checklist(room):
    window = open_compare(room)
    window.press("button", "Take “untrained” out of the comparison")
    window.gone("button", "Open “untrained”")
    window.press("button", "Take “slow puzzles” out of the comparison")
    window.gone("button", "Open “slow puzzles”")
    window.press("button", "Take “quick puzzles” out of the comparison")
    window.see("label", "Choose Two or More Runs")
    shoot(window, "compare-empty")
    window.press("button", "Choose Runs")
    runs = window.find("list", "Runs to compare")
    window.type("slow")
    until(lambda: len(list(window.find_all("checkbox", None, runs))) == 1, "one found")
    window.keys("Return")
    until(lambda: next(window.find_all("checkbox", None, runs)).has(CHECKED), "it ticked")
    window.keys("ctrl+a", "BackSpace")
    until(lambda: len(list(window.find_all("checkbox", None, runs))) == 3, "all found")
    window.click(window.find("checkbox", re.compile("^quick puzzles, "), runs))
    until(lambda: sum(n.has(CHECKED) for n in window.find_all("checkbox", None, runs)) == 2, "two ticked")
    shoot(window, "compare-chooser")
    window.keys("Escape")
    window.see("button", "Open “slow puzzles”")
    window.see("button", "Open “quick puzzles”")
    window.close()


@test
def it_fits_a_phone_and_the_dark(room):
    window = open_compare(room, ADW_DEBUG_COLOR_SCHEME="prefer-dark")
    window.rest_pointer()
    for section in SECTIONS:
        show(window, section)
        shoot(window, "dark-compare-" + section.lower())
    window.resize(360, 640)
    # Instead of the tabs, which have no room, a list of the sections.
    assert not window.has("tab", "Map")
    choice = next(n for n in window.find_all("combo box") if n.is_on_screen())
    window.click(choice)
    window.keys("Home", "Return")
    until(lambda: "Curves" in [n.label() for n, _ in walk(choice)], "Curves chosen")
    for section in SECTIONS:
        if section != SECTIONS[0]:
            window.resize(1110, 750)
            show(window, section)
            window.resize(360, 640)
        shoot(window, "narrow-compare-" + section.lower())
        assert window.window().box()[2] <= 360, (section, window.window().box())
    window.close()


main()
