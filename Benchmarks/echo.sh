#!/usr/bin/env bash
# What a unary gRPC call costs the server, beside what a file of the same size costs nghttpd, on one core each.
#
# usage: Benchmarks/echo.sh [cleartext|mutual-tls]…        (both without an argument)
#
# h2load holds SHAPES (1x1 10x10 10x100: connections × streams). Echo/Unary with a payload of 20 bytes goes to `switchbench echo --loops 1`, a GET of a
# file of 20 bytes to nghttpd, in turns: both see the same machine. Prints a row of Markdown for each: server CPU of a call
# in µs (the median of the rounds), the median of the rounds' ratios, and what the server's memory grew by.
#
# ROUNDS (9), CALLS (300000, for each round and server; a fifth of them over one stream) and SERVER (the release build of switchbench) may be set.
# Exit code 1 when a call failed.
set -euo pipefail
cd "$(dirname "$0")/.."

ROUNDS="${ROUNDS:-9}"
CALLS="${CALLS:-300000}"
SHAPES="${SHAPES:-1x1 10x10 10x100}"
SERVER="${SERVER:-.build/release/switchbench}"

for program in h2load nghttpd openssl "$SERVER"; do
    command -v "$program" >/dev/null || { echo "echo.sh: there is no $program; \`make bench-echo\` gets what is needed" >&2; exit 1; }
done

work="$(mktemp -d)"
pids=()
finish() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
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

# An authority, a server and a client of it, and the library that makes h2load present the client's certificate.
make_identities() {
    local ec=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
    openssl req -x509 "${ec[@]}" -keyout "$work/ca.key" -out "$work/ca.pem" -subj "/CN=Benchmark authority" -days 2 2>/dev/null
    for name in server client; do
        openssl req "${ec[@]}" -keyout "$work/$name.key" -out "$work/$name.csr" -subj "/CN=$name" 2>/dev/null
        openssl x509 -req -in "$work/$name.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 1 \
            -extfile <(echo "subjectAltName=DNS:localhost,IP:127.0.0.1") -out "$work/$name.pem" 2>/dev/null
    done
    "${CC:-clang}" -O1 -shared -fPIC -o "$work/client-certificate.so" Benchmarks/h2load/client-certificate.c -lssl -ldl
}

# start NAME COMMAND…: starts a server and waits for the first line it prints, which is left in `line`.
start() {
    local name="$1"
    shift
    mkfifo "$work/$name.out"
    "${on_server_core[@]}" "$@" >"$work/$name.out" 2>"$work/$name.errors" &
    pids+=($!)
    exec {descriptor}<"$work/$name.out"
    if ! read -r -t 10 line <&"$descriptor"; then
        cat "$work/$name.errors" >&2
        return 1
    fi
}

# nghttpd cannot choose a port and does not say when it is ready: guess one until it stays, and knock.
start_nghttpd() {
    local attempt
    for attempt in 1 2 3 4 5 6 7 8; do
        nghttpd_port=$((20000 + RANDOM % 10000))
        "${on_server_core[@]}" nghttpd --address 127.0.0.1 --workers 1 --htdocs "$work/files" "$@" "$nghttpd_port" \
            ${nghttpd_identity[@]+"${nghttpd_identity[@]}"} >/dev/null 2>&1 &
        nghttpd_pid=$!
        pids+=("$nghttpd_pid")
        while sleep 0.05 && kill -0 "$nghttpd_pid" 2>/dev/null; do
            if (: <>"/dev/tcp/127.0.0.1/$nghttpd_port") 2>/dev/null && kill -0 "$nghttpd_pid" 2>/dev/null; then return; fi
        done
    done
    echo "echo.sh: nghttpd found no port" >&2
    exit 1
}

