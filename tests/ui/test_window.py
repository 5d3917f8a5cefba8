# SPDX-License-Identifier: Apache-2.0
"""The window and its pages on a store that is there, used as people use it: by keyboard, by pointer and by screen reader."""
from room import *


@test
def an_empty_store_offers_a_start(room):
    window = room.open()
    sample = window.find("button", "Try the Built-in Sample")
    until(lambda: sample.is_on_screen() and sample.has(SENSITIVE), "the sample offered")
    assert window.has("button", "Open Folder…")
    assert window.has("image", "Coloured")
    window.find("label", "No GPU")  # and why, below what was found of this computer
    assert any("GiB of memory" in text for text in window.texts())
    assert not window.has("button", "Stop") and not window.has("button", "Resume")
    shoot(window, "start-empty")
    go_to(window, "Runs")
    window.see("label", "No Runs Yet")
    shoot(window, "runs-empty")
    window.close()


@test
def asked_for_the_sample_it_offers_a_run_on_it(room):
    window = room.open("--sample")
    window.see("label", "Built-in sample")
    start = window.find("button", "Start")
    until(lambda: start.has(FOCUSED), "Start focused")
    assert window.find("radio", "Jigsaw puzzles").has(CHECKED)
    window.keys("alt+Left")
    window.gone("button", "Start")
    go_to(window, "Runs")
    window.see("label", "No Runs Yet")  # going back started nothing
    window.close()


@test
def a_filled_store_shows_its_runs_and_each_of_them(room):
    window = room.fill().open("--sample")
    assert [n.label() for n in window.find_all("list item", None, window.find("list", "Recent Runs"))][0].startswith(
        "Puzzles on Holidays, ")
    shoot(window, "start")
    go_to(window, "Runs")
    assert run_names(window) == [
        "Puzzles on Holidays, Jigsaw puzzles · Finished",
        "Colours of the coast, Colorization · Stopped",
        "A night's run with a name that is much longer than any sidebar is wide, Colorization · Interrupted",
        "Everything at once, Jigsaw puzzles · Failed",
    ]
    assert len(window.windows()) == 1, "the sample is offered though there are runs"
    until(lambda: not any(n.is_laid_out() for n in window.find_all("list", "Recent Runs")), "the start page hidden")
    shoot(window, "runs")
    open_run(window, DONE)
    # The last value of the curve, to four digits, as fill-store draws it.
    window.find("image", re.compile(r"^Plot: Loss\. Training: 0\.\d{4} at step 4000, .*Validation: 0\.5738 at step 4000"))
    window.find("image", re.compile(r"^Plot: Accuracy\. .*Validation: 82\.3% at step 4000"))
    shoot(window, "finished")

    answers = list(window.find_all("image", re.compile("^Predicted: ")))
    assert len(answers) == 6 and len(list(window.find_all("image", re.compile("^Shuffled: ")))) == 6
    assert sum("7 of 9" in n.label() for n in answers) == 2
    window.scroll_to(answers[3])
    shoot(window, "puzzles")
    window.scroll_to(window.find("label", "50.2%"))
    texts = window.texts(window.find("group", "Linear benchmark"))
    assert "conv4" in texts and "45.8–54.7%" in texts, texts
    details = window.find("list item", "Where the numbers come from")
    window.scroll_to(details)
    window.click(details)
    until(lambda: "1,234,567" in window.texts() or "1234567" in window.texts(), "the number of parameters")
    window.scroll_to(window.find("list item", "Version of Smalti"))
    shoot(window, "benchmark")
    window.press("button", "Back")
    window.see("row", STOPPED)
    window.close()


@test
def a_failed_run_says_why(room):
    window = room.fill().open()
    open_run(window, FAILED)
    sentence = window.find("label", re.compile("^The loss is no longer a number after step 210"))
    assert sentence.is_on_screen()
    assert window.has("button", "Resume") and not window.has("button", "Stop")
    shoot(window, "failed")
    window.close()


@test
def a_stopped_run_shows_its_colours_and_can_go_on(room):
    window = room.fill().open()
    open_run(window, STOPPED)
    window.find("image", re.compile("^Grey: Colours are off by 11"))
    assert window.find("button", "Resume").has(SENSITIVE)
    assert not list(n for n in window.find_all("image", re.compile("^Shuffled: ")) if n.is_laid_out()), "puzzles of another run"
    window.find("label", "Step 2400 of 4000")
    window.scroll_to(list(window.find_all("image", re.compile("^True: ")))[3])
    shoot(window, "colours")
    window.close()


