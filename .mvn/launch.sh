# Shared by ./build and ./dmalab, which source it with "root" set to the checkout: finds a JDK, knows when the distribution is out of date, and keeps two
# builds of one checkout apart. Plain bash 3.2, so that it runs on a Mac too.

readonly wanted=25
readonly dist="$root/emulator-cli/target/dist"

# fail CODE MESSAGE: one line on stderr, and out
fail() {
    printf '%s: %s\n' "${0##*/}" "$2" >&2
    exit "$1"
}

# True if the folder is a JDK (not just a JRE) of the wanted feature release.
is_jdk() {
    local line
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    while IFS= read -r line; do
        case $line in
            JAVA_VERSION=\"$wanted | JAVA_VERSION=\"$wanted[!0-9]*) return 0 ;;
        esac
    done < "$1/release"
    return 1
}

# Sets JAVA_HOME to a JDK of the wanted release: the one that JAVA_HOME names, the one on PATH, or one of the usual system folders.
find_jdk() {
    local candidate java
    java=$(command -v javac 2>/dev/null) && java=$(readlink -f "$java" 2>/dev/null || printf %s "$java")
    for candidate in "${JAVA_HOME-}" "${java%/bin/javac}" \
            /usr/lib/jvm/* /usr/java/* /usr/local/openjdk-* /opt/* /opt/java/* /opt/homebrew/opt/openjdk@$wanted /usr/local/opt/openjdk@$wanted \
            "${SDKMAN_DIR:-${HOME-}/.sdkman}"/candidates/java/* "${HOME-}"/.jdks/* "${HOME-}"/.local/share/mise/installs/java/* \
            "${HOME-}"/.asdf/installs/java/* "${HOME-}"/Library/Java/JavaVirtualMachines/* /Library/Java/JavaVirtualMachines/*; do
        for candidate in "$candidate" "$candidate/Contents/Home" "$candidate/libexec/openjdk.jdk/Contents/Home"; do
            if [ -n "$candidate" ] && is_jdk "$candidate"; then
                export JAVA_HOME=$candidate
                return 0
            fi
        done
    done
    fail 2 "no JDK $wanted found; install one (any vendor, e.g. the package temurin-$wanted-jdk or openjdk-$wanted-jdk) or set JAVA_HOME to it"
}

# True if the distribution is missing, or a file or folder that it is made of is newer than its last build. Scenarios are read from the checkout itself.
is_stale() {
    [ -e "$dist/built" ] || return 0
    [ -n "$(find "$root/pom.xml" "$root/.mvn" "$root"/*/pom.xml "$root"/*/src/main "$root"/*/src/build \
            -newer "$dist/built" ! -path "$root/benchmarks/*" ! -path "$root/integration-tests/*" 2>/dev/null)" ]
}

# Waits until no other build of this checkout runs; the lock goes with this process and the one it execs. Builds inside a build take no lock.
lock() {
    [ -z "${DMALAB_LOCKED-}" ] || return 0
    export DMALAB_LOCKED=1
    exec 9< "$root/pom.xml"
    if command -v flock > /dev/null; then
        flock -n 9 || { waiting; flock 9; }
    elif command -v perl > /dev/null; then
        perl -e 'open(my $lock, "<&=", 9) or exit 1; exit !flock($lock, 6)' || { waiting; perl -e 'open(my $lock, "<&=", 9); flock($lock, 2)'; }
    fi
}

waiting() {
    printf '%s: waiting for another build of this checkout\n' "${0##*/}" >&2
}

unlock() {
    [ ! -e /dev/fd/9 ] || exec 9<&-
    unset DMALAB_LOCKED
}
