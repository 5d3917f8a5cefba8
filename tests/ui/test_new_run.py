# SPDX-License-Identifier: Apache-2.0
"""The page of new runs: what is chosen by itself, form and YAML in step, what is wrong, what differs."""
from gi.repository import GLib

from room import *


def number(window, name):
    """What stands in the row of a number."""
    return window.find("spin button", name).call("Text", "GetText", GLib.Variant("(ii)", [0, 20]))[0]


def open_page(room, *words, **environment):
    window = room.open(*words, **environment)
    window.press("button", "Try the Built-in Sample")
    start = window.find("button", "Start")
    until(lambda: start.has(FOCUSED) and start.has(SENSITIVE), "Start ready")
    window.find("label", re.compile(r"^[\d,]+ pictures in 12 classes, mostly about 96 px"), patience=2 * PATIENCE)
    return window


@test
def everything_is_chosen_when_there_are_pictures(room):
    window = open_page(room)
    assert window.find("radio", "Jigsaw puzzles").has(CHECKED)
    see_yaml(window, "name: Jigsaw puzzles on the sample\n")
    see_yaml(window, "tile: 24\n")  # for small images
    window.find("label", re.compile(r" parameters? · .*of memory$"))
    window.find("label", re.compile(r" an epoch, .* in all"))  # measured
    shoot(window, "new-run")
    window.press("button", "Start")
    window.find("button", re.compile("^Under way: Jigsaw puzzles on the sample, "))
    window.press("button", "Stop")
    until(lambda: window.has("button", "Resume"), "Resume")
    window.close()


@test
def form_and_yaml_are_always_in_step(room):
    window = open_page(room)
    see_yaml(window, "# Jigsaw puzzles for small images")
    set_number(window, "Tile", "20")
    see_yaml(window, "tile: 20\n")
    assert "# Jigsaw puzzles for small images" in yaml_of(window), "a comment is lost"
    shoot(window, "new-run-changed")
    window.press("button", "Tile: Reset to 24")
    until(lambda: number(window, "Tile") == "24", "the preset's value")
    see_yaml(window, "tile: 24\n")
    window.keys("ctrl+z")
    until(lambda: number(window, "Tile") == "20", "the change again")
    see_yaml(window, "tile: 20\n")

    window.keys("ctrl+f", "Escape")  # nothing is searched for any more
    window.click(window.find("text box", "The spec as YAML"))
    window.keys("ctrl+End")
    window.type("seed: 7")
    until(lambda: number(window, "Seed") == "7", "the seed of the YAML in the form")
    window.keys("BackSpace", "x")
    window.find("button", re.compile(r"^Line \d+: “seed” can't be x"))
    start = window.find("button", "Start")
    until(lambda: not start.has(SENSITIVE), "Start disabled")
    window.find("label", re.compile("^The YAML can’t be read"))
    shoot(window, "new-run-mistake")
    window.keys("BackSpace", "9")
    until(lambda: start.has(SENSITIVE) and number(window, "Seed") == "9", "all well again")
    window.close()


@test
def a_wrong_value_says_why_and_disables_the_start(room):
    window = open_page(room)
    start = window.find("button", "Start")
    set_number(window, "Grid", "9")
    reason = "“grid” can't be 9; it must be a whole number from 2 to 3."
    window.find("label", reason)
    until(lambda: not start.has(SENSITIVE), "Start disabled")
    assert start.property("Accessible", "Description") == reason
    window.keys("Tab")
    assert number(window, "Grid") == "9", "it was put back without a word"
    shoot(window, "new-run-wrong")
    set_number(window, "Grid", "2")
    window.find("label", re.compile("24"))  # permutations of four tiles: found by building the network
    until(lambda: start.property("Accessible", "Description").find("24") >= 0, "why the network can't be built")
    set_number(window, "Permutations", "24")
    until(lambda: start.has(SENSITIVE), "Start")
    window.close()


