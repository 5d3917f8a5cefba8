# SPDX-License-Identifier: Apache-2.0
"""The page of the runs: its table, its search, what can be done with several runs at once, and the queue."""
import sqlite3

from room import *


def cells(window, pattern):
    """What can be read in the row of a run."""
    return [text for text in window.texts(find_run(window, pattern)) if text]


def choose(window, *patterns):
    """By pointer: the first by a click, the others with Control."""
    row = find_run(window, patterns[0])
    window.click(row)
    until(lambda: row.has(SELECTED), "the first chosen")
    for pattern in patterns[1:]:
        other = find_run(window, pattern)
        window.click_with("ctrl", other)
        until(lambda: other.has(SELECTED), f"{pattern.pattern} chosen, too")


def sort_by(window, column):
    list(window.find_all("button", "Sort"))[-1].act()  # the button within the menu button
    window.press("menu item", column)
    window.gone("menu item", column)


def open_runs(room):
    window = room.fill().open()
    go_to(window, "Runs")
    window.see("row", DONE)
    return window


@test
def a_table_shows_measures_beside_each_run(room):
    window = open_runs(room)
    until(lambda: "82.3%" in cells(window, DONE), lambda: f"the best validation in {cells(window, DONE)}")
    assert any(text.startswith("conv4 50.2%") for text in cells(window, DONE)), cells(window, DONE)
    assert "60%" in cells(window, STOPPED), cells(window, STOPPED)
    window.close()


@test
def a_run_begins_with_the_settings_of_another(room):
    window = open_runs(room)
    choose(window, DONE)
    window.keys("shift+F10")
    window.press("menu item", "New Run with These Settings…")
    window.find("button", "Start")
    see_yaml(window, "name: Puzzles on Holidays\n")
    open_run(window, STOPPED)
    window.press("button", "New run with these settings")
    see_yaml(window, "name: Colours of the coast\n")
    window.close()

    # One that did not fit into the memory, with a batch that does.
    with sqlite3.connect(os.path.join(room.store, "smalti.db")) as database:
        database.execute("UPDATE run SET batch_that_fits = 7 WHERE name = 'Everything at once'")
    again = room.open()
    open_run(again, FAILED)
    again.press("button", "Use Batch 7")
    see_yaml(again, "name: Everything at once\n")
    see_yaml(again, "batch: 7\n")
    again.close()


@test
def the_order_follows_a_column_and_what_is_unknown_comes_last(room):
    window = open_runs(room)
    until(lambda: "82.3%" in cells(window, DONE), "the measures")
    by_time = run_names(window)
    sort_by(window, "Benchmark")
    until(lambda: DONE.search(run_names(window)[0]), "the only one with a benchmark first")
    sort_by(window, "Name")
    until(lambda: FAILED.search(run_names(window)[1]), lambda: f"{run_names(window)} to be sorted by name")
    assert run_names(window) != by_time
    window.click(window.find("label", "Progress", window.find("tree grid", "Runs")))
    until(lambda: FAILED.search(run_names(window)[0]), lambda: f"{run_names(window)} to be sorted by progress")
    window.click(window.find("label", "Progress", window.find("tree grid", "Runs")))
    until(lambda: DONE.search(run_names(window)[0]), "the finished one first")
    window.close()


@test
def words_and_states_narrow_it_down(room):
    window = open_runs(room)
    window.keys("ctrl+f", "ctrl+a")
    window.type("coast")
    until(lambda: len(run_names(window)) == 1, "one run")
    assert STOPPED.search(run_names(window)[0])
    window.keys("ctrl+a")
    window.type("state:failed")
    until(lambda: [n for n in run_names(window) if FAILED.search(n)] == run_names(window), "the failed one")
    window.keys("ctrl+a")
    window.type("nothing is called this")
    window.see("label", "No Runs Found")
    shoot(window, "runs-nothing-found")
    window.press("button", "Show All Runs")
    until(lambda: len(run_names(window)) == 4, "all runs")
    window.press("button", re.compile("^Stopped "))
    until(lambda: len(run_names(window)) == 2, "stopped and interrupted ones")
    window.close()


@test
def several_are_deleted_at_once_and_come_back(room):
    window = open_runs(room)
    choose(window, DONE, FAILED)
    window.find("label", "2 selected")
    shoot(window, "runs-chosen")
    window.keys("Delete")
    until(lambda: len(run_names(window)) == 2, "two runs less")
    window.find("label", "2 runs deleted")
    window.press("button", re.compile("Undo"))
    until(lambda: len(run_names(window)) == 4, "both again")
    window.close()


