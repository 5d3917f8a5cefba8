#!/usr/bin/env bash
# display.sh PROGRAM [ARGUMENT...]: a test program on a virtual display of its own.
set -euo pipefail

command -v Xvfb >/dev/null || {
  echo "1..0 # SKIP Xvfb is not installed"
  exit 0
}
home=$(mktemp -d)
display=
trap '[ -z "$display" ] || kill "$display"; rm -rf "$home"' EXIT
mkfifo "$home/number"
Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp -noreset 3>"$home/number" 2>/dev/null &
display=$!
read -r number <"$home/number"

unset WAYLAND_DISPLAY AT_SPI_BUS_ADDRESS
# No bus: one that a library starts by itself outlives the test, and writes into a home that is being removed.
export DBUS_SESSION_BUS_ADDRESS=unix:path=$home/none
# A home of its own for what GTK keeps; no OpenGL, whose driver leaves memory behind.
export HOME=$home XDG_CONFIG_HOME=$home XDG_CACHE_HOME=$home XDG_DATA_HOME=$home XDG_RUNTIME_DIR=$home LC_ALL=C.UTF-8
export DISPLAY=:$number GDK_BACKEND=x11 GSK_RENDERER=cairo GDK_DEBUG=gl-disable GDK_DISABLE=gl,vulkan GTK_A11Y=none GSETTINGS_BACKEND=memory
export ADW_DISABLE_PORTAL=1
"$@"
