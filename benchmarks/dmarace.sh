#!/usr/bin/env bash
# The world DMARACE-1 in dmalab, beside the other explorers of the same transition system in the yardsticks' folder.
#   benchmarks/dmarace.sh [YARDSTICKS]
# SPIN is taken if it is on PATH (Debian: spin) or named by SPIN=...; gcc for it and for refx. States and transitions must agree: SPIN counts two states and three
# transitions more, for the start of its processes.
set -euo pipefail
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/.mvn/launch.sh"
yardsticks=${1:-${YARDSTICKS:-$root/../shared/yardsticks}}/explore
find_jdk
java=$JAVA_HOME/bin/java
"$root/build" -B -q -DskipTests -pl benchmarks -am package >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ours=("$java" -XX:+UseSerialGC --add-opens java.base/java.lang=ALL-UNNAMED -cp "$root/benchmarks/target/lib/*:$root/benchmarks/target/classes"
    io.dmalab.benchmarks.Dmarace)
spin=${SPIN:-$(command -v spin || true)}

# beside N K POLICY MODE: the hand-written explorer in C, and its Java twin
beside() {
    [ ! -x "$work/refx" ] || "$work/refx" "$1" "$2" "$3" 3 2 "$4" 24
    [ ! -d "$work/cls" ] || "$java" -XX:+UseSerialGC -Xms2g -cp "$work/cls" RefX "$1" "$2" "$3" 3 2 "$4" 24 3 | tail -1
}

# proved N K POLICY: SPIN, every state
proved() {
    [ -n "$spin" ] && command -v gcc > /dev/null || return 0
    (cd "$work" && "$spin" -DN="$1" -DK="$2" -DPOLICY="$3" -DCAP=3 -DQ=2 -a "$yardsticks/dmarace.pml" > /dev/null \
        && gcc -O3 -march=native -w -DSAFETY -DMEMLIM=9000 -DVECTORSZ=96 -DNOFAIR -DNOREDUCE -o pan pan.c \
        && { TIMEFORMAT="spin N=$1 K=$2 P=$3 user=%U wall=%R"; time ./pan -m3000000 -w24 > out; } 2>&1 \
        && grep -E 'states, stored|transitions \(=|errors:' out)
}

if [ -e "$yardsticks/refx.c" ]; then
    ! command -v gcc > /dev/null || gcc -O3 -march=native -o "$work/refx" "$yardsticks/refx.c"
    "$JAVA_HOME/bin/javac" -nowarn -d "$work/cls" "$yardsticks/RefX.java"
fi

echo "# every state told apart"
"${ours[@]}" refcount 3 1 stateful plain
beside 3 1 2 b
"${ours[@]}" refcount 4 2 stateful plain
beside 4 2 2 b
echo "# states alike counted once: the safe policy proved"
"${ours[@]}" refcount 8 2 stateful alike 3
beside 8 2 2 bs
proved 8 2 2
"${ours[@]}" refcount 12 3 stateful alike 3
beside 12 3 2 bs
echo "# the shortest schedule to a violation (breadth first: depth + 1)"
for policy in legacy:0 wait:1; do
    "${ours[@]}" "${policy%:*}" 8 2 shortest alike 3
    beside 8 2 "${policy#*:}" bfs
done
