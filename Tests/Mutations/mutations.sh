#!/usr/bin/env bash
# Breaks the program where it keeps a promise, one place at a time, and demands that a test with the requirement's id goes red.
#   mutations.sh [ID...]        without ids: all of them
# Each ID.patch is one such place; its first line names the tests that have to notice. It works in a clone of the last commit under
# .build/mutations, so that nothing here changes. Prints a table, and ends with 1 when a mutation went unnoticed.
set -euo pipefail
package=$(cd "$(dirname "$0")/../.." && pwd)
clone="$package/.build/mutations"
log="$package/.build/mutations.log"
# What a patch that does not compile would say is in the log; what hangs is no better than what passes.
seconds=900

if [ ! -d "$clone/.git" ]; then git clone --quiet "$package" "$clone"; fi
git -C "$clone" fetch --quiet origin
git -C "$clone" reset --quiet --hard "$(git -C "$package" rev-parse HEAD)"
git -C "$clone" clean --quiet --force -d --exclude=.build
cd "$clone"
ids=("$@")
if [ ${#ids[@]} = 0 ]; then
    for patch in Tests/Mutations/*.patch; do ids+=("$(basename "$patch" .patch)"); done
fi

unnoticed=0
printf '| id | broken in | noticed by | s |\n|---|---|---|---|\n'
for id in "${ids[@]}"; do
    patch="Tests/Mutations/$id.patch"
    tests=$(sed -n 's/^Tests: //p' "$patch")
    place=$(sed -n 's/^+++ b\///p' "$patch")
    git apply -C1 "$patch"
    begun=$SECONDS
    if ! swift build --build-tests --quiet >"$log" 2>&1; then
        verdict="**does not compile**"
    elif timeout "$seconds" swift test --skip-build --disable-xctest --filter "$tests" 2>&1 | sed 's/\x1b\[[0-9;]*m//g' >"$log"; then
        verdict="**nobody**"
    else
        verdict=$(grep --text --extended-regexp --only-matching "^✘ (Test|Suite) \"([A-Z0-9: ·-]* )?$id( ·|:).*\" (with [0-9]+ test cases )?failed" "$log" |
            sed -E 's/^✘ (Test|Suite) "(.*)".*/\2/' | head -1 || true)
        verdict=${verdict:-"**no test with its id**"}
    fi
    case $verdict in "**"*) unnoticed=1; cp "$log" "$package/.build/mutation-$id.log" ;; esac
    printf '| %s | `%s` | %s | %d |\n' "$id" "${place#Sources/}" "$verdict" $((SECONDS - begun))
    git checkout --quiet -- .
done
exit $unnoticed
