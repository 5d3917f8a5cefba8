#!/usr/bin/env bash
# valid.sh TOOL ARGUMENTS...: passes when the tool has nothing to say against a file; skipped where there is no such tool.
if ! command -v "$1" >/dev/null; then
  echo "$1 is not installed"
  exit 77
fi
exec "$@"
