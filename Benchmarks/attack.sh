#!/usr/bin/env bash
# What one attacker does to another client's calls, and to the server's memory: each attack of `switchbench attack` in turn.
#
# usage: Benchmarks/attack.sh [ATTACK]…                    (all without an argument)
#
# h2load makes CALLS unary calls on one connection, ten at once, to a fresh `switchbench echo --loops 1` with all its limits on: alone, and then
# while the attacker is at work, ROUNDS times in turns. Prints a row of Markdown for each attack: calls a second alone and beside it (medians),
# the median of the rounds' ratios, and the most memory that the server ever had. The attacker shares h2load's core and gives way to it:
# what is measured is the server.
#
# ROUNDS (5), CALLS (30000) and SERVER (the release build of switchbench) may be set. Exit code 1 when a call failed, when a
# ratio is below a half, or when the server took more than MEMORY kB (400000).
set -euo pipefail
cd "$(dirname "$0")/.."

ROUNDS="${ROUNDS:-5}"
CALLS="${CALLS:-30000}"
MEMORY="${MEMORY:-400000}"
SERVER="${SERVER:-.build/release/switchbench}"

for program in h2load openssl "$SERVER"; do
    command -v "$program" >/dev/null || { echo "attack.sh: there is no $program; \`make bench-attack\` gets what is needed" >&2; exit 1; }
done

work="$(mktemp -d)"
pids=()
finish() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT

on_server_core=() on_client_core=()
if [ "$(nproc)" -ge 2 ] && command -v taskset >/dev/null; then
    on_server_core=(taskset -c 0)
    on_client_core=(taskset -c 1)
fi

printf '\x00\x00\x00\x00\x16\x0a\x14%s' 'twenty bytes of text' >"$work/request"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/server.key" -out "$work/server.pem" \
    -subj "/CN=localhost" -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" -days 2 2>/dev/null

median() { sort -n | awk '{ value[NR] = $1 } END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'; }

# calls: makes them, and leaves how many a second in `rate`. 27 bytes of body are an echo; an error has none.
calls() {
    "${on_client_core[@]}" h2load -n "$CALLS" -c 1 -m 10 -d "$work/request" -H "content-type: application/grpc" -H "te: trailers" \
        "$scheme://127.0.0.1:$port/bench.v1.Echo/Unary" >"$work/h2load.out"
    if ! grep -q "$CALLS succeeded, 0 failed, 0 errored, 0 timeout" "$work/h2load.out" ||
        ! grep -q "($((CALLS * 27))) data" "$work/h2load.out"; then
        echo "attack.sh: beside $attack not every call was answered:" >&2
        cat "$work/h2load.out" >&2
        exit 1
    fi
    rate="$(sed -n 's|^finished in .*, \([0-9.]*\) req/s.*|\1|p' "$work/h2load.out")"
}

failed=0
measure() {
    attack="$1" scheme=http
    local tls=() ca=() server attacker round alone
    if [ "$attack" = tls-hellos ]; then
        scheme=https tls=(--tls --cert "$work/server.pem" --key "$work/server.key") ca=(--ca "$work/server.pem")
    fi
    rm -f "$work/out"
    mkfifo "$work/out"
    "${on_server_core[@]}" "$SERVER" echo --port 0 --loops 1 ${tls[@]+"${tls[@]}"} >"$work/out" &
    server=$!
    pids+=("$server")
    exec {out}<"$work/out"
    read -r -t 10 line <&"$out"
    exec {out}<&-
    port="$(grep -o '127.0.0.1:[0-9]*' <<<"$line" | cut -d: -f2)"
    calls
    : >"$work/rounds"
    for ((round = 0; round < ROUNDS; round++)); do
        calls
        alone="$rate"
        "${on_client_core[@]}" nice -n 10 "$SERVER" attack --target "127.0.0.1:$port" --name "$attack" --seconds 300 \
            ${ca[@]+"${ca[@]}"} >/dev/null &
        attacker=$!
        pids+=("$attacker")
        sleep 0.5
        calls
        kill "$attacker"
        wait "$attacker" 2>/dev/null || true
        echo "$alone $rate $(awk -v a="$rate" -v b="$alone" 'BEGIN { printf "%.3f", a / b }')" | tee -a "$work/rounds" >&2
    done
    local ratio memory
    ratio="$(cut -d' ' -f3 "$work/rounds" | median)"
    memory="$(awk '/^VmHWM/ { print $2 }' "/proc/$server/status")"
    printf '| %s | %.0f | %.0f | %.2f | %d MB |\n' "$attack" "$(cut -d' ' -f1 "$work/rounds" | median)" \
        "$(cut -d' ' -f2 "$work/rounds" | median)" "$ratio" "$((memory / 1000))"
    if awk -v r="$ratio" 'BEGIN { exit !(r < 0.5) }' || [ "$memory" -gt "$MEMORY" ]; then failed=1; fi
    kill "$server"
    wait "$server" 2>/dev/null || true
}

echo "| attack | calls/s alone | beside it | ratio | the server's peak |"
echo "|---|---|---|---|---|"
if [ $# -eq 0 ]; then set -- $("$SERVER" attack --list | cut -f1) tls-hellos; fi
for one in "$@"; do measure "$one"; done
exit "$failed"
