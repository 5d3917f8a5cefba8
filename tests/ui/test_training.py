# SPDX-License-Identifier: Apache-2.0
"""Runs that really train, in the window and beside it."""
import tarfile

from room import *

SAMPLE = re.compile("^Jigsaw puzzles on the sample, ")


def start_sample(window, epochs):
    """By the controls of the page of new runs, which is on display."""
    start = window.find("button", "Start")
    set_number(window, "Epochs", str(epochs))
    until(lambda: start.has(SENSITIVE), "Start")
    window.click(start)
    window.find("button", re.compile("^Under way: Jigsaw puzzles on the sample, "))


def photographs(room):
    """A folder with a folder for each class: real photographs where there are any to test with, else the sample's pictures."""
    folder = os.path.join(room.folder, "Holidays")
    archive = os.path.join(os.environ.get("SMALTI_TEST_DATA", ""), "tiny-imagenet-30.tar.gz")
    if not os.path.exists(archive):
        print("# no photographs: set SMALTI_TEST_DATA to the folder with tiny-imagenet-30.tar.gz; the sample instead")
        os.rename(os.path.join(room.sample(), "train"), folder)
        return folder
    with tarfile.open(archive) as tar:
        for member in tar:
            found = re.search(r"/train/(\w+)/images/(\w+_(\d+)\.JPEG)$", member.name)
            if not found or int(found[3]) >= 100:
                continue
            klass = os.path.join(folder, found[1])
            if not os.path.isdir(klass) and os.path.isdir(folder) and len(os.listdir(folder)) == 4:
                break
            os.makedirs(klass, exist_ok=True)
            with open(os.path.join(klass, found[2]), "wb") as file:
                shutil.copyfileobj(tar.extractfile(member), file)
    return folder


