# Sourced by launch.sh: class data sharing, which saves about half of the work of a start. It sets weft_cds_flags.
#
# The first daemon of an installation writes down its loaded classes when it ends; later starts map that file instead
# of reading some 5,000 classes out of a hundred jars. The file lies in the user's cache, named by installation, JVM and
# jars, so that a changed jar or JVM finds none. Whatever goes wrong here, the start goes on without it.
# WEFT_JAVA_OPTS=-Xshare:off neither uses nor makes one.
#
#   NAME.SIZE.jsa  complete, to be used if it still has that size: the JVM itself does not look, and dies of a shorter one
#   NAME.writer    pid and boot of the one process that shall write it; exec keeps the pid
#   NAME.new       what that process wrote, header last: one that begins with zeros is torn, and so may be one that was
#                  written before a reboot

weft_cds_name() {
  weft_cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
  [ -n "$weft_cache" ] || return 1
  weft_cache=$weft_cache/weft
  [ -d "$weft_cache" ] || (umask 077 && mkdir -p "$weft_cache") || return 1
  # The JVM runs what is in there: it has to be this user's own.
  [ -O "$weft_cache" ] && [ -w "$weft_cache" ] || return 1

  weft_key=$(
    LC_ALL=C
    export LC_ALL
    # Our own jars by content: they are built with one fixed time and may change without changing in size.
    { echo "$weft_jdk" && cat "$weft_jdk/release" "$weft_home"/lib/weft-*.jar && ls -lLn "$weft_home/lib"; } | cksum
  ) || return 1
  weft_place=$(printf %s "$weft_home" | cksum) || return 1
  weft_place=$weft_cache/${weft_main%.cli.Main}-${weft_place%% *}-java$weft_java_major
  weft_archive=$weft_place-${weft_key%% *}
}

# Makes NAME.SIZE.jsa of NAME.new where its writer has ended; fails while that one still runs.
weft_cds_collect() {
  read -r weft_writer weft_writer_boot <"$weft_archive.writer" || weft_writer=
  if [ -n "$weft_writer" ] && kill -0 "$weft_writer"; then return 1; fi
  weft_head=$(od -An -tx1 -N4 "$weft_archive.new")
  weft_size=$(wc -c <"$weft_archive.new")
  if [ "$weft_writer_boot" = "$weft_boot" ] && [ -n "$weft_size" ] && [ "$weft_head" != ' 00 00 00 00' ]; then
    # On disk before it gets its name, else a power failure leaves a file of the right size with holes.
    { sync "$weft_archive.new" || sync; } && mv -f "$weft_archive.new" "$weft_archive.$weft_size.jsa"
  fi
  rm -f "$weft_archive.new" "$weft_archive.writer"
}

weft_cds() {
  case ${WEFT_JAVA_OPTS:-} in
    *-Xshare:* | *Shared*File* | *agent*) return ;; # an agent's classes must not be recorded
  esac
  read -r weft_boot </proc/sys/kernel/random/boot_id || return
  weft_cds_name || return

  if [ -f "$weft_archive.writer" ]; then
    weft_cds_collect || return
  fi
  for weft_file in "$weft_archive".*.jsa; do
    if [ "$weft_file" = "$weft_archive.$(wc -c <"$weft_file").jsa" ]; then
      weft_cds_flags="-XX:SharedArchiveFile=$weft_file"
      return
    fi
    rm -f "$weft_file"
  done
  # 256 MB free: a dump that does not fit ends the JVM with an error.
  weft_free=$(df -Pk "$weft_cache" | awk 'NR == 2 { print $4 }')
  if [ -n "$weft_daemon" ] && [ "${weft_free:-0}" -ge 262144 ] &&
    (set -C && echo "$$ $weft_boot" >"$weft_archive.writer"); then
    weft_cds_flags="-XX:ArchiveClassesAtExit=$weft_archive.new"
    # Java 17 dies while it writes the proxies of lambdas down; with this they are not written, and made anew each time.
    if [ "${weft_java_major:-17}" -lt 19 ]; then
      weft_flags="$weft_flags -Djdk.internal.lambda.disableEagerInitialization=true"
    fi
    # Those of this installation's earlier jars go, and those of installations that may be gone.
    for weft_old in "$weft_place"-*; do
      case $weft_old in "$weft_archive".*) ;; *) rm -f "$weft_old" ;; esac
    done
    find "$weft_cache" -type f -mtime +30 -exec rm -f {} +
  fi
}

weft_cds_flags=
weft_cds 2>/dev/null || : # so that set -e does not hold in there
