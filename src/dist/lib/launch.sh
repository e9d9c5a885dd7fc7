# Sourced by bin/weft-*, which sets weft_home, weft_main (class) and weft_heap; "$@" is the command line.
# Environment: JAVA_HOME chooses the JVM, WEFT_JAVA_OPTS adds flags to it (last, so they win).

weft_die() {
  echo "${0##*/}: $*" >&2
  exit 69
}

# The JVM, and its version without starting it: every JDK says it in its release file.
if [ -n "${JAVA_HOME:-}" ]; then
  weft_java=$JAVA_HOME/bin/java
  [ -x "$weft_java" ] || weft_die "JAVA_HOME is $JAVA_HOME, but there is no bin/java in it"
else
  weft_java=$(command -v java) || weft_die "no java found: install Java 17 or later, or set JAVA_HOME"
fi
weft_jdk=$(readlink -f "$weft_java" 2>/dev/null) || weft_jdk=$weft_java
weft_jdk=${weft_jdk%/bin/java}
weft_java_version=
if [ -r "$weft_jdk/release" ]; then
  while IFS= read -r weft_line; do
    case $weft_line in JAVA_VERSION=*) weft_java_version=${weft_line#*=} ;; esac
  done <"$weft_jdk/release"
else
  weft_java_version=$("$weft_java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')
fi
weft_java_version=${weft_java_version#\"}
weft_java_version=${weft_java_version%\"}
weft_java_major=${weft_java_version%%[!0-9]*} # 1.8 says 1: old enough to be refused
if [ -n "$weft_java_major" ] && [ "$weft_java_major" -lt 17 ]; then
  weft_die "Java 17 or later is needed, $weft_java is $weft_java_version"
fi

# Sorted, because the wildcard of java itself promises no order. Natives of another machine are left out: the classes
# beside them are the same, and the first ones on the path would look for their own library and give up.
case $(uname -m) in
  x86_64 | amd64) weft_foreign=aarch_64 ;;
  *) weft_foreign=x86_64 ;;
esac
weft_classpath=$(
  LC_ALL=C
  for jar in "$weft_home"/lib/*.jar; do
    case $jar in *-linux-"$weft_foreign".jar) continue ;; esac
    printf '%s:' "$jar"
  done
)

# Small and fixed: the daemon shares its machine. One malloc arena per thread would be most of its memory. Survivor spaces
# as large as half of eden: what waits for a commit outlives one collection and dies before the next, so it must not be
# promoted; with the default ratio a loaded aggregator collected its whole heap every two seconds.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"
weft_flags="-XX:+IgnoreUnrecognizedVMOptions -XX:+UseSerialGC -XX:SurvivorRatio=2 -Xms16m -Xss512k -XX:ReservedCodeCacheSize=64m
  -Xshare:auto -Xlog:disable -Xlog:all=warning,cds*=off:stderr --enable-native-access=ALL-UNNAMED
  -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8"
# Netty and protobuf still use Unsafe, of which newer JVMs complain at every start.
[ "${weft_java_major:-17}" -lt 23 ] || weft_flags="$weft_flags --sun-misc-unsafe-memory-access=allow"

# Only the daemon runs for long enough to earn the optimising compiler, and who checks or writes a whole log in one file:
# that takes both cores, and the graph of its entries in memory. Its young generation is as large from the start as it would
# become: most of what a statement costs in memory is over with that statement.
weft_daemon=
weft_bulk=
for weft_argument in "$@"; do
  case $weft_argument in
    serve) weft_daemon=yes ;;
    verify | audit) weft_bulk=yes ;;
    --) break ;;
  esac
done
if [ -n "$weft_daemon" ]; then
  # It begins to do so ten times later than usual: a start would spend a third of its time on what it runs only once, and
  # what a daemon runs all day comes to these numbers in its first second of work.
  weft_flags="$weft_flags -Xmx$weft_heap -XX:+ExitOnOutOfMemoryError
    -XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=20000
    -XX:Tier4CompileThreshold=100000 -XX:Tier4BackEdgeThreshold=400000"
elif [ -n "$weft_bulk" ]; then
  weft_flags="$weft_flags -Xms384m -Xmn256m -Xmx2g -XX:-UsePerfData"
else
  weft_flags="$weft_flags -Xmx128m -XX:TieredStopAtLevel=1 -XX:-UsePerfData"
fi

. "$weft_home/lib/cds.sh"

# exec: the pid and the signals are the JVM's own. The flags are split on purpose.
# shellcheck disable=SC2086
exec "$weft_java" $weft_flags ${weft_cds_flags:+"$weft_cds_flags"} ${WEFT_JAVA_OPTS:-} -cp "${weft_classpath%:}" "$weft_main" "$@"