@test
def five_clicks_lead_from_a_folder_to_measured_features(room):
    folder = photographs(room)
    window = room.open()
    window.find("button", "Try the Built-in Sample")
    drop(window, folder)  # one
    start = window.find("button", "Start")
    until(lambda: start.has(SENSITIVE), "Start", 2 * PATIENCE)
    window.find("label", re.compile(r"^[\d,]+ pictures in \d+ classes"), patience=2 * PATIENCE)
    shoot(window, "five-clicks-dropped")
    set_number(window, "Epochs", "2")  # none of the five: what is chosen by itself takes longer than a test has
    window.click(start)  # two
    window.find("label", "Finished", patience=10 * PATIENCE)
    texts = window.texts(window.find("group", "Linear benchmark"))
    assert "conv1" in texts and sum(text.endswith("%") for text in texts) >= 10, texts
    window.scroll_to(window.find("label", re.compile("^A linear classifier")))
    shoot(window, "five-clicks-measured")
    window.scroll_to(window.find("button", "Export"))
    window.click(window.find("button", "Export"))  # three
    path = os.path.join(room.folder, "backbone.pth")
    choose_file(window, path, lambda: window.press("menu item", "Backbone for PyTorch…"))  # four, and five to save
    until(lambda: os.path.exists(path) and os.path.getsize(path) > 1000, path)
    window.close()


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
    shoot(window, "training")
    window.scroll_to(predicted)
    shoot(window, "training-puzzles")

    # What trains is one click away from everywhere.
    go_to(window, "Start")
    window.press("button", re.compile("^Under way: "))
    until(lambda: window.has("button", "Stop"), "the run's page")

    # Closing asks; cancelled, nothing has changed.
    window.keys("ctrl+w")
    window.find("label", "Stop Training?")
    shoot(window, "close-question")
    window.keys("Escape")
    window.closed()
    wait_for_step(window, step_of(window))

    window.press("button", "Stop")
    until(lambda: window.has("button", "Resume"), "Resume", 2 * PATIENCE)
    window.find("label", "Stopped")
    window.gone("button", re.compile("^Under way: "))
    stopped_at = step_of(window)
    window.press("button", "Resume")
    until(lambda: window.has("button", "Stop"), "Stop")
    wait_for_step(window, stopped_at)
    # That is enough: it need not go on for all of its epochs.
    progress = window.find("label", re.compile(r"^Step [\d,]+ of [\d,]+"))
    step, total = (int(n.replace(",", "")) for n in re.findall(r"[\d,]+", progress.label())[:2])
    window.click(window.find("button", "Change settings"))
    window.find("text box", "Epochs")
    window.keys("Tab", "ctrl+a")
    window.type(str(step * 40 // total + 6))
    window.keys("Return")

    window.find("label", "Finished", patience=10 * PATIENCE)
    assert step_of(window) < total, "it went on for all of its epochs"
    assert not window.has("button", "Stop") and not window.has("button", "Resume")
    table = window.find("group", "Linear benchmark")
    texts = window.texts(table)
    assert "conv1" in texts and sum(text.endswith("%") for text in texts) >= 10, texts
    window.scroll_to(window.find("label", re.compile("^A linear classifier")))
    shoot(window, "trained")

    # What it makes of one of its pictures, layer by layer.
    first = list(window.find_all("image", re.compile("^True: ")))[0]
    window.scroll_to(first)
    window.click(first)
    maps = window.find("image", re.compile("^conv|^Feature map|channel", re.IGNORECASE), patience=2 * PATIENCE)
    window.scroll_to(maps)
    shoot(window, "inside")

    # Tried on a picture of one's own.
    window.press("button", "Try it")
    window.find("button", re.compile("^Open|^Choose"))
    shoot(window, "to-try")
    window.keys("alt+3")
    open_run(window, SAMPLE)

    # Measured once more, in another way; then taken away.
    window.press("button", "Measure…")
    window.find("button", "Run Benchmark")
    window.click(window.find("label", "Linear classifier"))
    window.keys("Down", "Return")
    shoot(window, "measure")
    window.press("button", "Run Benchmark")
    window.closed()
    window.find("label", re.compile("^The nearest of "), patience=4 * PATIENCE)
    window.find("label", "Finished")
    shoot(window, "measured-again")
    for choice, name in ("Backbone for PyTorch…", "backbone.safetensors"), ("Report…", "report.html"):
        window.scroll_to(window.find("button", "Export"))
        window.click(window.find("button", "Export"))
        path = os.path.join(room.folder, name)
        choose_file(window, path, lambda: window.press("menu item", choice))
        until(lambda: os.path.exists(path) and os.path.getsize(path) > 1000, name)
    window.close()


@test
def a_run_is_paused_changed_continued_and_looked_back_upon(room):
    window = room.open("--sample")
    start_sample(window, 40)
    wait_for_step(window, 3)
    window.press("button", "Pause")
    window.see("label", "Paused")
    paused_at = step_of(window)
    assert not window.has("button", "Pause") and window.has("button", "Stop")
    window.click(window.find("button", "Change settings"))
    window.find("text box", "Learning rate")
    window.keys("ctrl+a")
    window.type("fast")
    window.find("label", re.compile("fast"))
    assert not window.find("button", "Change").has(SENSITIVE)
    shoot(window, "change-wrong")
    window.keys("ctrl+a")
    window.type("0.0125")
    shoot(window, "change")
    window.keys("Return")
    window.press("button", "Continue")
    wait_for_step(window, paused_at)
    window.see("button", "Pause")
    # The picture's history: two moments at least, then back to the first of them.
    window.find("label", "History", patience=4 * PATIENCE)
    until(lambda: not window.has("label", "After step 1"), "a later moment", 4 * PATIENCE)
    shoot(window, "history")
    window.keys("alt+h")
    window.keys("Home")
    window.find("label", "After step 1")
    bars = window.find("image", re.compile(r"^Most likely answers: \d+%"))
    window.scroll_to(bars)
    shoot(window, "history-first")
    window.press("button", "Stop")
    window.see("button", "Resume")
    window.close()
    shown = subprocess.run([SMALTI, "runs", "show", "1", "--json", "--store", room.store], check=True, capture_output=True, text=True)
    assert "0.0125" in shown.stdout, shown.stdout


@test
def closed_while_it_trains_it_stops_at_a_checkpoint(room):
    window = room.open("--sample")
    window.find("button", "Start")
    window.press("radio", "Colorization")
    set_number(window, "Epochs", "50")
    window.press("button", "Start")
    colors = re.compile("^Colorization on the sample, ")
    wait_for_step(window, 2)
    grey = window.find("image", re.compile("^Grey: "), patience=2 * PATIENCE)
    window.scroll_to(grey)
    shoot(window, "training-colours")
    window.keys("ctrl+q")
    window.find("label", "Stop Training?")
    window.keys("alt+s")
    window.ended()

    again = room.open()
    assert again.find("list item", colors).label().endswith("Stopped")
    open_run(again, colors)
    until(lambda: step_of(again) > 2, "its curve")
    again.close()


@test
def closed_while_it_trains_it_goes_on_without_a_window_and_tells_the_end(room):
    window = room.open("--sample")
    start_sample(window, 3)
    wait_for_step(window, 1)
    window.keys("ctrl+w")
    window.find("label", "Stop Training?")
    with Notifications() as told:
        window.keys("alt+k")
        until(lambda: not window.windows(), "no window any more")
        title, body = until(lambda: told.take(), "a notification", 10 * PATIENCE)
    assert title == "“Jigsaw puzzles on the sample” is finished" and re.match(r"^[\d,]+ steps", body), (title, body)
    window.ended()
    again = room.open()
    assert again.find("list item", SAMPLE).label().endswith("Finished")
    again.close()


@test
def a_second_run_waits_for_the_first(room):
    window = room.open("--sample")
    start_sample(window, 40)
    wait_for_step(window, 1)
    window.keys("ctrl+n")
    start_sample(window, 1)
    window.find("button", re.compile("^Under way: .*1 waits$"))
    assert window.has("button", "Stop")
    shoot(window, "waiting")
    window.press("button", re.compile("^Under way: "))
    window.find("label", re.compile("^Step [2-9]"))
    window.press("button", "Stop")
    window.gone("button", re.compile("^Under way: .*waits$"))
    window.press("button", re.compile("^Under way: "))
    window.find("label", "Finished", patience=10 * PATIENCE)
    window.close()


@test
def a_run_of_the_command_line_shows_live_and_is_stopped_here(room):
    window = room.open()
    window.find("button", "Try the Built-in Sample")
    pictures = room.sample()
    spec = os.path.join(room.folder, "spec.yaml")
    with open(spec, "w") as file:
        file.write(f"name: by command\ndata: {{path: {pictures}}}\nmethod: {{name: jigsaw, tile: 24, permutations: 24}}\n"
                   "backbone: {name: cfn-small}\ntrain: {epochs: 500, batch: 16}\neval: {protocol: none}\n")
    command = room.command("run", spec)
    by_command = re.compile("^by command, ")
    row = window.find("list item", by_command, patience=2 * PATIENCE)
    until(lambda: "Training" in row.label(), "its training", 2 * PATIENCE)
    open_run(window, by_command)
    wait_for_step(window, 2)
    wait_for_step(window, step_of(window))
    window.press("button", "Stop")
    until(lambda: command.poll() is not None, "the command's end", 2 * PATIENCE)
    window.find("label", "Stopped")
    assert window.has("button", "Resume")
    window.close()


@test
def a_folder_without_pictures_is_refused_with_a_sentence(room):
    window = room.open()
    empty = os.path.join(room.folder, "empty")
    os.mkdir(empty)
    window.press("button", "Try the Built-in Sample")
    choose_file(window, empty, lambda: window.click(window.find("button", "Choose Folder…")))
    window.find("label", re.compile("/empty”.*\\.$"))
    assert not window.find("button", "Start").has(SENSITIVE)
    shoot(window, "refused")
    go_to(window, "Runs")
    window.see("label", "No Runs Yet")  # no trace of the run
    window.close()


main()
