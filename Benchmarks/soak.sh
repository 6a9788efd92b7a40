#!/usr/bin/env bash
# What connections cost a server, and what they leave behind, over mutual TLS.
#
# usage: Benchmarks/soak.sh idle      CONNECTIONS (10000) connections to `switchbench echo --loops 1`, then calls on ACTIVE (100) of them, in
#                                     CALL_SECONDS (20): at most LIMIT (600) MiB resident for all of it, and for each connection its share
#        Benchmarks/soak.sh leaks     CONNECTS (100000) connections that come and go, each with a call, and CALLS (1000000) calls on one, after
#                                     a tenth of both: memory may have grown by GROWTH (8) MiB, descriptors by none
#
# Prints a row of Markdown. Exit code 1 when a bar is not held, or when a call failed. SERVER is the release build of switchbench.
set -euo pipefail
cd "$(dirname "$0")/.."

SERVER="${SERVER:-.build/release/switchbench}"
[ -x "$SERVER" ] || { echo "soak.sh: there is no $SERVER" >&2; exit 1; }

work="$(mktemp -d)"
pids=()
finish() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT

ec=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
openssl req -x509 "${ec[@]}" -keyout "$work/ca.key" -out "$work/ca.pem" -subj "/CN=Soak authority" -days 2 2>/dev/null
for name in server client; do
    openssl req "${ec[@]}" -keyout "$work/$name.key" -out "$work/$name.csr" -subj "/CN=$name" 2>/dev/null
    openssl x509 -req -in "$work/$name.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 1 \
        -extfile <(echo "subjectAltName=DNS:localhost,IP:127.0.0.1") -out "$work/$name.pem" 2>/dev/null
done

mkfifo "$work/out"
"$SERVER" echo --port 0 --loops 1 --mtls --cert "$work/server.pem" --key "$work/server.key" --ca "$work/ca.pem" >"$work/out" &
server=$!
pids+=("$server")
exec {out}<"$work/out"
read -r -t 60 line <&"$out"
target="$(grep -o '127.0.0.1:[0-9]*' <<<"$line")"
soak() { "$SERVER" soak --target "$target" --cert "$work/client.pem" --key "$work/client.key" --ca "$work/ca.pem" "$@"; }

resident() { awk '/^VmRSS/ { print $2 }' "/proc/$server/status"; }
descriptors() { ls "/proc/$server/fd" | wc -l; }
# Until the server has seen that nobody is there: then it has no more descriptors than at its start.
settle() {
    local look
    for ((look = 0; look < 600; look++)); do
        if [ "$(descriptors)" -le "$1" ]; then return; fi
        sleep 0.1
    done
}

idle() {
    local connections="${CONNECTIONS:-10000}" active="${ACTIVE:-100}" limit="${LIMIT:-600}" start before held after said
    start="$(descriptors)"
    # What the first connection has loaded and laid out is no connection's.
    soak --connects 20 --calls 20 >/dev/null
    settle "$start"
    before="$(resident)"
    mkfifo "$work/said" "$work/heard"
    soak --hold "$connections" --active "$active" --seconds "${CALL_SECONDS:-20}" <"$work/heard" >"$work/said" &
    local client=$!
    pids+=("$client")
    exec {heard}>"$work/heard" {said}<"$work/said"
    read -r line <&"$said"
    held="$(resident)"
    [ "$(descriptors)" -ge $((connections + start)) ] || { echo "soak.sh: not all connections are there" >&2; exit 1; }
    echo >&"$heard"
    read -r calls <&"$said"
    after="$(resident)"
    echo >&"$heard"
    wait "$client"
    printf '| %d | %.1f MiB | %.1f MiB | %.1f KiB | %s | %.1f MiB |\n' "$connections" "$(mib "$before")" "$(mib "$held")" \
        "$(awk -v a="$held" -v b="$before" -v n="$connections" 'BEGIN { print (a - b) / n }')" "$calls" "$(mib "$after")"
    # Fewer connections have their share; SLACK (0) MiB are for what the first of them lay out for all.
    [ $((after - before)) -le $((connections * limit * 1024 / 10000 + ${SLACK:-0} * 1024)) ] || { echo "soak.sh: a connection takes too much" >&2; exit 1; }
    [ "$after" -le $((limit * 1024)) ] || { echo "soak.sh: more than $limit MiB" >&2; exit 1; }
}

leaks() {
    local connects="${CONNECTS:-100000}" calls="${CALLS:-1000000}" start before before_fds after
    start="$(descriptors)"
    soak --connects $((connects / 10)) --calls $((calls / 10)) >/dev/null
    settle "$start"
    before="$(resident)" before_fds="$(descriptors)"
    soak --connects "$connects" --calls "$calls" >/dev/null
    settle "$start"
    after="$(resident)"
    printf '| %d | %d | %.1f MiB → %.1f MiB | %d → %d |\n' "$connects" "$calls" "$(mib "$before")" "$(mib "$after")" "$before_fds" "$(descriptors)"
    [ "$(descriptors)" -le "$before_fds" ] || { echo "soak.sh: descriptors were left open" >&2; exit 1; }
    [ "$after" -le $((before + ${GROWTH:-8} * 1024)) ] || { echo "soak.sh: memory has grown" >&2; exit 1; }
}

mib() { awk -v kib="$1" 'BEGIN { print kib / 1024 }'; }

case "${1:-}" in
    idle) idle ;;
    leaks) leaks ;;
    *) echo "soak.sh: idle or leaks" >&2; exit 64 ;;
esac
