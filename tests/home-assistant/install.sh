#!/usr/bin/env bash
# Installs a real Home Assistant into target/home-assistant, for the test that talks to one.
# It needs Python 3.13. Where the system has another, a small Debian 13 is unpacked for it, which needs root and debootstrap.
# What it installs is pinned in requirements.txt; 2 GB, and three minutes from nothing on a quiet machine. What is here already is kept.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
place="$here/../../target/home-assistant"
mkdir -p "$place"
place=$(cd "$place" && pwd)
root="$place/debian"
[ -x "$place/start" ] && [ -x "$place/python" ] && exit 0

# Runs a command in the small Debian. It sees its own /proc, which is gone with the command, so nothing stays mounted.
inside() {
  unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' "$root" env -u PIP_FIND_LINKS HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

if python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' && command -v ffmpeg >/dev/null; then
  folder="$place"
  venv="$place/venv"
  run() { "$@"; }
  start='exec "$here/venv/bin/hass" -c "$here/$1" --skip-pip'
  python='script="$here/$1"; shift; exec "$here/venv/bin/python" "$script" "$@"'
else
  if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null || ! unshare --mount true 2>/dev/null; then
    echo "Home Assistant wants Python 3.13, or root, debootstrap and the right to mount, to unpack a Debian 13 that has it." >&2
    exit 1
  fi
  if [ ! -f "$root/unpacked" ]; then
    rm -rf "$root"
    packages=python3-venv,python3-dev,ca-certificates,gcc,g++,libc6-dev,ffmpeg
    debootstrap --variant=minbase --include="$packages" trixie "$root" http://deb.debian.org/debian >"$place/debootstrap.log" || { tail -n 5 "$place/debootstrap.log" >&2; exit 1; }
    rm -f "$root"/var/cache/apt/archives/*.deb
    touch "$root/unpacked"
  fi
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  # Whoever trusts an authority of their own here trusts it there too.
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  if [ -f /etc/pip.conf ]; then cp /etc/pip.conf "$root/etc/pip.conf"; fi
  folder="$root/root"
  venv=/root/venv
  run() { inside "$@"; }
  start='exec unshare --mount sh -c '\''mount -t proc proc "$0/proc" && exec chroot "$0" env HOME=/root PATH=/usr/bin:/bin /root/venv/bin/hass -c "/root/$1" --skip-pip'\'' "$here/debian" "$1"'
  python='script="/root/$1"; shift; exec chroot "$here/debian" env HOME=/root PATH=/usr/bin:/bin /root/venv/bin/python "$script" "$@"'
fi
cp "$here/requirements.txt" "$folder/requirements.txt"
run python3 -m venv --clear "$venv"
SKIP_CYTHON=1 run "$venv/bin/pip" install -q --no-cache-dir --disable-pip-version-check -r "${venv%/venv}/requirements.txt"
run "$venv/bin/python" -c 'import homeassistant.const as it; print("Home Assistant", it.__version__)'
printf '%s\n' "$folder" >"$place/folder"
# `python NAME/SCRIPT …` runs a script with its packages.
printf '#!/bin/sh\nhere=$(dirname "$0")\n%s\n' "$python" >"$place/python"
chmod +x "$place/python"
# `start NAME` runs it with the configuration in the folder of that name beside requirements.txt; being there, it says that all is.
printf '#!/bin/sh\nhere=$(dirname "$0")\n%s\n' "$start" >"$place/start.new"
chmod +x "$place/start.new"
mv "$place/start.new" "$place/start"
