#!/usr/bin/env bash
# Runs the benchmarks, each beside the yardstick of the same name where there is one, and prints a table with ratios.
#   benchmarks/run.sh [quick] [YARDSTICKS]
# YARDSTICKS: folder of the yardsticks; default: the variable YARDSTICKS, else ../shared/yardsticks beside the checkout. All figures are CPU time of the process, so that
# other work on the machine matters less; what it does to caches and clock speed still shows, so compare ratios, not figures of two days.
set -euo pipefail
root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/.mvn/launch.sh"
quick=
[ "${1-}" != quick ] || { quick=1; shift; }
yardsticks=${1:-${YARDSTICKS:-$root/../shared/yardsticks}}

find_jdk
java=$JAVA_HOME/bin/java
javac=$JAVA_HOME/bin/javac
"$root/build" -B -q -DskipTests -pl benchmarks -am package >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
path="$root/benchmarks/target/lib/*:$root/benchmarks/target/classes"

rows=$work/rows
: > "$rows"

# row NAME OURS YARDSTICK LIMIT UNIT: an empty YARDSTICK means that there is none; the ratio is the factor by which ours is slower
row() {
    printf '%s|%s|%s|%s|%s\n' "$1" "$2" "$3" "$4" "$5" >> "$rows"
}

# jmh PATTERN [OPTION...]: lines "NAME(PARAMETERS) CPU-NS" of the CPU-time results in $work/jmh
jmh() {
    local iterations=(-wi 4 -i 5)
    [ -z "$quick" ] || iterations=(-wi 2 -i 2)
    "$java" -cp "$path" org.openjdk.jmh.Main "$1" "${@:2}" "${iterations[@]}" -prof io.dmalab.benchmarks.CpuTime -rf csv -rff "$work/jmh.csv" > "$work/jmh.log" 2>&1 \
        || { cat "$work/jmh.log" >&2; exit 1; }
}

