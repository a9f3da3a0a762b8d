#!/usr/bin/env bash
# Installs a real Home Assistant into target/home-assistant, for the test that talks to one.
# It needs Python 3.13. Where the system has another, a small Debian 13 is unpacked for it, which needs root and debootstrap.
# What it installs is pinned in requirements.txt; about 2.5 GB and five minutes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
place="$here/../../target/home-assistant"
mkdir -p "$place"
place=$(cd "$place" && pwd)
[ -f "$place/installed" ] && exit 0

venv() { # ROOT: what to run commands in, `/` for this system
  local in=()
  if [ "$1" != / ]; then in=(chroot "$1" env HOME=/root); fi
  local at=$2
  "${in[@]}" python3 -m venv "$at"
  SKIP_CYTHON=1 "${in[@]}" "$at/bin/pip" install -q -r "$3"
  "${in[@]}" "$at/bin/python" -c 'import homeassistant.const as it; print("Home Assistant", it.__version__)'
}

if python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' && command -v ffmpeg >/dev/null; then
  venv / "$place/venv" "$here/requirements.txt"
  printf '%s\n' "$place/venv/bin/hass" >"$place/command"
  printf '%s\n' "$place" >"$place/folder"
else
  if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
    echo "Home Assistant wants Python 3.13, or root and debootstrap to unpack a Debian 13 that has it." >&2
    exit 1
  fi
  root="$place/debian"
  packages=python3-venv,python3-dev,ca-certificates,gcc,g++,libc6-dev,ffmpeg
  [ -x "$root/usr/bin/ffmpeg" ] || debootstrap --variant=minbase --include="$packages" trixie "$root" http://deb.debian.org/debian >"$place/debootstrap.log"
  mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  # Whoever trusts an authority of their own here trusts it there too.
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  if [ -f /etc/pip.conf ]; then cp /etc/pip.conf "$root/etc/pip.conf"; fi
  cp "$here/requirements.txt" "$root/root/requirements.txt"
  venv "$root" /root/venv /root/requirements.txt
  printf '%s\n' "chroot $root /root/venv/bin/hass" >"$place/command"
  printf '%s\n' "$root/root" >"$place/folder"
fi
touch "$place/installed"
