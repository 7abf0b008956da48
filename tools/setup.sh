#!/bin/sh
# Makes everything that Lawang needs on Debian 12/13 and Ubuntu 22.04/24.04: apt packages, a fitting Python, .venv.
#   tools/setup.sh          to run
#   tools/setup.sh test     also the programs that check what Lawang hands out: a browser, a reader of PDF
#   tools/setup.sh bench    also the viewers that `make bench` compares with
# Run again at any time: what is there already is left alone. Works as root and as a user who may sudo.
set -eu
cd "$(dirname "$0")/.."

# pictures: libvlc5, vlc-plugin-base; libvlc-bin keeps the list of its modules, without which each start opens all 470.
# Screen: the xcb, GL and font libraries that Qt's wheels expect of the system.
# Demo city: GStreamer's RTSP server through the system's own python3-gi. Tests: Xvfb, xdotool, xrandr, ImageMagick.
PACKAGES="libvlc5 libvlc-bin vlc-plugin-base ffmpeg
  libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-render-util0
  libxcb-xinerama0 libxcb-shape0 libxcb-randr0 libegl1 libgl1 libdbus-1-3 libfontconfig1
  gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-libav
  gstreamer1.0-rtsp gir1.2-gst-rtsp-server-1.0 python3-gi python3-venv
  xvfb xdotool x11-xserver-utils x11-utils imagemagick"
[ "${1:-}" = bench ] && PACKAGES="$PACKAGES mpv gstreamer1.0-tools gstreamer1.0-x"

UV=0.13.9                      # only where the system has no Python 3.12 or newer; it fetches one
FITS='import sys, venv, ensurepip; sys.exit(not sys.version_info >= (3, 12))'

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

missing_packages() {
    # Provides count too: a library renamed by a transition (…t64) still answers to its old name.
    have=" $(dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' 2>/dev/null \
        | awk '$1 == "installed" { $1 = ""; gsub(/\([^)]*\)|,/, " "); print }' | tr '\n' ' ') "
    for name in $PACKAGES; do
        case "$have" in *" $name "*) ;; *) printf '%s ' "$name" ;; esac
    done
}

install_packages() {
    command -v dpkg-query >/dev/null || { say "no dpkg here; install the like of: $PACKAGES"; return; }
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ]; then
        as_root=""
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        as_root="sudo"          # on a terminal sudo itself may ask for the password; elsewhere nothing may ask
    else
        fail "these packages are missing and only root can install them. Run: apt-get install $missing"
    fi
    say "installing with apt: $missing"
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q \
        || say "apt-get update failed; trying with the lists that are here"
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing \
        || fail "apt could not install: $missing"
}

find_python() {
    for candidate in "${LAWANG_PYTHON:-}" python3.13 python3.12 python3.14 python3 \
            "$HOME"/.pyenv/versions/3.13*/bin/python3.13 "$HOME"/.pyenv/versions/3.12*/bin/python3.12 \
            /usr/local/bin/python3.13 /usr/local/bin/python3.12 /opt/python3.1[23]/bin/python3; do
        [ -n "$candidate" ] || continue
        # A pyenv shim exists even for versions that are switched off: only running it tells.
        if "$candidate" -c "$FITS" 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

make_environment() {
    if .venv/bin/python -c "$FITS" 2>/dev/null; then
        return 0
    fi
    rm -rf .venv
    if python=$(find_python); then
        say "making .venv with $python"
        "$python" -m venv .venv
        return 0
    fi
    command -v python3 >/dev/null || fail "no python3 at all. Run: apt-get install python3-venv"
    say "no Python 3.12 or newer here; fetching one with uv"
    python3 -m venv build/uv && build/uv/bin/python -m pip install -q "uv==$UV" \
        && build/uv/bin/uv venv -q --seed --python 3.13 .venv \
        || fail "no Python >= 3.12 found and none could be fetched. Install one and run: LAWANG_PYTHON=/path/to/python make setup"
}

install_packages
if [ "${1:-}" = test ]; then
    PACKAGES="poppler-utils openssl"
    # Ubuntu's chromium is a snap, which may not read a test's files: there the tests of the browser are skipped.
    grep -q '^ID=debian' /etc/os-release 2>/dev/null && PACKAGES="$PACKAGES chromium"
    (install_packages) || say "tests that need them are skipped"
fi
make_environment
if ! cmp -s requirements.lock .venv/requirements.lock; then
    say "installing the locked Python packages into .venv"
    .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock \
        || fail "pip could not install what requirements.lock names"
    cp requirements.lock .venv/requirements.lock
fi
say "ready"