@test
def another_method_and_backbone_bring_their_settings(room):
    window = open_page(room)
    window.press("radio", "Colorization")
    see_yaml(window, "name: colorization\n")
    see_yaml(window, "name: Colorization on the sample\n")
    window.find("spin button", "Temperature")
    assert not list(window.find_all("spin button", "Permutations"))
    window.keys("ctrl+f")
    window.type("temper")
    until(lambda: not list(n for n in window.find_all("spin button", "Batch") if n.is_laid_out()), "only what is searched for")
    window.keys("Escape")
    window.find("spin button", "Batch")
    window.close()


@test
def presets_fill_the_form_and_what_does_not_fit_is_told(room):
    window = open_page(room)
    window.scroll_to(window.find("label", "Preset"))
    window.click(window.find("label", "Preset"))
    until(lambda: len(window.native_windows()) > 1, "the list of presets")
    window.keys("End", "Return")
    until(lambda: len(window.native_windows()) == 1, "the list of presets closed")
    see_yaml(window, "# The study that Smalti began with")
    window.find("label", "As in the original study")
    set_number(window, "Batch", "60000")
    window.find("label", re.compile("^A batch of 60000 needs .* and there are "))
    shoot(window, "new-run-too-large")
    window.press("button", re.compile("^Use Batch [0-9]+$"))
    until(lambda: number(window, "Batch") != "60000", "the batch that fits")
    see_yaml(window, f"batch: {number(window, 'Batch')}\n")
    window.gone("label", re.compile("^A batch of "))
    window.close()


@test
def a_run_too_large_for_the_memory_offers_the_batch_that_fits(room):
    window = open_page(room)
    set_number(window, "Batch", "60000")
    window.find("label", re.compile("^A batch of 60000 needs .* and there are "))
    window.press("button", "Start")
    window.find("label", "The Run Can’t Start", patience=2 * PATIENCE)
    shoot(window, "too-large")
    window.keys("Escape")
    window.closed()
    assert number(window, "Batch") == "60000", "what could not start has left its settings"
    window.press("button", "Start")
    window.find("label", "The Run Can’t Start", patience=2 * PATIENCE)
    # GTK 4.8 names a dialog's button twice over.
    window.find("button", re.compile("^Use Batch [0-9]+ "))
    window.keys("Return")
    window.closed()
    until(lambda: number(window, "Batch") != "60000", "the batch that fits")
    window.gone("label", re.compile("^A batch of "))
    window.close()


@test
def specs_come_and_go_as_files(room):
    spec = os.path.join(room.folder, "mine.yaml")
    pictures = room.sample("--train", "8", "--val", "2")
    with open(spec, "w") as file:
        file.write("# kept\nname: from a file\nseed: 3\ndata:\n  path: pictures\nmethod:\n  name: jigsaw\n  grid: 2\n"
                   "  permutations: 24\nbackbone:\n  name: cfn-small\n")
    window = open_page(room)
    choose_file(window, spec, lambda: window.press("button", "Import…"))
    see_yaml(window, "# kept\nname: from a file\n")
    see_yaml(window, f"path: {pictures}\n")
    until(lambda: number(window, "Grid") == "2", "its settings in the form")
    window.find("label", "None: your own settings")
    exported = os.path.join(room.folder, "exported.yaml")
    choose_file(window, exported, lambda: window.press("button", "Export…"))
    until(lambda: os.path.exists(exported), "the file")
    with open(exported) as file:
        assert file.read() == yaml_of(window)
    window.close()


@test
def it_fits_a_phone_and_the_dark(room):
    window = open_page(room, ADW_DEBUG_COLOR_SCHEME="prefer-dark")
    shoot(window, "dark-new-run")
    window.resize(360, 720)
    until(lambda: window.has("button", "YAML"), "the switch between form and YAML")
    shoot(window, "narrow-new-run")
    width = window.window().box()[2]
    for label in window.find_all("label"):
        x, _, label_width, _ = label.box()
        assert not label.is_on_screen() or x + label_width <= width, f"{label.label()!r} reaches beyond {width}"
    window.press("button", "YAML")
    window.see("text box", "The spec as YAML")
    shoot(window, "narrow-new-run-yaml")
    window.press("button", "Settings")
    until(lambda: window.has("radio", "Jigsaw puzzles"), "the form again")
    window.close()


main()
