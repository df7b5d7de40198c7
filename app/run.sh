#!/usr/bin/env bash
# Installs what is missing, builds, and runs MoEScope. Arguments go to the program. Without a display and
# without arguments it does the same job headless and leaves a trace and two pictures in out/.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
source "$root/app/build.sh"

install_missing "${program_packages[@]}"
build_tree "$root/build" moescope
program=$root/build/app/moescope

if [ "$#" -gt 0 ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  exec "$program" "$@"
fi

say "No display: generating 64 tokens with the embedded model instead of opening the window."
mkdir -p "$root/out"
trace=$root/out/first-light.moetrace
"$program" run -n 64 --seed 7 --record "$trace" --overwrite
"$program" render "$trace" --view heatmap -o "$root/out/heatmap.png"
"$program" render "$trace" --view load -o "$root/out/load.png"
printf '\n\n'
printf '%s\n' "$trace" "$root/out/heatmap.png" "$root/out/load.png"
