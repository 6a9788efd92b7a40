# awk -f failed.awk test.log: what failed in a run of `swift test`, without all that passed. `make test` ends with it.

# A line of a comment or a value belongs to the issue above it.
/^✘ Test run / { summary = $0; next }
/^✘ Test / { print; inIssue = / recorded an issue /; ended($0); next }
inIssue && /^(↳|  )/ { print; next }
{ inIssue = 0 }

/^◇ Test / && !/^◇ Test (run|case passing) / && sub(/ started\.$/, "") { running[substr($0, length("◇ Test ") + 1)] }
/^(✔|➜) Test / { ended($0) }

# Of the compiler, or of a process that died. Tests of programs print such lines, too.
/(^|: )(fatal )?[eE]rror: / && !/^✘/ { errors = errors $0 "\n" }
/exited with unexpected signal/ { died = 1 }

END {
    if (died || !summary) printf "%s", errors
    if (died) {
        for (name in running) print "✘ Test " name " had not ended when the process died."
    }
    if (summary) print summary
}

# Two tests may have one name: then the first that ends counts, and the list above may lack one.
function ended(line) {
    sub(/^[^ ]+ Test /, "", line)
    sub(/( with [0-9]+ test cases?)? (passed|failed|skipped).*$/, "", line)
    delete running[line]
}
