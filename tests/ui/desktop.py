# SPDX-License-Identifier: Apache-2.0
"""A program before its user: its accessibility tree, a keyboard, a pointer and a camera. There is no window manager: windows
appear at the top left of the display, as large as they ask to be.

Nothing here waits for a fixed time: until() asks again until the world is as it should be, or fails with what was missing.
Whether something is on screen is found by asking what lies under its middle, since GTK 4.8 does not say it in states.
"""
import os
import re
import subprocess
import threading
import time

from gi.repository import Gio, GLib

# libadwaita 1.2's leaflet draws a page once before it has room, if a frame falls into its folding; harmless, and not ours.
OF_FOLDING = re.compile(r"Trying to snapshot \w+ 0x[0-9a-f]+ without a current allocation")
# A desktop without notifications is none of the program's faults; only GIO says so.
OF_NOTIFICATIONS = re.compile("unable to send notifications through")
# GLib's first table of names, outgrown and left on purpose. A suppression can't name it: only slow unwinding sees who asked
# for it, and with that the window is ten times as slow.
OF_GLIB = re.compile(r"Direct leak of 16384 byte\(s\) in 1 object\(s\) allocated from:\n +#0 .*malloc.*\n +#1 .* in g_malloc .*\n\n")
PATIENCE = float(os.environ.get("SMALTI_TEST_PATIENCE", 60))
ROLES_WITHOUT_INSIDES = {"label", "image", "separator", "scroll bar", "slider"}
# Numbers of the states, from AT-SPI's list.
CHECKED, FOCUSED, SELECTED, SENSITIVE, VISIBLE = 4, 12, 23, 24, 30
IN_WINDOW = 1


class Missing(AssertionError):
    pass


def until(ask, what, patience=PATIENCE):
    """The first true answer of ask(); what: a word for it, or a function that finds one."""
    end = time.monotonic() + patience
    while True:
        try:
            answer = ask()
        except GLib.Error:  # what was there a moment ago may be gone
            answer = None
        if answer:
            return answer
        if time.monotonic() > end:
            raise Missing(what() if callable(what) else what)
        time.sleep(0.05)


