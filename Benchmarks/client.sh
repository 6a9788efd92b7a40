#!/usr/bin/env bash
# What a unary call costs our client, beside what it costs h2load, and what a message of a long stream costs our server.
#
# usage: Benchmarks/client.sh
#
# Both clients hold 100 calls at once on one connection to the same `switchbench echo --loops 1`, in turns, on a core of their own. Then
# `switchbench call --stream` sends MESSAGES messages of 100 bytes through one call and reads their echoes: server CPU for each message in
# and one out. Prints the medians of the rounds. ROUNDS (5), CALLS (200000), MESSAGES (1000000) and SERVER (the release build of
# switchbench) may be set.
set -euo pipefail
cd "$(dirname "$0")/.."

ROUNDS="${ROUNDS:-5}"
CALLS="${CALLS:-200000}"
MESSAGES="${MESSAGES:-1000000}"
SERVER="${SERVER:-.build/release/switchbench}"
work="$(mktemp -d)"
trap 'kill "$pid" 2>/dev/null || true; wait; rm -rf "$work"' EXIT

on_server_core=() on_client_core=()
if [ "$(nproc)" -ge 2 ]; then on_server_core=(taskset -c 0) on_client_core=(taskset -c 1); fi

mkfifo "$work/out"
"${on_server_core[@]}" "$SERVER" echo --port 0 --loops 1 >"$work/out" &
pid=$!
exec {out}<"$work/out"
read -r -t 10 line <&"$out"
address="$(grep -o '127.0.0.1:[0-9]*' <<<"$line")"
printf '\x00\x00\x00\x00\x16\x0a\x14%s' 'twenty bytes of text' >"$work/request"

cpu() { cat /proc/"$1"/task/*/schedstat | awk '{ total += $1 } END { printf "%.0f", total }'; }
median() { sort -n | awk '{ value[NR] = $1 } END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'; }

# User and system time of h2load, in ns for each call.
h2load_cost() {
    local TIMEFORMAT='%U %S'
    { time "${on_client_core[@]}" h2load -n "$CALLS" -c 1 -m 100 -d "$work/request" -H "content-type: application/grpc" -H "te: trailers" \
        "http://$address/bench.v1.Echo/Unary" >"$work/h2load" 2>&1; } 2>"$work/time"
    grep -q "$CALLS succeeded, 0 failed" "$work/h2load"
    awk -v calls="$CALLS" '{ printf "%.0f\n", ($1 + $2) * 1e9 / calls }' "$work/time"
}

for ((round = 0; round < ROUNDS; round++)); do
    ours="$("${on_client_core[@]}" "$SERVER" call --target "$address" --count "$CALLS" | cut -d' ' -f1)"
    theirs="$(h2load_cost)"
    echo "$ours $theirs $(awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "%.3f", a / b }')" >>"$work/calls"
    before="$(cpu "$pid")"
    "${on_client_core[@]}" "$SERVER" call --target "$address" --count "$MESSAGES" --stream >"$work/stream"
    echo "$((($(cpu "$pid") - before) / MESSAGES)) $(cut -d' ' -f1 "$work/stream")" >>"$work/messages"
done
echo "a unary call: $(cut -d' ' -f1 "$work/calls" | median) ns of our client, $(cut -d' ' -f2 "$work/calls" | median) ns of h2load," \
    "ratio $(cut -d' ' -f3 "$work/calls" | median)"
echo "a message of a stream: $(cut -d' ' -f1 "$work/messages" | median) ns of our server, $(cut -d' ' -f2 "$work/messages" | median) ns of our client"
