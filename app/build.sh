# Shared by app/run.sh and tests/run.sh: installs what is missing and builds. Sourced by bash.

# Debian packages for the program; the first argument of install_missing adds to them.
program_packages=(g++ cmake ninja-build ccache pkg-config
  libfmt-dev nlohmann-json3-dev libcli11-dev libsqlite3-dev libicu-dev libdnnl-dev libpng-dev
  libvulkan-dev glslang-tools mesa-vulkan-drivers libimgui-dev libstb-dev libfreetype-dev qt6-base-dev qt6-svg-dev)

say() { printf '%s\n' "$*" >&2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo > /dev/null; then sudo "$@"
  else say "moescope: cannot install packages: neither root nor sudo; install them by hand: ${missing[*]}"; exit 1
  fi
}

# Installs those of the given packages that dpkg does not list as installed.
install_missing() {
  missing=()
  local package installed
  installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2> /dev/null | sed -n 's/^ii  *//p')
  for package in "$@"; do
    grep -qx -- "$package" <<< "$installed" || missing+=("$package")
  done
  [ "${#missing[@]}" = 0 ] && return
  say "Installing ${#missing[@]} packages: ${missing[*]}"
  local quiet=(-q -y -o Dpkg::Use-Pty=0 --no-install-recommends)
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q > /dev/null ||
    { say "moescope: apt-get update failed; check the network connection"; exit 1; }
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install "${quiet[@]}" "${missing[@]}" > /dev/null ||
    { say "moescope: the packages could not be installed; see the messages above"; exit 1; }
}

# build_tree FOLDER [TARGET | -DOPTION ...]: configures once and builds what has changed.
build_tree() {
  local folder=$1 targets=() options=() word
  shift
  for word in "$@"; do
    case $word in -D*) options+=("$word") ;; *) targets+=("$word") ;; esac
  done
  if [ ! -f "$folder/build.ninja" ] || [ "${#options[@]}" != 0 ]; then
    cmake -S "$root" -B "$folder" -G Ninja "${options[@]}" > "$folder.log" 2>&1 ||
      { cat "$folder.log" >&2; say "moescope: the build could not be configured; see the messages above"; exit 1; }
    rm -f "$folder.log"
  fi
  cmake --build "$folder" --target "${targets[@]:-all}" >&2 || { say "moescope: the build failed"; exit 1; }
}
