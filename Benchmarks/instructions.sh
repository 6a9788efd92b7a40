#!/usr/bin/env bash
# How many instructions a unary gRPC call costs the server outside the kernel, beside what a file of the same size costs nghttpd. Unlike
# time, that is the same on a machine that does something else meanwhile. It needs valgrind, and takes a minute.
#
# usage: Benchmarks/instructions.sh
#
# Each server runs under callgrind twice, with CALLS (4000) and with twice as many; the difference is divided by CALLS, so that starting
# and stopping do not count. Names of functions: `callgrind_annotate`, with what KEEP=folder leaves there.
# CONNECTIONS (1), STREAMS (100) and SERVER (the release build of switchbench) may be set.
set -euo pipefail
cd "$(dirname "$0")/.."

CALLS="${CALLS:-4000}"
CONNECTIONS="${CONNECTIONS:-1}"
STREAMS="${STREAMS:-100}"
SERVER="${SERVER:-.build/release/switchbench}"
work="${KEEP:-$(mktemp -d)}"
pid=""
finish() {
    if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; fi
    [ -n "${KEEP:-}" ] || rm -rf "$work"
}
trap finish EXIT

for program in valgrind h2load nghttpd "$SERVER"; do
    command -v "$program" >/dev/null || { echo "instructions.sh: there is no $program" >&2; exit 1; }
done
mkdir -p "$work/files"
printf '%s' 'twenty bytes of text' >"$work/files/file"
printf '\x00\x00\x00\x00\x16\x0a\x14%s' 'twenty bytes of text' >"$work/request"
"${CC:-clang}" -O1 -shared -fPIC -o "$work/main-thread.so" Benchmarks/valgrind/main-thread.c

# run NAME COUNT PORT COMMAND…: serves COUNT requests under callgrind; the profile is left in $work/NAME.COUNT.
run() {
    local name="$1" count="$2" port="$3" out="$work/$1.$2" attempt
    shift 3
    LD_PRELOAD="$work/main-thread.so" valgrind --tool=callgrind --callgrind-out-file="$out" "$@" >"$out.output" 2>"$out.errors" &
    pid=$!
    for ((attempt = 0; attempt < 200; attempt++)); do
        if (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
        sleep 0.1
    done
    load "$name" "$count" "$port" >"$out.load"
    grep -q "$count succeeded, 0 failed" "$out.load" || { cat "$out.errors" "$out.load" >&2; exit 1; }
    kill -TERM "$pid"
    wait "$pid" || true
    pid=""
}

load() {
    if [ "$1" = nghttpd ]; then
        h2load -n "$2" -c "$CONNECTIONS" -m "$STREAMS" "http://127.0.0.1:$3/file"
    else
        h2load -n "$2" -c "$CONNECTIONS" -m "$STREAMS" -d "$work/request" -H "content-type: application/grpc" -H "te: trailers" \
            "http://127.0.0.1:$3/bench.v1.Echo/Unary"
    fi
}

total() { awk '/^(totals|summary):/ { print $2; exit }' "$1"; }

for name in switchbench nghttpd; do
    for count in "$CALLS" $((2 * CALLS)); do
        port=$((20000 + RANDOM % 10000))
        if [ "$name" = nghttpd ]; then
            run nghttpd "$count" "$port" nghttpd --address 127.0.0.1 --workers 1 --htdocs "$work/files" --no-tls "$port"
        else
            run switchbench "$count" "$port" "$SERVER" echo --port "$port" --loops 1
        fi
    done
    echo "$name: $((($(total "$work/$name.$((2 * CALLS))") - $(total "$work/$name.$CALLS")) / CALLS)) instructions a call"
done