@test
def tags_names_notes_and_favourites_are_kept(room):
    window = open_runs(room)
    choose(window, DONE, STOPPED)
    window.press("button", "Tags…")
    entry = window.find("text box", "Tags")
    until(lambda: entry.has(FOCUSED), "the entry focused")
    window.type("sea, holidays")
    window.keys("Return")
    window.closed()
    until(lambda: "holidays, sea" in cells(window, STOPPED), "the tags")
    list(window.find_all("button", "Favourite"))[-1].act()  # below the stars of the rows
    window.press("button", re.compile("^Favourites "))
    until(lambda: len(run_names(window)) == 2, "the favourites")
    window.press("button", re.compile("^Favourites "))

    choose(window, DONE)
    window.keys("F2")
    entry = window.find("text box", "Name")
    until(lambda: entry.has(FOCUSED), "the entry focused")
    window.keys("ctrl+a")
    window.type("By another name")
    window.keys("Return")
    window.closed()
    renamed = re.compile("^By another name, ")
    find_run(window, renamed)
    window.keys("ctrl+f", "ctrl+a")
    window.type("tag:sea another")
    until(lambda: len(run_names(window)) == 1, "found by tag and name")
    window.close()

    again = room.open()  # all of it is the store's
    go_to(again, "Runs")
    find_run(again, renamed)
    again.close()


@test
def a_setting_becomes_a_column_and_stays_one(room):
    window = room.fill().open(GSETTINGS_BACKEND="keyfile")
    go_to(window, "Runs")
    window.click(window.find("button", "Columns"))
    window.find("search box", "Search for columns")
    window.type("train.lr")
    window.find("checkbox", re.compile("^Learning rate"))
    window.keys("Tab", "space")
    shoot(window, "runs-columns")
    window.keys("Escape")
    rates = lambda program: [text for text in cells(program, DONE) if re.fullmatch(r"0\.\d+", text)]
    until(lambda: rates(window), lambda: f"a learning rate in {cells(window, DONE)}")
    window.close()
    again = room.open(GSETTINGS_BACKEND="keyfile")
    go_to(again, "Runs")
    until(lambda: rates(again), "the learning rate again")
    again.close()


@test
def a_menu_at_a_row_does_the_same(room):
    window = open_runs(room)
    find_run(window, STOPPED)
    choose(window, STOPPED)
    window.keys("shift+F10")
    window.find("menu item", "Note…")
    shoot(window, "runs-menu")
    window.press("menu item", "Note…")
    note = window.find("text box", "Note")
    until(lambda: note.has(FOCUSED), "the note focused")
    window.type("Looks promising")
    window.keys("Tab", "Tab", "Return")
    window.closed()
    window.keys("ctrl+f", "ctrl+a")
    window.type("promising")
    until(lambda: len(run_names(window)) == 1, "found by its note")
    window.close()



# -- the queue --


def queue_of(window):
    return [row.label().split(": ", 1)[1] for row in window.find("list", "Queue").children()]


def order(window, *patterns):
    queue = queue_of(window)
    return len(queue) == len(patterns) and all(p.search(name) for p, name in zip(patterns, queue))


def leave_a_queue(room):
    """As a window leaves it that was closed while runs waited."""
    room.fill()
    names = ["Colours of the coast", "Everything at once", "A night's run with a name that is much longer than any sidebar is wide"]
    with sqlite3.connect(os.path.join(room.store, "smalti.db")) as database:
        for place, name in enumerate(names, 1):
            database.execute("UPDATE run SET queue_place = ? WHERE name = ?", (place, name))
    database.close()


@test
def the_queue_outlives_the_window_and_starts_nothing_unasked(room):
    leave_a_queue(room)
    window = room.open()
    window.find("label", "3 runs wait in the queue.")
    go_to(window, "Runs")
    until(lambda: order(window, STOPPED, FAILED, LOST), "the queue as it was left")
    assert window.has("button", "Start Waiting Runs")
    shoot(window, "runs-queue")
    assert not window.has("button", re.compile("^Under way: "))

    # By a button, by dragging and by a key; another window sees it, and may change it.
    window.press_in(window.find("list", "Queue").children()[0], "Move down")
    until(lambda: order(window, FAILED, STOPPED, LOST), "the first one second")
    rows = window.find("list", "Queue").children()
    window.drag(rows[2], rows[0])
    until(lambda: order(window, LOST, FAILED, STOPPED), lambda: f"the last one first in {queue_of(window)}")
    choose(window, STOPPED)
    window.keys("alt+Up")
    until(lambda: order(window, LOST, STOPPED, FAILED), "the last one second")
    other = room.open()
    go_to(other, "Runs")
    until(lambda: order(other, LOST, STOPPED, FAILED), "the same in the other window")
    other.press_in(other.find("list", "Queue").children()[2], "Remove from the queue")
    until(lambda: order(window, LOST, STOPPED), "one less")
    other.close()

    # There are no such pictures: each of them says so when its turn has come.
    with Notifications():
        window.press("button", "Start Waiting Runs")
        window.gone("list", "Queue")
        until(lambda: [name.split(" · ")[1] for name in run_names(window)] == ["Finished", "Failed", "Failed", "Failed"],
              lambda: f"both to have failed in {run_names(window)}")
        window.close()


main()
