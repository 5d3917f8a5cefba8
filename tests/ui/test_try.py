# SPDX-License-Identifier: Apache-2.0
"""Trained models on any picture: puzzles with a person's hand in them, colours in full size, a look inside."""
import struct

from room import *

TILE = re.compile(r"^Tile ([A-I]), row (\d), column (\d)")
SETTINGS = "threads: 2\ntrain: {epochs: 1, batch: 16, n_previews: 1}\neval: {protocol: none}\n"


def train(room, name, method, backbone="{name: cfn-small, width: 0.2}"):
    """By command, to its end: a few steps on a small sample."""
    spec = os.path.join(room.folder, "spec.yaml")
    with open(spec, "w") as file:
        file.write(f"name: {name}\ndata: {{path: {room.pictures}}}\nmethod: {method}\nbackbone: {backbone}\n{SETTINGS}")
    assert room.command("run", spec).wait() == 0, name


def prepare(room, colours=False):
    room.pictures = room.sample("--train", "8", "--val", "3", "--side", "48")
    train(room, "a small puzzle", "{name: jigsaw, grid: 2, tile: 16, gap: 2, permutations: 24, fc6: 16, fc7: 32}")
    if colours:
        train(room, "small colours", "{name: colorization, size: 32, head_filters: 8, head_convs: 0}")
    return room.open()


def picture(room, width, height, name="meadow.png"):
    path = os.path.join(room.folder, name)
    subprocess.run(["convert", "-size", f"{width}x{height}", "gradient:skyblue-forestgreen", "-fill", "gold", "-draw",
                    f"circle {width // 3},{height // 3} {width // 3},{height // 2}", path], check=True)
    return path


def open_picture(window, path, button="Open…"):
    choose_file(window, path, lambda: window.press("button", button))


def tiles(window):
    """Letter of the tile in each cell, and all that is said of it."""
    found = {}
    for node in window.find_all("button", TILE):
        letter, row, column = TILE.search(node.label()).groups()
        found[int(row), int(column)] = (letter, node.label())
    return found


def letters(window):
    return [letter for _, (letter, _) in sorted(tiles(window).items())]


@test
def without_a_model_the_page_says_how_to_get_one(room):
    window = room.open()
    go_to(window, "Try It")
    window.see("label", "No Trained Model Yet")
    shoot(window, "try-none")
    assert not window.has("button", "Open…")
    window.press("button", "Try the Built-in Sample")
    window.find("button", "Start")
    window.close()


@test
def a_puzzle_is_solved_by_hand_and_by_the_model(room):
    window = prepare(room)
    go_to(window, "Try It")
    window.see("label", "Which Picture?")
    shoot(window, "try-empty")
    window.press("button", "One of Its Data")
    until(lambda: letters(window) == list("ABCD"), lambda: f"four tiles: {tiles(window)}")
    window.see("label", re.compile(r"^\d of 4 tiles in place$"))

    # By keyboard: the first tile down and to the right, where it is pinned.
    window.click(window.find("button", re.compile("^Tile A")))
    window.keys("Return", "Down", "Right")
    until(lambda: tiles(window)[2, 2][1].startswith("Tile A") or any("picked up" in w for _, w in tiles(window).values()), "picked up")
    window.keys("Return")
    until(lambda: letters(window) == list("DBCA"), lambda: f"A and D exchanged: {tiles(window)}")
    assert tiles(window)[2, 2][1].endswith("pinned"), tiles(window)

    window.press("button", "Let the Model Finish")
    window.find("label", re.compile(r"^The model has put 3 tiles, \d rightly; it is \d+% sure"))
    assert letters(window)[3] == "A" and "pinned" in tiles(window)[2, 2][1], tiles(window)
    assert sum("% sure" in words for _, words in tiles(window).values()) == 3, tiles(window)
    shoot(window, "try-puzzle-finished")

    window.press("button", "Solve")
    window.see("label", "4 of 4 tiles in place")
    window.press("button", "Mark Right and Wrong")
    until(lambda: all(words.endswith("right") for _, words in tiles(window).values()), "all marked as right")
    shoot(window, "try-puzzle-solved")

    # By pointer: the first onto its neighbour.
    first, second = (window.point(next(window.find_all("button", re.compile(f"row 1, column {i}")))) for i in (1, 2))
    run_tool = lambda *words: subprocess.run(["xdotool", *map(str, words)], check=True)
    run_tool("mousemove", *first, "mousedown", 1)
    for i in range(1, 6):
        run_tool("mousemove", *(a + (b - a) * i // 5 for a, b in zip(first, second)))
    run_tool("mouseup", 1)
    window.see("label", "2 of 4 tiles in place")
    assert sum(words.endswith("wrong") for _, words in tiles(window).values()) == 2, tiles(window)

    window.find("label", re.compile(r"^\d+ maps? of \d+ × \d+, from dark"))
    window.find("label", re.compile(r"^\d+ filters of \d+ × \d+; grey is a weight of 0$"))
    window.scroll_to(window.find("label", "First-Layer Filters"))
    shoot(window, "try-inside")
    window.close()


@test
def a_picture_is_coloured_in_its_own_size_and_saved(room):
    window = prepare(room, colours=True)
    window.resize(1000, 820)
    go_to(window, "Try It")
    opened = picture(room, 331, 203)
    open_picture(window, opened, "Open Picture…")
    window.see("label", "meadow · 331 × 203")
    window.find("label", re.compile("^Left of the divider"))
    shoot(window, "try-colours")
    slider = next(window.find_all("slider", re.compile("^Temperature")))
    window.keys("alt+t", "Home")
    until(lambda: slider.value() < 0.02, "the temperature at its least")
    saved = os.path.join(room.folder, "saved.png")
    choose_file(window, saved, lambda: window.press("button", "Save As…"))
    until(lambda: os.path.exists(saved), "the picture saved")
    with open(saved, "rb") as file:
        assert struct.unpack(">II", file.read(24)[16:]) == (331, 203)

    # Copied, pasted, it is a picture like any other.
    window.press("button", "Copy")
    window.find("label", "Picture copied")
    window.keys("alt+m", "ctrl+v")
    window.see("label", "Pasted picture · 331 × 203")

    broken = os.path.join(room.folder, "broken.png")
    with open(broken, "w") as file:
        file.write("no picture at all")
    open_picture(window, broken)
    window.see("label", re.compile("broken.png"))
    assert window.has("label", "Pasted picture · 331 × 203")  # what was there stays
    shoot(window, "try-broken")

    # The other model, in a narrow window.
    window.resize(360, 720)
    window.keys("alt+m", "space", "Down", "Return")
    until(lambda: letters(window) == list("ABCD"), "the puzzle of the other run")
    shoot(window, "try-narrow")
    window.close()


main()
