# SPDX-License-Identifier: Apache-2.0
"""Pictures of the program for its README, called by resources/screenshots/make: every page, with runs that really trained on the
built-in sample. Not a test, though it speaks like one."""
from room import *

JIGSAW = re.compile("^demo jigsaw")
COLORS = re.compile("^demo colorization")


def show_runs(window):
    go_to(window, "Runs")
    find_run(window, JIGSAW)


@test
def the_pages_are_pictured(room):
    subprocess.run([SMALTI, "demo", "--minutes", "3", "--store", room.store], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, cwd=room.folder)
    window = room.open()
    window.find("image", "Coloured")
    window.find("label", "This Computer")
    shoot(window, "start")

    show_runs(window)
    shoot(window, "runs")
    open_run(window, JIGSAW)
    window.find("image", re.compile("^Predicted: "))
    shoot(window, "run")
    open_run(window, COLORS)
    window.scroll_to(list(window.find_all("image", re.compile("^True: ")))[0])
    shoot(window, "colours")

    window.keys("ctrl+n")
    window.find("button", "Start")
    window.find("label", re.compile("^Jigsaw puzzles"))
    until(lambda: any("an epoch" in text for text in window.texts()), "the estimate", 2 * PATIENCE)
    shoot(window, "new-run")
    go_to(window, "Data")
    window.press("button", "Look at the Built-in Sample")
    window.see("label", "1680 images")
    until(lambda: window.has("image", re.compile(r"^Short sides of the images\. ")), "its sizes")
    shoot(window, "data")
    go_to(window, "Compare")
    window.see("button", re.compile("^Open “demo jigsaw”"))
    window.find("image", re.compile("^Plot: Loss"))
    shoot(window, "compare")
    for section, last in ("Benchmark", ("list", "Best Layer of Each Run")), ("Map", ("image", "Map of images by their features")):
        tab = window.find("tab", section)
        window.click(tab)
        until(lambda: tab.has(SELECTED), section)
        window.see(*last)
        shoot(window, section.lower())
    open_run(window, JIGSAW)
    window.press("button", "Try it")
    window.press("button", "One of Its Data")
    window.find("button", re.compile("^Tile A"))
    shoot(window, "try-it")
    window.close()


main()
