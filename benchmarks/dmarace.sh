#!/usr/bin/env bash
# The world DMARACE-1 in dmalab, side by side with the other explorers of the same transition system in the yardsticks' folder, in one run.
#   benchmarks/dmarace.sh [quick|proof] [YARDSTICKS]
# quick: the worlds up to N=6 K=3; proof: the safe policy with N=8 K=2 only.
# SPIN is taken if it is on PATH (Debian: spin) or named by SPIN=...; gcc for it and for refx. States, those with harm done, and transitions must agree, or the script
# fails: those alike counted once with refx bs, all of them with refx b and with SPIN, which counts two states and three transitions more, for the start of its processes.
# Times are seconds of CPU; "first" and "warm" are the first and the best of five explorations in one process.
set -euo pipefail
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/.mvn/launch.sh"
what=all
case ${1-} in quick | proof) what=$1; shift ;; esac
yardsticks=${1:-${YARDSTICKS:-$root/../shared/yardsticks}}/explore
find_jdk
java=$JAVA_HOME/bin/java
"$root/build" -B -q -DskipTests -pl benchmarks -am package >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
spin=${SPIN:-$(command -v spin || true)}
gcc=$(command -v gcc || true)
failed=0

ours() {
    "$java" -XX:+UseSerialGC --add-opens java.base/java.lang=ALL-UNNAMED -cp "$root/benchmarks/target/lib/*:$root/benchmarks/target/classes" \
        io.dmalab.benchmarks.Dmarace "$@"
}

# field NAME: its value in the lines on stdin that have NAME=VALUE
field() {
    sed -n "s/.*[ (]$1=\([^ ]*\).*/\1/p"
}

# same WHAT OURS THEIRS
same() {
    [ -z "$3" ] || [ "$2" = "$3" ] || { echo "$1: dmalab has $2, the other $3" >&2; failed=1; }
}

# counts OF-REFX: states/violating/transitions
counts() {
    sed -n 's/.* stored=\([0-9]*\) trans=\([0-9]*\) viol=\([0-9]*\).*/\1\/\3\/\2/p' "$1"
}

# spun N K POLICY: counts of SPIN in $work/spin, its CPU seconds
spun() {
    (cd "$work" && "$spin" -DN="$1" -DK="$2" -DPOLICY="$3" -DCAP=3 -DQ=2 -a "$yardsticks/dmarace.pml" > /dev/null \
        && gcc -O3 -march=native -w -DSAFETY -DMEMLIM=9000 -DVECTORSZ=96 -DNOFAIR -DNOREDUCE -o pan pan.c \
        && { TIMEFORMAT=%U; time ./pan -m3000000 -w24 > out; } 2> seconds)
    awk '/states, stored/ && !s { s = $1 } /transitions \(=/ && !t { t = $1 } END { printf "%d/0/%d", s - 2, t - 3 }' "$work/out" > "$work/spin"
    tail -1 "$work/seconds"
}

# proved N K POLICY NUMBER [SLOTS]: one line of the table; SLOTS (log2) for refx with every state, left out where that is too much
proved() {
    local mine alike apart first warm c='' cplain='' s='' name="N=$1 K=$2 $3"
    mine=$(ours "$3" "$1" "$2" stateful alike 5)
    alike=$(sed -n 's/.* states=\([0-9]*\) harmful=\([0-9]*\) transitions=\([0-9]*\) .*/\1\/\2\/\3/p' <<< "$mine" | tail -1)
    apart=$(field apart <<< "$mine" | tail -1)
    first=$(field cpu <<< "$mine" | head -1)
    warm=$(field cpu <<< "$mine" | sort -g | head -1)
    if [ -x "$work/refx" ]; then
        "$work/refx" "$1" "$2" "$4" 3 2 bs 16 > "$work/bs"
        same "$name, alike once (refx bs)" "$alike" "$(counts "$work/bs")"
        c=$(field user < "$work/bs")
        if [ -n "${5-}" ]; then
            "$work/refx" "$1" "$2" "$4" 3 2 b "$5" > "$work/b"
            same "$name, all (refx b)" "$apart" "$(counts "$work/b")"
            cplain=$(field user < "$work/b")
        fi
    fi
    if [ "$4" = 2 ] && [ -n "$spin" ] && [ -n "$gcc" ] && { [ "$1 $2" = "6 3" ] || [ "$1 $2" = "8 2" ]; }; then
        s=$(spun "$1" "$2" "$4")
        same "$name, all (SPIN)" "$apart" "$(cat "$work/spin")"
    fi
    printf '%-20s %-20s %-28s %10s %7s %7s %8s %8s %8s\n' "$name" "$alike" "$apart" "$(field executions <<< "$mine" | tail -1)" "$first" "$warm" "${c:--}" "${cplain:--}" "${s:--}"
}

if [ -e "$yardsticks/refx.c" ] && [ -n "$gcc" ]; then
    gcc -O3 -march=native -o "$work/refx" "$yardsticks/refx.c"
else
    echo "# no gcc, or no refx.c in $yardsticks: nothing to compare with" >&2
fi

echo "# every state; states/with harm done/transitions, those alike once and all of them; CPU seconds of dmalab (first, warm), refx bs, refx b and SPIN"
printf '%-20s %-20s %-28s %10s %7s %7s %8s %8s %8s\n' world alike all executions first warm "refx bs" "refx b" SPIN
if [ $what = proof ]; then
    proved 8 2 refcount 2 24
    exit $failed
fi
proved 3 1 refcount 2 16
for policy in legacy:0 wait:1 refcount:2; do proved 4 2 "${policy%:*}" "${policy#*:}" 18; done
proved 6 2 refcount 2 20
proved 6 3 refcount 2 22
if [ $what = all ]; then
    for policy in legacy:0 wait:1 refcount:2; do proved 8 2 "${policy%:*}" "${policy#*:}" 24; done
    for policy in legacy:0 wait:1; do proved 8 3 "${policy%:*}" "${policy#*:}"; done
    proved 8 3 refcount 2 26
    for policy in legacy:0 wait:1; do proved 10 1 "${policy%:*}" "${policy#*:}"; done
    proved 10 1 refcount 2 26
    for policy in legacy:0 wait:1 refcount:2; do proved 12 3 "${policy%:*}" "${policy#*:}"; done
fi

echo "# every state told apart, an execution for each way to it"
for world in "3 1" "4 2"; do
    set -- $world
    mine=$(ours refcount "$1" "$2" stateful plain)
    echo "${mine#dmalab dmarace-}"
    [ ! -x "$work/refx" ] || { "$work/refx" "$1" "$2" 2 3 2 b 18 > "$work/b"; same "N=$1 K=$2 refcount, told apart (refx b)" \
        "$(sed 's/.* states=\([0-9]*\) harmful=\([0-9]*\) transitions=\([0-9]*\) .*/\1\/\2\/\3/' <<< "$mine")" "$(counts "$work/b")"; }
done

echo "# the shortest schedule to a violation"
for policy in legacy:0:13 wait:1:17; do
    IFS=: read -r world number steps <<< "$policy"
    mine=$(ours "$world" 8 2 shortest alike 5)
    same "N=8 K=2 $world, steps of the shortest" "$(field shortest <<< "$mine" | tail -1)" "$steps"
    echo "N=8 K=2 $world: $(field shortest <<< "$mine" | tail -1) steps, CPU first $(field cpu <<< "$mine" | head -1), warm $(field cpu <<< "$mine" | sort -g | head -1)"
done
exit $failed