@test
def an_interrupted_run_says_that_nothing_is_lost(room):
    window = room.fill().open()
    open_run(window, LOST)
    window.find("label", re.compile("Nothing is lost"))
    assert window.has("button", "Resume") and not window.has("button", "Stop")
    shoot(window, "interrupted")
    window.close()


@test
def what_another_program_writes_shows_up(room):
    window = room.fill().open()
    go_to(window, "Runs")
    window.see("row", STOPPED)
    room.fill()
    until(lambda: len([name for name in run_names(window) if DONE.search(name)]) == 2, "the other program's runs")
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


@test
def without_a_display_it_names_what_works_in_a_terminal(room):
    done = subprocess.run([WORKBENCH, "--store", room.store], env={**os.environ, "DISPLAY": ":9999"}, capture_output=True, text=True)
    assert done.returncode == 69 and "smalti demo" in done.stderr, (done.returncode, done.stderr)
    assert not os.path.exists(room.store), "it has made a store"


# -- how it is used --


@test
def everything_can_be_done_by_keyboard(room):
    window = room.fill().open()
    window.see("button", "Try the Built-in Sample")
    window.keys("alt+3")
    until(lambda: find_run(window, DONE).has(FOCUSED), "the list focused")
    window.keys("Down", "Return")
    until(lambda: window.has("button", "Resume"), "the page of the run")
    window.keys("alt+Left")
    window.see("row", DONE)

    window.keys("ctrl+n")
    start = window.find("button", "Start")
    until(lambda: start.has(FOCUSED), "Start focused")
    seen = []
    for _ in range(12):
        window.keys("Tab")
        focused = next((n for n in window.find_all("radio") if n.has(FOCUSED)), None)
        seen.append(focused and focused.label())
    assert "Jigsaw puzzles" in seen, seen
    window.keys("alt+Left")
    window.see("row", DONE)

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


def reach_the_places(window):
    """Of a narrow window, by its Back buttons; pressed again if one fell into the movement of folding."""

    def is_there():
        if window.has("list", "Places"):
            return True
        if window.has("button", "Back"):
            window.press("button", "Back")
        return False

    until(is_there, "the places")


@test
def it_fits_a_phone(room):
    window = room.fill().open()
    window.find("list item", DONE)
    window.resize(360, 720)
    shoot(window, "narrow-start")
    reach_the_places(window)
    shoot(window, "narrow-places")
    window.click(window.find("list item", "Runs"))
    window.see("list item", DONE)
    window.gone("list", "Places")
    shoot(window, "narrow-runs")
    window.click(find_run(window, DONE))
    window.find("image", re.compile("^Shuffled: "))
    page = window.find("label", "Finished")
    until(page.is_on_screen, "the page")
    shoot(window, "narrow-page")
    width = window.window().box()[2]
    for label in window.find_all("label"):
        x, _, label_width, _ = label.box()
        assert not label.is_on_screen() or x + label_width <= width, f"{label.label()!r} reaches beyond {width}"
    window.scroll_to(list(window.find_all("image", re.compile("^Shuffled: ")))[1])
    shoot(window, "narrow-puzzles")
    window.scroll_to(window.find("label", re.compile("^A linear classifier")))
    shoot(window, "narrow-benchmark")
    window.keys("alt+Left")
    until(lambda: window.has("list item", DONE), "the runs again")
    reach_the_places(window)
    window.press("button", "New run")
    window.find("button", "Start")
    window.keys("alt+Left")
    window.resize(1100, 740)
    until(lambda: window.has("list", "Places") and window.has("row", DONE), "both side by side again")
    window.close()


@test
def it_speaks_german(room):
    window = room.fill().open(LANGUAGE="de")
    window.find("list item", re.compile("^Puzzles on Holidays, Puzzles"))
    window.see("list item", "Läufe")
    shoot(window, "german")
    window.close()


