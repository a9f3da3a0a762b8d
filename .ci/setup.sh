# What ./run and ./test have in common: packages, tool chain, build. Sourced, not run.

# To build: a C++ compiler and cmake for llama.cpp, clang's library for its bindings, Node.js for the page, and Python,
# which fetches the recogniser's library. To speak: espeak-ng. For a microphone and a speaker on the board:
# ALSA's library, which alsa-utils brings.
HEARTH_BUILD_PACKAGES="build-essential cmake clang libclang-dev pkg-config ca-certificates nodejs npm python3 python3-venv espeak-ng alsa-utils"
# To test: a real broker and its clients, a real browser, and what unpacks the Debian that Home Assistant runs in.
HEARTH_TEST_PACKAGES="mosquitto mosquitto-clients openssl chromium debootstrap faketime libnss3-tools"
# The least Rust that the dependencies build with.
HEARTH_RUST_MINOR=94

hearth_say() { printf '\033[1m%s\033[0m\n' "$*"; }

# Installs the packages that are missing, after saying which. A program that is already there counts, however it came.
hearth_install() {
  local missing=()
  for package in "$@"; do
    case "$package" in
      nodejs) command -v node >/dev/null && continue ;;
      npm) command -v npm >/dev/null && continue ;;
      build-essential) command -v g++ >/dev/null && command -v make >/dev/null && continue ;;
      pkg-config) command -v pkg-config >/dev/null && continue ;;
      cmake | clang | chromium | python3 | espeak-ng) command -v "$package" >/dev/null && continue ;;
      mosquitto) { command -v mosquitto || [ -x /usr/sbin/mosquitto ]; } >/dev/null && continue ;;
      mosquitto-clients) command -v mosquitto_pub >/dev/null && continue ;;
    esac
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  if ! hearth_rust_is_new_enough; then missing+=(rustc-web cargo-web); fi
  [ "${#missing[@]}" -eq 0 ] && return 0
  hearth_say "Hearth needs these packages and installs them now: ${missing[*]}"
  local sudo=""
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Not root and no sudo here. Install them yourself, then use --no-install: ${missing[*]}" >&2; exit 1; }
    sudo=sudo
  fi
  $sudo apt-get update -q
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q --no-install-recommends "${missing[@]}"
}

hearth_rust_is_new_enough() {
  local version
  version=$(cargo --version 2>/dev/null | sed -n 's/^cargo 1\.\([0-9]*\)\..*/\1/p')
  [ -n "$version" ] && [ "$version" -ge "$HEARTH_RUST_MINOR" ]
}

hearth_toolchain() {
  for program in cargo cmake g++ node npm; do
    command -v "$program" >/dev/null || { echo "\`$program\` is missing. Run ./run without --no-install, or install it yourself." >&2; exit 1; }
  done
  hearth_rust_is_new_enough || { echo "Rust 1.$HEARTH_RUST_MINOR or newer is needed; here is: $(cargo --version)" >&2; exit 1; }
}

# Installs rustfmt and clippy where the toolchain came without.
hearth_rust_tools() {
  cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 && return 0
  if command -v rustup >/dev/null; then
    rustup component add rustfmt clippy
  else
    # What Debian calls those of its newer Rust.
    hearth_install rustfmt-web rust-web-clippy
  fi
}

# Puts what comes from PyPI into .venv, once for each change of the list. Each file's hash is known.
hearth_python() {
  local wanted=.ci/requirements.txt kept=.venv/.installed
  cmp -s "$wanted" "$kept" && return 0
  if [ ! -x .venv/bin/python ]; then python3 -m venv .venv; fi
  .venv/bin/pip install -q --disable-pip-version-check --require-hashes -r "$wanted"
  cp "$wanted" "$kept"
}

# Puts what a simulated ESPHome satellite needs into .venv, once for each change of the list. Without it that test is
# skipped, and says so.
hearth_esphome() {
  local wanted=.ci/esphome.txt kept=.venv/.esphome
  cmp -s "$wanted" "$kept" && return 0
  if .venv/bin/pip install -q --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
      -r "$wanted"; then
    cp "$wanted" "$kept"
  else
    echo "The peer of the test of ESPHome satellites could not be installed: that test is skipped" >&2
  fi
}

# Puts the recogniser's library beside the programs, once. Without it the hub runs and hears nothing, and says so.
hearth_recogniser() {
  local library=target/release/libvosk.so
  [ -f "$library" ] && return 0
  hearth_say "Fetching the recogniser's library (Vosk)"
  if [ ! -x .venv/bin/python ]; then python3 -m venv .venv; fi
  local fetched
  fetched=$(mktemp -d)
  if .venv/bin/pip download -q --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
      -r .ci/vosk.txt -d "$fetched" && .venv/bin/python -m zipfile -e "$fetched"/vosk-*.whl "$fetched"; then
    mkdir -p target/release
    mv "$fetched/vosk/libvosk.so" "$library"
  else
    echo "The recogniser's library could not be fetched: the hub will run and hear nothing (docs/voice.md)" >&2
  fi
  rm -rf "$fetched"
}

# Says where a program is: in .venv, or on the system where .venv has none.
hearth_find() {
  if [ -x ".venv/bin/$1" ]; then
    echo ".venv/bin/$1"
  elif ! command -v "$1"; then
    echo "\`$1\` is missing. Run ./test without --no-install, or install it yourself." >&2
    return 1
  fi
}

# Builds the page if its sources changed.
hearth_page() {
  local stamp=hub/web/dist/.built
  local sources
  sources=$(cat hub/web/package-lock.json hub/web/package.json hub/web/index.html $(find hub/web/src hub/web/public -type f 2>/dev/null | sort) | cksum)
  [ "$(cat "$stamp" 2>/dev/null)" = "$sources" ] && return 0
  hearth_say "Building the page"
  (cd hub/web && npm ci --no-audit --no-fund && npm run build)
  echo "$sources" >"$stamp"
}

# Builds the page and the programs. The first build takes long: llama.cpp and the broker are large.
hearth_build() {
  hearth_page
  [ -x target/release/hearthd ] || hearth_say "Building Hearth; the first time takes 15 to 40 minutes on a small machine"
  cargo build --release --locked --workspace --bins
  hearth_recogniser
}
