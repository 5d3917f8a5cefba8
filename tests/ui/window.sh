#!/usr/bin/env bash
# window.sh TEST WORKBENCH SMALTI FILL_STORE SHOTS [NAME...]: a test file on a virtual display, a session bus and a home of its own.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

skip() {
  echo "1..0 # SKIP $1"
  exit 0
}

for tool in Xvfb xdotool xwininfo import dbus-run-session; do
  command -v "$tool" >/dev/null || skip "$tool is not installed"
done
# Debian's own python3, whatever comes first in PATH: the bindings belong to it.
python=/usr/bin/python3
"$python" -c "from gi.repository import Gio" 2>/dev/null || skip "the GLib bindings of $python are not installed"

home=$(mktemp -d)
display=
# The bus's children may still be writing there as they end.
trap '[ -z "$display" ] || kill "$display"; rm -rf "$home" 2>/dev/null || { sleep 2; rm -rf "$home"; } || true' EXIT
mkdir -m 700 "$home/run"
mkdir -p "$home/.config/gtk-4.0"
printf '[Settings]\ngtk-font-name=Cantarell 11\n' >"$home/.config/gtk-4.0/settings.ini"
# libadwaita 1.2 leaks what its leaflet draws while it folds, as trees of nodes that no suppression can name.
[ -z "${ASAN_OPTIONS-}" ] || echo gtk-enable-animations=0 >>"$home/.config/gtk-4.0/settings.ini"
mkfifo "$home/number"
# Not reset between two programs: one that connects then is turned away.
Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp -noreset 3>"$home/number" 2>/dev/null &
display=$!
read -r number <"$home/number"

unset XDG_DATA_HOME XDG_CONFIG_HOME XDG_CACHE_HOME DBUS_SESSION_BUS_ADDRESS AT_SPI_BUS_ADDRESS WAYLAND_DISPLAY
export HOME=$home XDG_RUNTIME_DIR=$home/run TMPDIR=$home LC_ALL=C.UTF-8 DISPLAY=:$number
export PYTHONDONTWRITEBYTECODE=1 GDK_BACKEND=x11 GSK_RENDERER=cairo GTK_A11Y=atspi GSETTINGS_BACKEND=memory ADW_DISABLE_PORTAL=1
# Nor does GDK try OpenGL: Mesa's driver, loaded and put away again, leaves memory behind that nobody can be named for.
export GDK_DEBUG=gl-disable GDK_DISABLE=gl,vulkan # before and since GTK 4.16
until xwininfo -root >/dev/null 2>&1; do
  kill -0 "$display" 2>/dev/null || skip "Xvfb can't run here"
  sleep 0.1
done
# The accessibility registry greets on standard output, which is the test's own.
dbus-run-session -- "$python" "$here/$1" "${@:2}" 2>"$home/errors" | grep -v --line-buffered '^SpiRegistry' || {
  status=$?
  grep -v -e dbus-daemon -e dbind "$home/errors" >&2 || true
  exit $status
}
