# SPDX-License-Identifier: Apache-2.0
"""The page of folders and images; see room.py."""
from room import *

CLASSES = {"beach": 5, "desert": 3, "forest": 7}


def make_folder(room):
    """Class folders with some files that are no images, whatever their names say."""
    pictures = room.sample()
    folder = os.path.join(room.folder, "holidays")
    for klass, n in CLASSES.items():
        os.makedirs(os.path.join(folder, klass))
        for i in range(n):
            shutil.copy(os.path.join(pictures, "train", klass, f"{i:04}.jpg"), os.path.join(folder, klass))
    with open(os.path.join(folder, "desert", "broken.jpg"), "w") as file:
        file.write("no picture")
    with open(os.path.join(folder, "beach", "0000.jpg"), "rb") as file:
        data = file.read()
    with open(os.path.join(folder, "beach", "cut.jpg"), "wb") as file:
        file.write(data[:len(data) // 2])
    return folder


def add_folder(window, path, button="Add folder…"):
    """By the dialog."""
    choose_file(window, path, lambda: window.press("button", button))


def fact(window, title):
    """The value beside a title."""
    row = window.find("list item", title)
    return next(text for text in window.texts(row) if text != title)


@test
def an_empty_list_says_what_to_do(room):
    window = room.open()
    go_to(window, "Data")
    window.see("label", "No Folders Yet")
    add = window.find("button", "Add Folder…")
    until(lambda: add.has(FOCUSED), "the first button focused")
    assert window.has("button", "Look at the Built-in Sample")
    shoot(window, "data-empty")
    window.press("button", "Look at the Built-in Sample")
    window.see("label", "1680 images")
    until(lambda: fact(window, "Size") == "96 × 96 px", "its sizes")
    assert fact(window, "Classes") == "12" and fact(window, "Split") == "1200 + 480 held out"
    window.find("image", re.compile(r"^Short sides of the images\. 91 to 127 px: 1680 images$"))
    shoot(window, "data-sample")
    window.close()


@test
def a_folder_is_scanned_measured_and_remembered(room):
    folder = make_folder(room)
    window = room.open()
    go_to(window, "Data")
    add_folder(window, folder, "Add Folder…")
    window.see("label", "17 images")
    until(lambda: fact(window, "Unreadable") == "2", "the unreadable files")
    assert fact(window, "Images") == "17" and fact(window, "Classes") == "3"
    assert fact(window, "Layout") == "A folder for each class"
    assert re.fullmatch(r"1\d \+ \d held out", fact(window, "Split"))
    until(lambda: fact(window, "Size") == "96 × 96 px", "its sizes")
    cells = window.find_all("image", re.compile("^0000.jpg, beach$"))
    assert next(cells, None), "no cell is named"
    shoot(window, "data")

    # What can't be read, and why.
    window.press("tab", re.compile("^Unreadable"))
    window.see("label", re.compile("^2 files can’t be read"))
    assert window.has("label", re.compile("cut.jpg")) and window.has("label", re.compile("broken.jpg"))
    window.press("button", "Copy List")
    window.find("label", "The list is copied")
    shoot(window, "data-unreadable")

    # Classes, and by them the images.
    window.press("tab", "Classes")
    window.see("label", "forest")
    shoot(window, "data-classes")
    window.click(window.find("label", "forest"))
    window.see("label", "7 images")
    assert window.has("image", "0000.jpg, forest") and not window.has("image", "0000.jpg, beach")

    # The part that is held out.
    split = window.find("combo box", "Part")
    window.click(split)
    window.keys("End", "Return")
    window.gone("label", "7 images")
    n = next(int(text.split()[0]) for text in window.texts() if re.fullmatch(r"\d images?", text))
    assert n < 7, n

    # Another start has it on its list.
    window.close()
    again = room.open()
    go_to(again, "Data")
    again.see("label", "17 images")
    again.press("button", "Train on This Folder")
    again.find("button", "Start")
    assert again.has("label", folder)
    again.keys("Escape")
    again.closed()
    again.close()


@test
def the_preview_shows_what_a_method_will_see(room):
    folder = make_folder(room)
    window = room.open(portal=True)
    go_to(window, "Data")
    add_folder(window, folder, "Add Folder…")
    assert window.portal.asked[-1] == ("OpenFile", "Choose a Folder of Pictures", True), window.portal.asked
    window.see("image", "0002.jpg, beach")
    window.click(window.find("image", "0002.jpg, beach"))
    window.press("tab", "Preview")
    window.see("label", "beach/0002.jpg")
    window.see("label", "As a run with the usual settings sees them in epoch 1")
    assert window.has("label", "How the Image Is Cut") and window.has("label", "What It Must Find")
    shoot(window, "data-preview-jigsaw")
    window.press("button", "Reroll")
    window.see("label", "As a run with the usual settings sees them in epoch 2")
    window.click(window.find("combo box", "Method"))
    window.keys("Down", "Return")
    window.see("label", "Colours It Must Name")
    shoot(window, "data-preview-colorization")
    window.close()


@test
def an_image_opens_large_and_the_arrows_go_on(room):
    folder = make_folder(room)
    window = room.open()
    go_to(window, "Data")
    add_folder(window, folder, "Add Folder…")
    window.see("image", "0001.jpg, beach")
    window.click(window.find("image", "0001.jpg, beach"))
    window.keys("Return")
    window.find("label", "2 of 17")
    window.find("label", "96 × 96 px")
    window.find("label", os.path.join(folder, "beach", "0001.jpg"))
    shoot(window, "data-image")
    window.keys("Right")
    window.find("label", "3 of 17")
    for _ in range(3):
        window.keys("Right")
    window.find("label", "6 of 17")
    window.find("label", "The Image Can’t Be Read")
    window.keys("Escape")
    window.closed()
    window.close()


@test
def a_dropped_folder_is_added_and_one_without_images_says_so(room):
    empty = os.path.join(room.folder, "empty")
    os.mkdir(empty)
    window = room.open()
    go_to(window, "Data")
    window.find("button", "Add Folder…")
    drop(window, empty)
    window.see("label", "This Folder Can’t Be Used")
    assert any("No image was found in" in text and text.endswith("choose another folder.") for text in window.texts())
    shoot(window, "data-failed")
    pictures = room.sample()
    os.rename(os.path.join(pictures, "train", "beach", "0000.jpg"), os.path.join(empty, "one.jpg"))
    window.press("button", "Scan Again")
    window.see("label", "1 image")

    # Gone since, and taken off the list.
    shutil.rmtree(empty)
    window.close()
    again = room.open()
    go_to(again, "Data")
    again.see("label", "This Folder Can’t Be Used")
    assert any("There is no folder" in text for text in again.texts())
    again.press("button", "Take “empty” off the list")
    again.see("label", "No Folders Yet")
    again.press("button", re.compile("Undo$"))
    again.see("label", "This Folder Can’t Be Used")
    again.close()


@test
def a_scan_is_stopped_and_done_again(room):
    window = room.open()
    go_to(window, "Data")
    # Drawing 1,680 pictures takes a while, unlike reading a folder.
    window.press("button", "Look at the Built-in Sample")
    window.see("label", "Drawing the sample’s pictures")
    window.press("button", "Stop")
    window.see("label", "Not Scanned")
    window.press("button", "Scan Again")
    window.see("label", "1680 images")
    window.close()


@test
def it_folds_when_it_is_narrow_and_is_dark_when_asked(room):
    folder = make_folder(room)
    window = room.open(ADW_DEBUG_COLOR_SCHEME="prefer-dark")
    go_to(window, "Data")
    add_folder(window, folder, "Add Folder…")
    window.see("label", "17 images")
    until(lambda: fact(window, "Unreadable") == "2", "the unreadable files")
    shoot(window, "dark-data")
    window.resize(360, 640)
    window.see("button", "Folders")
    shoot(window, "narrow-data")
    window.press("button", "Folders")
    window.see("button", "Train on This Folder")
    shoot(window, "narrow-data-folders")
    window.press("button", "Show Images")
    window.see("image", "0000.jpg, beach")
    window.close()


main()
