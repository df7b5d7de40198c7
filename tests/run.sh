#!/usr/bin/env bash
# Installs what is missing, builds, and runs all tests: the whole program first, then the engine under the
# address and undefined-behaviour sanitizers and the threaded parts under the thread sanitizer.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
source "$root/app/build.sh"

install_missing "${program_packages[@]}" libgtest-dev libgmock-dev xvfb xauth vulkan-validationlayers fonts-noto-color-emoji
export CTEST_OUTPUT_ON_FAILURE=1 QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen}
jobs=$(nproc)

build_tree "$root/build" -DMOE_WERROR=ON
build_tree "$root/build-asan" -DMOE_SANITIZE=address,undefined -DCMAKE_BUILD_TYPE=Sanitize -DMOE_BUILD_APP=OFF -DMOE_WERROR=ON
build_tree "$root/build-tsan" -DMOE_SANITIZE=thread -DCMAKE_BUILD_TYPE=Sanitize -DMOE_BUILD_APP=OFF -DMOE_WERROR=ON \
  engine_base_test engine_trace_test engine_worker_test

# Tests see a home of their own; the builds above use the compiler cache of the real one.
runtime=$(mktemp -d)
trap 'rm -rf "$runtime"' EXIT
export XDG_RUNTIME_DIR=$runtime HOME=$runtime
status=0
# Runs a suite quietly; what fails is shown, and its name once more at the end of all.
failed=$runtime/failed
check() {
  local name=$1 log=$runtime/$1.log
  shift
  ctest -j "$jobs" --output-on-failure --timeout 900 -Q -O "$log" "$@" || {
    status=1
    grep -v ' Passed ' "$log" >&2
    sed -n '/The following tests FAILED/,$ s/^/'"$name"': /p' "$log" >>"$failed"
  }
  tail -n 4 "$log"
}
say "== Address and undefined-behaviour sanitizers: the engine =="
check asan --test-dir "$root/build-asan"
say "== Thread sanitizer: pool, trace store, worker (three of the seeds: it is slow) =="
TSAN_OPTIONS="suppressions=$root/tests/tsan.supp halt_on_error=1" OMP_NUM_THREADS=1 \
  check tsan --test-dir "$root/build-tsan" -R '^engine/(base|trace|worker)/' -E 'RandomCommandsTest.*/([3-9]|1[0-9])$'
say "== Everything, as people run it =="
ctest --test-dir "$root/build" -j "$jobs" --timeout 900 || status=1
[ ! -s "$failed" ] || cat "$failed" >&2
exit $status