class Bus:
    """The accessibility bus, asked directly: libatspi answers from memory, and not always of what is."""

    def __init__(self):
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None, 0, -1)
        self.connection = Gio.DBusConnection.new_for_address_sync(
            address.unpack()[0],
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)

    def call(self, name, path, interface, method, arguments=None):
        return self.connection.call_sync(name, path, interface, method, arguments, None, 0, 20000).unpack()

    def programs(self):
        root = Node(self, "org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
        return {self.call("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "GetConnectionUnixProcessID",
                          GLib.Variant("(s)", [n.name]))[0]: n for n in root.children()}


class Node:
    def __init__(self, bus, name, path):
        self.bus, self.name, self.path = bus, name, path

    def __eq__(self, other):
        return isinstance(other, Node) and (self.name, self.path) == (other.name, other.path)

    def __hash__(self):
        return hash((self.name, self.path))

    def call(self, interface, method, arguments=None):
        return self.bus.call(self.name, self.path, "org.a11y.atspi." + interface, method, arguments)

    def property(self, interface, key):
        arguments = GLib.Variant("(ss)", ["org.a11y.atspi." + interface, key])
        return self.bus.call(self.name, self.path, "org.freedesktop.DBus.Properties", "Get", arguments)[0]

    def children(self):
        return [Node(self.bus, *reference) for reference in self.call("Accessible", "GetChildren")[0]]

    def parent(self):
        return Node(self.bus, *self.property("Accessible", "Parent"))

    def role(self):
        return self.call("Accessible", "GetRoleName")[0]

    def label(self):
        return self.property("Accessible", "Name")

    def has(self, state):
        words = self.call("Accessible", "GetState")[0]
        return bool(words[state // 32] >> state % 32 & 1)

    def box(self):
        """x, y, width and height in its window."""
        return self.call("Component", "GetExtents", GLib.Variant("(u)", [IN_WINDOW]))[0]

    def at(self, x, y):
        reference = self.call("Component", "GetAccessibleAtPoint", GLib.Variant("(iiu)", [x, y, IN_WINDOW]))[0]
        return None if reference[1].endswith("/null") else Node(self.bus, *reference)

    def act(self):
        """Its first action, which of a button is the click."""
        self.call("Action", "DoAction", GLib.Variant("(i)", [0]))

    def value(self):
        return self.property("Value", "CurrentValue")

    def ancestry(self):
        """Itself, then what holds it, up to its window."""
        node = self
        while node.path.endswith("/null") is False and node.role() != "application":
            yield node
            node = node.parent()

    def is_laid_out(self):
        """Visible itself and in all that holds it, and given room."""
        _, _, width, height = self.box()
        return width > 0 and height > 0 and all(node.has(VISIBLE) for node in self.ancestry())

    def is_on_screen(self):
        """Whether one sees it: it, or what is in it, or what holds it, is what lies under its middle or near its corner."""
        x, y, width, height = self.box()
        if width <= 0 or height <= 0:
            return False
        ancestry = list(self.ancestry())
        for _ in walk(self):  # GTK names what lies at a point only if that has been asked for before
            pass
        hit = ancestry[-1].at(x + width // 2, y + height // 2) or ancestry[-1].at(x + 2, y + 2)
        return bool(hit) and (hit in ancestry[:-1] or self in hit.ancestry())


def walk(node):
    """What goes while it is being walked is left out."""
    try:
        role = node.role()
        children = node.children() if role not in ROLES_WITHOUT_INSIDES else []
    except GLib.Error:
        return
    yield node, role
    for child in children:
        yield from walk(child)


class Notifications:
    """What a desktop would show of programs' notifications, while the block lasts. Of the specification's service only what a
    sender asks for."""

    INTERFACE = """<node><interface name="org.freedesktop.Notifications">
        <method name="GetCapabilities"><arg type="as" direction="out"/></method>
        <method name="GetServerInformation">
          <arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/>
        </method>
        <method name="CloseNotification"><arg type="u" direction="in"/></method>
        <method name="Notify">
          <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
          <arg type="s" direction="in"/><arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/>
          <arg type="u" direction="out"/>
        </method>
      </interface></node>"""

    def __enter__(self):
        self.told = []
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        interface = Gio.DBusNodeInfo.new_for_xml(self.INTERFACE).interfaces[0]
        self.registration = self.bus.register_object("/org/freedesktop/Notifications", interface, self._answer, None, None)
        self.name = Gio.bus_own_name_on_connection(self.bus, "org.freedesktop.Notifications", Gio.BusNameOwnerFlags.NONE, None, None)
        return self

    def _answer(self, connection, sender, path, interface, method, arguments, invocation):
        if method == "Notify":
            self.told.append(arguments.unpack()[3:5])
            invocation.return_value(GLib.Variant("(u)", [len(self.told)]))
        elif method == "GetCapabilities":
            invocation.return_value(GLib.Variant("(as)", [["body", "actions"]]))
        elif method == "GetServerInformation":
            invocation.return_value(GLib.Variant("(ssss)", ["test", "test", "1", "1.2"]))
        else:
            invocation.return_value(None)

    def take(self):
        """Title and text of the next one, or None."""
        while GLib.MainContext.default().iteration(False):
            pass
        return self.told.pop(0) if self.told else None

    def __exit__(self, *reason):
        Gio.bus_unown_name(self.name)
        self.bus.unregister_object(self.registration)


class FilePortal:
    """The desktop's portal for files, as a sandboxed program asks it: answers at once, with the path it was told. On a thread of its
    own, since programs wait for some of a portal's answers. Source: XDG Desktop Portal, org.freedesktop.portal.FileChooser."""

    ROOT = "/org/freedesktop/portal/desktop"
    METHOD = """<method name="%s">
          <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="o" direction="out"/>
        </method>"""
    INTERFACE = ('<node><interface name="org.freedesktop.portal.FileChooser">' + METHOD % "OpenFile" + METHOD % "SaveFile"
                 + '<property name="version" type="u" access="read"/></interface></node>')

    def __init__(self):
        self.path = None
        self.asked = []  # (method, title, whether for a folder)
        ready = threading.Event()
        threading.Thread(target=self._serve, args=[ready], daemon=True).start()
        assert ready.wait(PATIENCE), "no portal"

    def _serve(self, ready):
        context = GLib.MainContext()
        context.push_thread_default()
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        bus = Gio.DBusConnection.new_for_address_sync(os.environ["DBUS_SESSION_BUS_ADDRESS"], flags, None, None)
        interface = Gio.DBusNodeInfo.new_for_xml(self.INTERFACE).interfaces[0]
        bus.register_object(self.ROOT, interface, self._answer, lambda *_: GLib.Variant("u", 3), None)
        Gio.bus_own_name_on_connection(bus, "org.freedesktop.portal.Desktop", Gio.BusNameOwnerFlags.NONE, lambda *_: ready.set(), None)
        GLib.MainLoop.new(context, False).run()

    def _answer(self, connection, sender, path, interface, method, arguments, invocation):
        _, title, options = arguments.unpack()
        request = f"{self.ROOT}/request/{sender[1:].replace('.', '_')}/{options['handle_token']}"
        uris = GLib.Variant("as", [GLib.filename_to_uri(self.path)])
        invocation.return_value(GLib.Variant("(o)", [request]))
        connection.emit_signal(sender, request, "org.freedesktop.portal.Request", "Response",
                               GLib.Variant("(ua{sv})", (0, {"uris": uris})))
        self.asked.append((method, title, options.get("directory", False)))


def run_tool(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


class Program:
    """The program under test, and the user before it."""

    def __init__(self, *words, **environment):
        # Kept until the end: whatever a library complains about there is a failure.
        self.complaints_path = os.path.join(os.environ["HOME"], "complaints")
        with open(self.complaints_path, "w") as complaints:
            # Leaks are judged in complaints().
            leaks = os.environ.get("LSAN_OPTIONS", "") + ":exitcode=0"
            self.process = subprocess.Popen(words, stderr=complaints,
                                            env={**os.environ, "LSAN_OPTIONS": leaks.lstrip(":"), **environment})
        # GTK 4.8 leaks what it makes for choosing files and for taking dropped ones, and Mesa's OpenGL what it is loaded for,
        # where no suppression can name it (OF_GLIB); the leaks of a program that has done so are not judged.
        self.has_leaks_of_others = False
        self.started = time.monotonic()
        self.rest_pointer()  # not where the program before left it
        self.bus = Bus()
        self.root = until(self._find_root, f"{words[0]} on the accessibility bus")

    def _find_root(self):
        if self.process.poll() is not None:
            raise Missing(f"the program has ended with {self.process.returncode}: {self.complaints()}")
        root = self.bus.programs().get(self.process.pid)
        return root if root and root.children() else None

    # -- windows --

    def windows(self):
        """Those on screen, the one in front last."""
        return [w for w in self.root.children() if w.has(VISIBLE)]

    def window(self):
        return self.windows()[0]

    def native_windows(self):
        """X identifiers in stacking order, menus left out."""
        return until(self._list_native_windows, "the windows of the program")

    def _list_native_windows(self):
        tree = run_tool("xwininfo", "-root", "-children")
        ids = [int(line.split()[0], 16) for line in tree.splitlines() if re.match(r"\s+0x", line)]
        try:
            mine = run_tool("xdotool", "search", "--all", "--onlyvisible", "--pid", str(self.process.pid), "").split()
        except subprocess.CalledProcessError:
            return None  # one of them, a tooltip say, went while they were gone through
        return [i for i in reversed(ids) if str(i) in mine]

    # -- looking --

    def find_all(self, role, name=None, inside=None):
        """name: a string, or a pattern that is found in it. The window in front first."""
        matches = (lambda text: True) if name is None else name.search if hasattr(name, "search") else name.__eq__
        for top in [inside] if inside else reversed(self.windows()):
            for node, found in walk(top):
                if found == role and matches(node.label()):
                    yield node

    def find(self, role, name=None, inside=None, patience=PATIENCE):
        """Waits for a node that is on screen or can be scrolled to."""
        what = f"a {role} {getattr(name, 'pattern', name)!r}"
        return until(lambda: next((n for n in self.find_all(role, name, inside) if n.is_laid_out()), None), what, patience)

    def has(self, role, name=None):
        """Whether it is on screen now."""
        return any(n.is_on_screen() for n in self.find_all(role, name))

    def see(self, role, name=None):
        """Waits until it is on screen."""
        until(lambda: self.has(role, name), f"a {role} {getattr(name, 'pattern', name)!r} on screen")

    def gone(self, role, name=None):
        until(lambda: not self.has(role, name), f"no {role} {getattr(name, 'pattern', name)!r} any more")

    def closed(self):
        """Waits until no dialog is before the window."""
        until(lambda: len(self.windows()) == 1, "the dialog closed")

    def texts(self, inside=None):
        """All that can be read."""
        return [n.label() for n in self.find_all("label", None, inside) if n.is_laid_out()]

    # -- acting --

    def focus(self):
        """The keyboard to the window in front, as a window manager would."""
        run_tool("xdotool", "windowfocus", "--sync", str([i for i in self.native_windows() if not is_menu(i)][-1]))

    def keys(self, *names):
        self.focus()
        run_tool("xdotool", "key", "--clearmodifiers", "--delay", "30", *names)

    def type(self, text):
        self.focus()
        run_tool("xdotool", "type", "--delay", "30", text)

    def press(self, role, name):
        node = self.find(role, name)
        until(lambda: node.has(SENSITIVE), f"{name!r} to be sensitive")
        node.act()
        return node

    def point(self, node):
        """The screen's pixel in the middle of a node."""
        top = list(node.ancestry())[-1]
        native = geometry(self.native_windows()[self.windows().index(top)])
        _, _, inner_width, inner_height = top.box()
        x, y, width, height = node.box()
        return (native["X"] + (native["WIDTH"] - inner_width) // 2 + x + width // 2,
                native["Y"] + (native["HEIGHT"] - inner_height) // 2 + y + height // 2)

    def click(self, node):
        x, y = self.point(node)
        run_tool("xdotool", "mousemove", str(x), str(y), "click", "1")

    def press_in(self, node, name):
        """A button within a node."""
        self.find("button", name, node).act()

    def drag(self, node, to):
        """Onto the upper half of another, a little at a time."""
        x, y = self.point(node)
        _, target = self.point(to)
        target -= to.box()[3] // 4
        run_tool("xdotool", "mousemove", str(x), str(y), "mousedown", "1")
        for step in range(1, 11):
            run_tool("xdotool", "mousemove", str(x), str(y + (target - y) * step // 10), "sleep", "0.05")
        run_tool("xdotool", "mouseup", "1")

    def click_with(self, modifier, node):
        x, y = self.point(node)
        run_tool("xdotool", "mousemove", str(x), str(y), "keydown", modifier, "click", "1", "keyup", modifier)

    def scroll_to(self, node):
        """Turns the wheel over the middle of the window until the node is well within it."""

        def turn():
            top = self.window()
            _, y, _, height = node.box()
            middle, room = y + height // 2, top.box()[3]
            if node.is_on_screen() and room * 0.2 < middle < room * 0.9:
                return True
            before = y
            self.wheel(top, "5" if middle > room // 2 else "4")
            return node.box()[1] == before and node.is_on_screen()  # that is the end of the page

        until(turn, f"{node.label()!r} scrolled to")

    def wheel(self, top, button):
        x, y = self.point(top)
        run_tool("xdotool", "mousemove", str(x * 5 // 4), str(y), "click", button)

    def resize(self, width, height):
        native = self.native_windows()[0]
        run_tool("xdotool", "windowsize", str(native), str(width), str(height))
        until(lambda: abs(self.window().box()[2] - width) <= 12, f"a window {width} wide")

    def rest_pointer(self):
        """Where nothing is hovered."""
        run_tool("xdotool", "mousemove", "1279", "899")

    def shoot(self, path):
        """A picture of the window with what lies over it, as soon as two in a row are the same."""
        natives = self.native_windows()
        main = geometry(natives[0])
        for dialog in natives[1:]:
            if is_menu(dialog):  # where it belongs
                continue
            box = geometry(dialog)
            run_tool("xdotool", "windowmove", str(dialog), str(main["X"] + max(0, (main["WIDTH"] - box["WIDTH"]) // 2)),
                     str(main["Y"] + max(0, (main["HEIGHT"] - box["HEIGHT"]) // 2)))
        area = f"{main['WIDTH']}x{main['HEIGHT']}+{main['X']}+{main['Y']}"
        last = None
        for _ in range(30):
            subprocess.run(["import", "-silent", "-window", "root", "-crop", area, "+repage", path], check=True,
                           stderr=subprocess.DEVNULL)
            with open(path, "rb") as file:
                picture = file.read()
            pixels = subprocess.run(["convert", path, "rgb:-"], check=True, capture_output=True).stdout
            if pixels == last:
                return
            last = pixels
            time.sleep(0.1)

    def priorities(self):
        """Name and nice value of each thread; the one that draws is the first."""
        found = []
        for thread in sorted(os.listdir(f"/proc/{self.process.pid}/task"), key=int):
            with open(f"/proc/{self.process.pid}/task/{thread}/stat") as file:
                name, rest = re.match(r"\d+ \((.*)\) (.*)", file.read()).groups()
            found.append((name, int(rest.split()[16])))
        return found

    # -- ending --

    def complaints(self):
        """Lines of warnings and worse; of a sanitizer's report, all."""
        with open(self.complaints_path, errors="replace") as file:
            text = OF_GLIB.sub("", file.read())
        if "LeakSanitizer" in text and (self.has_leaks_of_others or " leak of " not in text):
            text = text[:text.index("LeakSanitizer")].rpartition("\n")[0]
        report = re.search(r"^.*(?:==\d+==ERROR|runtime error).*", text, re.MULTILINE | re.DOTALL)
        lines = [line for line in text.splitlines()
                 if re.search(r"WARNING|CRITICAL|\*ERROR", line) and not OF_FOLDING.search(line)
                 and not OF_NOTIFICATIONS.search(line)]
        return "\n".join(lines + ([report[0]] if report else []))

    def ended(self):
        """Waits for the end, which must be a clean one without complaints."""
        until(lambda: self.process.poll() is not None, "the end of the program")
        complaints = self.complaints()
        assert self.process.returncode == 0 and not complaints, f"{self.process.returncode}\n{complaints}"

    def close(self):
        self.keys("ctrl+w")
        self.ended()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def is_menu(native):
    """Or another popover: the keyboard stays with the window that it belongs to."""
    return "Override Redirect State: yes" in run_tool("xwininfo", "-id", str(native))


def geometry(native):
    shell = run_tool("xdotool", "getwindowgeometry", "--shell", str(native))
    return {key: int(value) for key, value in re.findall(r"(\w+)=(-?\d+)", shell)}
