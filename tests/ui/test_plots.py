# SPDX-License-Identifier: Apache-2.0
"""Plots in the window: zoom and values by keyboard, the menu, a table of the values, and a file that holds them all."""
import csv

from room import *


def open_plot(room):
    window = room.fill().open()
    open_run(window, DONE)
    return window, window.find("image", re.compile(r"^Plot: Loss\. Training: .*Learning rate: 0\.0000 at step 4000"))


def choose(window, item):
    window.click(window.find("button", "Menu of Loss"))
    window.press("menu item", item)


@test
def a_plot_is_zoomed_by_keyboard_and_pointer(room):
    window, plot = open_plot(room)
    window.click(plot)
    until(lambda: plot.has(FOCUSED), "the plot focused")
    window.keys("plus", "plus", "plus", "Right", "shift+Right", "shift+Right")
    window.shoot(os.path.join(SHOTS, "plot-zoomed.png"))
    window.keys("0")
    shoot(window, "plot-whole")
    window.press("button", "Validation")
    until(lambda: "Validation" not in plot.label(), "validation hidden")
    window.close()


@test
def a_plot_is_shown_as_a_table(room):
    window, _ = open_plot(room)
    choose(window, "Show as Table")
    until(lambda: len(window.windows()) == 2, "the table")
    until(lambda: {"Step", "Epoch", "Time", "Value", "1", "0.005"} <= set(window.texts(window.windows()[-1])), "values in it")
    shoot(window, "plot-table")
    window.keys("Escape")
    window.closed()
    choose(window, "Logarithmic Values")
    shoot(window, "plot-logarithmic")
    window.close()


@test
def a_plot_is_saved_with_all_its_points(room):
    window, _ = open_plot(room)
    path = os.path.join(room.folder, "loss.csv")
    choose_file(window, path, lambda: choose(window, "Save as CSV…"))
    window.find("label", "Saved as “loss.csv”")
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4000 + 4000 + 10, len(rows)
    assert {row["curve"] for row in rows} == {"Training", "Validation", "Learning rate"}
    assert [row["step"] for row in rows if row["curve"] == "Validation"][-1] == "4000"
    window.close()


main()