# jmh_figure NAME [PARAMETER...]: the CPU nanoseconds of that benchmark with those parameter values (in the order of the parameters' names)
jmh_figure() {
    awk -F, -v name="$1" -v wanted="${*:2}" '
        { sub(/\r$/, ""); gsub(/"/, "") }
        NR == 1 { next }
        $1 ~ ("\\." name ":cpu$") {
            values = ""
            for (i = 8; i <= NF; i++) if ($i != "") values = values (values == "" ? "" : " ") $i
            if (values == wanted) printf "%.1f", $5
        }' "$work/jmh.csv"
}

# median: of the numbers on stdin
median() {
    sort -g | awk '{ v[NR] = $1 } END { if (NR) print v[int((NR + 1) / 2)] }'
}

have() {
    [ -e "$yardsticks/$1" ]
}

say() {
    printf '# %s\n' "$*" >&2
}

say "event queue: hold model"
jmh EventQueue
if have events/QBench.java; then
    "$javac" -nowarn -d "$work/q" "$yardsticks/events/QBench.java"
fi
for pending in 1000 1000000; do
    limit=$([ $pending = 1000 ] && echo 35 || echo 200)
    for delays in exponential mixed; do
        theirs=
        ! have events/QBench.java || theirs=$("$java" -Xms2g -XX:+UseSerialGC -cp "$work/q" QBench wheel "${delays:0:3}" $pending 1000000 | sed 's/.*median \([0-9.]*\).*/\1/')
        row "event, $pending pending, $delays (wheel)" "$(jmh_figure EventQueue.hold $delays $pending)" "$theirs" "$limit" ns
    done
done

say "fiber switch"
jmh FiberSwitch
theirs=
if have events/fibers/Bench.java; then
    exports=(--add-exports java.base/jdk.internal.vm=ALL-UNNAMED)
    "$javac" -nowarn "${exports[@]}" -d "$work/f" "$yardsticks"/events/fibers/*.java 2> /dev/null
    theirs=$("$java" -XX:+UseSerialGC "${exports[@]}" --add-opens java.base/java.lang=ALL-UNNAMED -cp "$work/f" Bench switch vexec 2000000 8 5 \
        | sed 's/.*cpu ns\/switch: median *\([0-9]*\).*/\1/')
fi
row "fiber switch, with event queue (vexec)" "$(jmh_figure FiberSwitch.fiber)" "$theirs" 300 ns
row "task switch through the scheduler (vexec)" "$(jmh_figure FiberSwitch.task)" "$theirs" 300 ns

say "operations of the data path"
jmh MachineWork -p live=16384
theirs=
theirs_locked=
if have dmamap/dmamap.c && command -v gcc > /dev/null; then
    gcc -O3 -march=native -o "$work/dmamap" "$yardsticks/dmamap/dmamap.c"
    theirs=$("$work/dmamap" bitmap 20 16384 20000000 fifo | sed 's/.*ns\/pair=\([0-9.]*\).*/\1/' | median)
    theirs_locked=$("$work/dmamap" bitmap 20 16384 20000000 fifo lock | sed 's/.*ns\/pair=\([0-9.]*\).*/\1/' | median)
fi
for kasan in false true; do
    checker=$([ $kasan = true ] && echo ", checker on" || echo "")
    row "bitmap alloc + free$checker (dmamap bitmap)" "$(jmh_figure MachineWork.pair $kasan 16384 bitmap)" "$theirs" "2x" ns
    row "    the same beside the yardstick with a lock" "$(jmh_figure MachineWork.pair $kasan 16384 bitmap)" "$theirs_locked" "2x" ns
    row "    without locks, beside the yardstick without" "$(jmh_figure MachineWork.pair $kasan 16384 bitmap-unlocked)" "$theirs" "2x" ns
    row "iommu_table map + unmap, with hypercalls$checker (dmamap bitmap)" "$(jmh_figure MachineWork.pair $kasan 16384 table)" "$theirs" "2x" ns
    row "    the same beside the yardstick with a lock" "$(jmh_figure MachineWork.pair $kasan 16384 table)" "$theirs_locked" "2x" ns
    row "dma_map_page + dma_unmap_page$checker" "$(jmh_figure MachineWork.pair $kasan 16384 dma-api)" "" "" ns
    row "H_PUT_TCE + H_STUFF_TCE$checker" "$(jmh_figure MachineWork.pair $kasan 16384 hcalls)" "" "" ns
    row "page_pool alloc + recycle$checker" "$(jmh_figure MachineWork.pair $kasan 16384 page-pool)" "" "" ns
done

say "explorations"
jmh ExploreSteps
for preempted in 0 10 100; do
    row "step of an exploration, $preempted % of them after a switch" "$(jmh_figure ExploreSteps.step $preempted)" "" 1000 ns
done
executions=$([ -z "$quick" ] && echo 60000 || echo 20000)
"$java" -XX:+UseSerialGC --add-opens java.base/java.lang=ALL-UNNAMED -cp "$path" io.dmalab.benchmarks.Explore $executions > "$work/explore"
while read -r world strategy rate; do
    row "executions of $world, $strategy, a machine each" "$rate" "" 10000 1/s
done < <(sed -E 's/.*explore ([^ ]*) ([^ ]*) .*executions\/s=([0-9]*).*/\1 \2 \3/' "$work/explore")

say "DMARACE-1, N=8 K=2: the safe policy proved"
read -r first warm spin < <("$root/benchmarks/dmarace.sh" proof "$yardsticks" | awk '/^N=8/ { print $7, $8, $11 }')
spin=${spin#-}
row "DMARACE-1 proved, all states told apart by counting (SPIN), first" "$first" "$spin" "0.01x" s
row "DMARACE-1 proved, warm (SPIN)" "$warm" "$spin" "0.01x" s

say "data path: 100 Gbit/s of 1500-byte frames"
seconds=1
runs=5
[ -z "$quick" ] || { seconds=0.3; runs=3; }
"$java" -XX:+UseSerialGC --add-opens java.base/java.lang=ALL-UNNAMED -cp "$path" io.dmalab.benchmarks.DataPath $seconds $runs > "$work/datapath"
packets=$([ -z "$quick" ] && echo 10000000 || echo 3000000)
java_twin=
native=
if have datapath/RxPath.java; then
    "$javac" -nowarn -d "$work/r" "$yardsticks/datapath/RxPath.java"
    java_twin=$("$java" -XX:+UseSerialGC -cp "$work/r" RxPath $packets 123 50000 5 | sed 's/.*Mpkt\/s=\([0-9.]*\).*/\1/' | median)
fi
if have datapath/rxpath.c && command -v gcc > /dev/null; then
    gcc -O3 -march=native -o "$work/rxpath" "$yardsticks/datapath/rxpath.c" -lm
    native=$("$work/rxpath" $packets 123 50000 5 | sed 's/.*Mpkt\/s=\([0-9.]*\).*/\1/' | median)
fi
for gro in on off; do
    for kasan in off on; do
        ours=$(grep "gro=$gro kasan=$kasan" "$work/datapath" | sed 's/.*Mpkt\/s=\([0-9.]*\).*/\1/' | median)
        limit=$([ $kasan = off ] && echo 4.06 || echo 2.03)
        row "receive path, GRO $gro, checker $kasan (RxPath, Java)" "$ours" "$java_twin" "$limit" Mpkt/s
    done
done
row "    the same yardstick in C: " "" "$native" "" Mpkt/s

awk -F'|' '
    BEGIN { printf "%-72s %10s %10s %7s %8s  %s\n", "benchmark (yardstick)", "dmalab", "yardstick", "ratio", "limit", "unit" }
    {
        ratio = ""
        if ($2 != "" && $3 != "") ratio = sprintf("%.2f", $5 == "Mpkt/s" ? $3 / $2 : $2 / $3)
        printf "%-72s %10s %10s %7s %8s  %s\n", $1, $2, $3, ratio, $4, $5
    }' "$rows"
echo "ratio: by what factor dmalab is slower than the yardstick; real time is 8.13 Mpkt/s; limits from the project's first issue"
