#!/usr/bin/env bash
# What certificate, token, scope and quotas cost a call: Echo behind all that a Switchboard server puts before its services, beside the same
# Echo without.
#
# usage: Benchmarks/secured.sh
#
# h2load holds SHAPE (10x100: connections × streams) over mutual TLS, each request with the next of TOKENS (1000) tokens, of at most 400 bytes
# and for a caller each; the bare Echo gets the same header fields and looks at none. In turns, ROUNDS (9) times CALLS (300000). Identities and
# database are those of a development server that it starts; AdminService.SetQuota there gives each caller, and their tenant, a quota that is
# never used up. Prints a row of Markdown: server CPU of a call in µs (the medians), and the median of the rounds' differences. Bar: MORE
# (1.0) µs. SERVER and BENCH are the release builds of switchboard and switchbench.
# Exit code 1 when a call failed, or the bar is not held.
set -euo pipefail
cd "$(dirname "$0")/.."

ROUNDS="${ROUNDS:-9}"
CALLS="${CALLS:-300000}"
SHAPE="${SHAPE:-10x100}"
TOKENS="${TOKENS:-1000}"
MORE="${MORE:-1.0}"
SERVER="${SERVER:-.build/release/switchboard}"
BENCH="${BENCH:-.build/release/switchbench}"

for program in h2load "$SERVER" "$BENCH"; do
    command -v "$program" >/dev/null || { echo "secured.sh: there is no $program; \`make bench-secured\` gets what is needed" >&2; exit 1; }
done

work="$(mktemp -d)"
pids=()
finish() {
    for pid in ${pids[@]+"${pids[@]}"}; do kill "$pid" 2>/dev/null || true; done
    wait
    rm -rf "$work"
}
trap finish EXIT

# Server and client on a core of their own, if there are two.
on_server_core=() on_client_core=()
if [ "$(nproc)" -ge 2 ] && command -v taskset >/dev/null; then
    on_server_core=(taskset -c 0)
    on_client_core=(taskset -c 1)
fi

for preload in client-certificate tokens; do
    "${CC:-clang}" -O1 -shared -fPIC -o "$work/$preload.so" "Benchmarks/h2load/$preload.c" -lssl -ldl
done
# The prefix (not compressed, 22 bytes), then an EchoRequest: field 1, 20 bytes.
printf '\x00\x00\x00\x00\x16\x0a\x14%s' 'twenty bytes of text' >"$work/request"

state="$work/state"
"$SERVER" dev --state "$state" --port 0 >"$work/dev.out" 2>&1 &
pids+=($!)
for ((look = 0; look < 600; look++)); do
    if [ -s "$state/address" ]; then break; fi
    if ! kill -0 "${pids[0]}" 2>/dev/null; then cat "$work/dev.out" >&2; exit 1; fi
    sleep 0.1
done

# start NAME OPTIONS…: an Echo server, whose address is left in `address` and whose process in `pid`.
start() {
    local name="$1" line
    shift
    mkfifo "$work/$name.out"
    "${on_server_core[@]}" "$BENCH" echo --port 0 --loops 1 "$@" >"$work/$name.out" 2>"$work/$name.errors" &
    pid=$!
    pids+=("$pid")
    exec {descriptor}<"$work/$name.out"
    if ! read -r -t 300 line <&"$descriptor"; then cat "$work/$name.errors" >&2; exit 1; fi
    address="$(grep -o '127.0.0.1:[0-9]*' <<<"$line")"
}

start secured --secured --state "$state" --tokens "$TOKENS"
secured_pid="$pid" secured_address="$address"
start bare --mtls --cert "$state/pki/server.pem" --key "$state/pki/server.key" --ca "$state/pki/ca.pem"
bare_pid="$pid" bare_address="$address"

# CPU time of a process and all its threads so far, in nanoseconds (%d of mawk ends at 2^31).
cpu() { cat /proc/"$1"/task/*/schedstat | awk '{ total += $1 } END { printf "%.0f", total }'; }

# A call that was refused has no message in its reply: 27 bytes are the prefix and an EchoReply of 20 bytes.
load() {
    "${on_client_core[@]}" env LD_PRELOAD="$work/client-certificate.so $work/tokens.so" TOKENS="$state/bench-tokens" \
        CLIENT_CERTIFICATE="$state/pki/client.pem" CLIENT_KEY="$state/pki/client.key" \
        h2load -n "$2" -c "${SHAPE%x*}" -m "${SHAPE#*x}" --tls13-ciphers=TLS_AES_128_GCM_SHA256 -d "$work/request" \
        -H "content-type: application/grpc" -H "te: trailers" -H "authorization: replaced" "https://$1/bench.v1.Echo/Unary" >"$work/h2load.out"
    if ! grep -q "($(($2 * 27))) data" "$work/h2load.out"; then
        echo "secured.sh: not every call was answered:" >&2
        cat "$work/h2load.out" >&2
        exit 1
    fi
}

# measure PID ADDRESS: µs of CPU for each call, left in `cost`.
measure() {
    local before after
    before="$(cpu "$1")"
    load "$2" "$CALLS"
    after="$(cpu "$1")"
    cost="$(awk -v cpu=$((after - before)) -v calls="$CALLS" 'BEGIN { printf "%.3f", cpu / calls / 1000 }')"
}

median() { sort -n | awk '{ value[NR] = $1 } END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'; }

load "$secured_address" "$((CALLS / 10))"
load "$bare_address" "$((CALLS / 10))"
: >"$work/rounds"
for ((round = 0; round < ROUNDS; round++)); do
    measure "$secured_pid" "$secured_address"
    secured="$cost"
    measure "$bare_pid" "$bare_address"
    echo "$secured $cost $(awk -v a="$secured" -v b="$cost" 'BEGIN { printf "%.3f", a - b }')" | tee -a "$work/rounds" >&2
done
more="$(cut -d' ' -f3 "$work/rounds" | median)"
echo "| connections × streams | secured, µs of CPU for a call | bare, µs | more |"
echo "|---|---|---|---|"
printf '| %s | %.2f | %.2f | %.2f |\n' "${SHAPE/x/ × }" "$(cut -d' ' -f1 "$work/rounds" | median)" \
    "$(cut -d' ' -f2 "$work/rounds" | median)" "$more"
awk -v more="$more" -v bar="$MORE" 'BEGIN { exit !(more <= bar) }'
