#!/bin/bash
# compare.sh N [SECONDS] -- OWN COMMAND WITH {urls}: the own viewer and its rivals, one after another, on the same N live streams and one screen.
# Example: compare.sh 16 10 -- python main.py wall --registry /path/of/16.db --layout 4x4 --cameras 1-16 --bare --window 1920x1080+0+0
# {urls} is replaced by the N addresses. PY (with numpy and psutil) and PORT may be set; VIEWERS picks the rivals. Prints a JSON line each.
set -u; here=$(cd "$(dirname "$0")" && pwd); n=$1; shift; d=10; [ "$1" != -- ] && { d=$1; shift; }; shift
PY=${PY:-$here/../../.venv/bin/python}; PORT=${PORT:-19900}; VIEWERS=${VIEWERS:-mpv_windows.sh mpv_xstack.sh gst_compositor.sh}; work=$(mktemp -d)
media=${MEDIA:-${XDG_CACHE_HOME:-$HOME/.cache}/lawang-bench}; mkdir -p "$media"; clip=$media/sub_640x360_15_400k.h264
[ -s "$clip" ] || $PY "$here/make_media.py" 640 360 15 60 400 30 "$clip"
/usr/bin/python3 "$here/rtsp_server.py" -n "$n" -f "$clip" -p "$PORT" --state "$work/state.json" >"$work/server.log" 2>&1 & srv=$!
trap 'kill $srv 2>/dev/null; rm -rf "$work"' EXIT; sleep 3
urls=(); for ((i = 0; i < n; i++)); do urls+=("rtsp://127.0.0.1:$PORT/cam$i"); done
c=1; while [ $((c * c)) -lt "$n" ]; do c=$((c + 1)); done
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
one() { name=$1; shift; (cd "$here/../.." && $PY -m tests.bench.measure --name "$name" -n "$n" -w 5 -d "$d" -s 1920x1080 --state "$work/state.json" --log "$work/$name.log" ${SHOTS:+--shot "$SHOTS/$name.png"} -- "$@") | tail -n 1 | sed 's/"cmd": \[.*\], "screen"/"screen"/'; }
own=(); for w in "$@"; do if [ "$w" = '{urls}' ]; then own+=("${urls[@]}"); else own+=("$w"); fi; done
[ ${#own[@]} -gt 0 ] && one lawang "${own[@]}"
for v in $VIEWERS; do one "${v%.*}" "$here/viewers/$v" -t 120 -s 1920x1080 "${urls[@]}"; done
cd "$here/../.." && $PY -m tests.bench.baseline -n "$n" -s $((1920 / c))x$((1080 / c)) -d "$d" "rtsp://127.0.0.1:$PORT/cam%d"