@test
def it_opens_as_it_was_left(room):
    window = room.fill().open(GSETTINGS_BACKEND="keyfile")
    window.see("button", "Open Folder…")
    window.keys("ctrl+comma")
    window.find("label", re.compile("^Keep the computer _?awake$"))
    window.click(window.find("label", re.compile("^_?Style$")))
    window.keys("End", "Return")
    until(lambda: window.find("label", "Dark"), "the dark style chosen")
    shoot(window, "preferences")
    window.keys("Escape")
    window.closed()
    go_to(window, "Runs")
    window.resize(900, 600)
    window.close()
    again = room.open(GSETTINGS_BACKEND="keyfile")
    again.see("row", STOPPED)
    assert not list(n for n in again.find_all("button", "Open Folder…") if n.is_laid_out()), "it began at Start again"
    width, height = again.window().box()[2:]
    assert abs(width - 900) <= 12 and abs(height - 600) <= 12, f"{width} by {height}"
    shoot(again, "left-as-it-was")
    again.close()


@test
def it_is_readable_in_the_dark(room):
    window = room.fill().open(ADW_DEBUG_COLOR_SCHEME="prefer-dark")
    window.find("label", "No GPU")
    shoot(window, "dark-start")
    go_to(window, "Runs")
    shoot(window, "dark-runs")
    open_run(window, DONE)
    window.find("image", re.compile("^Plot: Loss"))
    shoot(window, "dark-finished")
    window.scroll_to(list(window.find_all("image", re.compile("^Shuffled: ")))[3])
    shoot(window, "dark-puzzles")
    window.scroll_to(window.find("label", re.compile("^A linear classifier")))
    shoot(window, "dark-benchmark")
    open_run(window, FAILED)
    window.find("label", re.compile("^The loss is no longer"))
    shoot(window, "dark-failed")
    window.close()


@test
def frames_that_take_long_keep_nothing_from_arriving(room):
    """OpenGL on the processor: there is always a next frame to draw while something turns."""
    window = room.fill().open(GSK_RENDERER="gl", GDK_DEBUG="", GDK_DISABLE="")
    window.has_leaks_of_others = True
    window.find("list item", DONE)
    go_to(window, "Runs")
    window.see("row", STOPPED)
    window.close()


@test
def it_is_readable_in_high_contrast(room):
    room.fill()
    for style in "light", "dark":
        window = room.open(ADW_DEBUG_HIGH_CONTRAST="1", ADW_DEBUG_COLOR_SCHEME="prefer-" + style)
        open_run(window, DONE)
        window.find("image", re.compile("^Plot: Loss"))
        shoot(window, f"contrast-{style}-finished")
        window.keys("ctrl+n")
        window.find("button", "Start")
        shoot(window, f"contrast-{style}-new-run")
        window.close()


@test
def it_stands_from_right_to_left(room):
    """In a language that is written so: GTK turns everything round only for a program that is translated, so it is, by one word."""
    subprocess.run(["localedef", "-i", "he_IL", "-f", "UTF-8", os.path.join(room.folder, "he_IL.UTF-8")], check=True)
    translations = os.path.join(os.path.dirname(WORKBENCH), "..", "resources", "po", "he")
    os.makedirs(os.path.join(translations, "LC_MESSAGES"))
    try:
        subprocess.run(["msgfmt", "-o", os.path.join(translations, "LC_MESSAGES", "smalti.mo"), "-"], check=True, text=True,
                       input='msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nLanguage: he\\n"\n\n'
                             'msgid "Method"\nmsgstr "Method"\n')
        window = room.fill().open(LOCPATH=room.folder, LC_ALL="he_IL.UTF-8")
        window.find("image", "Coloured")
        shoot(window, "mirrored-start")
        open_run(window, DONE)
        window.find("image", re.compile("^Plot: Loss"))
        shoot(window, "mirrored-run")
        places, page = window.find("list item", "Runs"), window.find("image", re.compile("^Plot: Loss"))
        assert window.point(places)[0] > window.point(page)[0], "the places are still on the left"
        grey, answer = (window.point(list(window.find_all("image", re.compile(f"^{what}: ")))[0])[0] for what in ("Shuffled", "Predicted"))
        assert grey > answer, "what is read first is not on the right"
        window.keys("ctrl+n")
        window.find("button", "Start")
        shoot(window, "mirrored-new-run")
        go_to(window, "Runs")
        window.resize(1000, 700)
        # The star of the first row, in the first column of a table that is wider than the window.
        until(lambda: next(window.find_all("button", "Favourite")).is_on_screen(), "the first column")
        shoot(window, "mirrored-runs")
        window.close()
    finally:
        shutil.rmtree(translations)


main()