# CPU time of a process and all its threads so far, in nanoseconds (%d of mawk ends at 2^31).
cpu() { cat /proc/"$1"/task/*/schedstat | awk '{ total += $1 } END { printf "%.0f", total }'; }
resident() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }

# load CALLS BYTES OPTIONS…: h2load, and proof that every call was answered with BYTES bytes of body.
load() {
    local calls="$1" bytes="$2"
    shift 2
    "${on_client_core[@]}" env ${preload[@]+"${preload[@]}"} \
        h2load -n "$calls" -c "${shape%x*}" -m "${shape#*x}" --tls13-ciphers=TLS_AES_128_GCM_SHA256 "$@" >"$work/h2load.out"
    if ! grep -q "$calls succeeded, 0 failed, 0 errored, 0 timeout" "$work/h2load.out" ||
        ! grep -q "($((calls * bytes))) data" "$work/h2load.out"; then
        echo "echo.sh: not every call was answered:" >&2
        cat "$work/h2load.out" >&2
        exit 1
    fi
}

# gRPC answers 200 to a call that failed, too, but with no message: 27 bytes are the prefix and an EchoReply of 20 bytes.
call_echo() {
    load "$1" 27 -d "$work/request" -H "content-type: application/grpc" -H "te: trailers" \
        "$scheme://127.0.0.1:$echo_port/bench.v1.Echo/Unary"
}
get_file() { load "$1" 20 "$scheme://127.0.0.1:$nghttpd_port/file"; }

# measure PID COMMAND: µs of CPU for each call, left in `cost`.
measure() {
    local before after
    before="$(cpu "$1")"
    "$2" "$calls"
    after="$(cpu "$1")"
    cost="$(awk -v cpu=$((after - before)) -v calls="$calls" 'BEGIN { printf "%.3f", cpu / calls / 1000 }')"
}

median() { sort -n | awk '{ value[NR] = $1 } END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'; }

compare() {
    local security="$1" echo_pid nghttpd_pid shape
    preload=() nghttpd_identity=() scheme=http
    case "$security" in
        cleartext)
            start "echo-$security" "$SERVER" echo --port 0 --loops 1
            echo_pid="${pids[-1]}" echo_port="$(grep -o '127.0.0.1:[0-9]*' <<<"$line" | cut -d: -f2)"
            start_nghttpd --no-tls
            ;;
        mutual-tls)
            make_identities
            scheme=https
            nghttpd_identity=("$work/server.key" "$work/server.pem")
            preload=("LD_PRELOAD=$work/client-certificate.so" "CLIENT_CERTIFICATE=$work/client.pem" "CLIENT_KEY=$work/client.key")
            start "echo-$security" "$SERVER" echo --port 0 --loops 1 \
                --mtls --cert "$work/server.pem" --key "$work/server.key" --ca "$work/ca.pem"
            echo_pid="${pids[-1]}" echo_port="$(grep -o '127.0.0.1:[0-9]*' <<<"$line" | cut -d: -f2)"
            start_nghttpd --verify-client
            ;;
        *) echo "echo.sh: cleartext or mutual-tls, not $security" >&2; exit 64 ;;
    esac

    for shape in $SHAPES; do compare_shape; done
}

compare_shape() {
    local round before calls="$CALLS"
    if [ "$shape" = 1x1 ]; then calls=$((CALLS / 5)); fi
    call_echo "$calls"
    get_file "$calls"
    before="$(resident "$echo_pid")"
    : >"$work/rounds"
    for ((round = 0; round < ROUNDS; round++)); do
        measure "$echo_pid" call_echo
        local ours="$cost"
        measure "$nghttpd_pid" get_file
        echo "$ours $cost $(awk -v a="$ours" -v b="$cost" 'BEGIN { printf "%.3f", a / b }')" | tee -a "$work/rounds" >&2
    done
    printf '| %s, %s | %.2f | %.2f | %.2f | %d kB → %d kB |\n' "$security" "${shape/x/ × }" \
        "$(cut -d' ' -f1 "$work/rounds" | median)" "$(cut -d' ' -f2 "$work/rounds" | median)" "$(cut -d' ' -f3 "$work/rounds" | median)" \
        "$before" "$(resident "$echo_pid")"
}

mkdir "$work/files"
printf '%s' 'twenty bytes of text' >"$work/files/file"
# The prefix (not compressed, 22 bytes), then an EchoRequest: field 1, 20 bytes.
printf '\x00\x00\x00\x00\x16\x0a\x14%s' 'twenty bytes of text' >"$work/request"

echo "| | switchbench, µs of CPU for a call | nghttpd, µs for a file | ratio | memory of switchbench meanwhile |"
echo "|---|---|---|---|---|"
for security in "${@:-cleartext mutual-tls}"; do
    # shellcheck disable=SC2086 # the default is two words
    for one in $security; do compare "$one"; done
done
