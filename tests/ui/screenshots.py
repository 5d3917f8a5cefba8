# SPDX-License-Identifier: Apache-2.0
"""Pictures of the program for its README, called by resources/screenshots/make: every page, with runs that really trained on the
built-in sample. Not a test, though it speaks like one."""
from room import *

JIGSAW = re.compile("(?i)^[^,]*jigsaw")
COLORS = re.compile("(?i)^[^,]*colori[sz]ation")


def show_runs(window):
    go_to(window, "Runs")
    window.find("list item", JIGSAW)


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
    window.scroll_to(list(window.find_all("image", re.compile("^Most likely answers: ")))[0])
    shoot(window, "puzzles")
    window.scroll_to(window.find("button", "Measure…"))
    shoot(window, "benchmark")
    open_run(window, COLORS)
    window.scroll_to(list(window.find_all("image", re.compile("^True: ")))[0])
    shoot(window, "colours")

    window.keys("ctrl+n")
    window.find("button", "Start")
    window.find("label", re.compile("^Jigsaw puzzles"))
    until(lambda: any("an epoch" in text for text in window.texts()), "the estimate", 2 * PATIENCE)
    shoot(window, "new-run")
    for place in "Data", "Compare", "Try it":
        if list(window.find_all("list item", place)):
            go_to(window, place)
            shoot(window, place.lower().replace(" ", "-"))
    window.close()


main()
