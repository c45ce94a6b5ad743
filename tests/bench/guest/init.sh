#!/bin/bash
# The first process of the guest: runs the executables, says what memory they took, and switches the machine off.
# Lines that begin with == are read by ../guest.ts.
export PATH=/usr/bin:/usr/sbin HOME=/tmp
mount() { /bench/busybox mount "$@"; }
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 /sys/fs/cgroup
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
cd /bench || exit
# Which executables, and how often.
# shellcheck source=/dev/null
source ./plan

# look STATUS: remembers what memory is made of where there is more of it than before.
look() {
  local rss=0 a=0 f=0 s=0 key value
  while read -r key value _; do
    case $key in
    VmRSS:) rss=$value ;;
    RssAnon:) a=$value ;;
    RssFile:) f=$value ;;
    RssShmem:) s=$value ;;
    esac
  done <"$1"
  if [ "$rss" -gt "$most" ]; then most=$rss anonymous=$a file=$f shared=$s; fi
}

# judged NAME EXECUTABLE BATCH: one run in a control group of its own; the peak by the kernel's account of the process,
# and what it was made of by looking every now and then.
judged() {
  local name=$1 executable=$2 batch=$3 group pid=
  most=0 anonymous=0 file=0 shared=0
  group=/sys/fs/cgroup/$name
  mkdir "$group"
  (
    echo "$BASHPID" >"$group/cgroup.procs"
    exec /usr/bin/time --output=taken --format='%x %M %e %U %S' \
      "./$executable" "$batch" results.json --state-dir "/bench/state-$executable" --quiet
  ) &
  local timer=$!
  while kill -0 $timer 2>/dev/null; do
    read -r pid _ 2>/dev/null <"/proc/$timer/task/$timer/children"
    if [ -n "$pid" ]; then look "/proc/$pid/status" 2>/dev/null; fi
  done
  wait $timer
  tail -1 taken >last
  read -r code peak wall user system <last
  echo "== $name code=$code peak_kib=$peak wall_s=$wall user_s=$user system_s=$system" \
    "seen_kib=$most anonymous_kib=$anonymous file_kib=$file shared_kib=$shared" \
    "cgroup_kib=$(($(cat "$group/memory.peak") / 1024))" \
    "results=$(sha256sum results.json | cut -c 1-12)"
}

read -r _ memory _ </proc/meminfo
echo "== machine $(uname -m) processors=$(nproc) page=$(getconf PAGESIZE) memory_kib=$memory"
for executable in "${EXECUTABLES[@]}"; do
  judged "$executable-first" "$executable" history.csv
  cp -a "state-$executable" "kept-$executable"
  for run in $(seq "$RUNS"); do
    for cache in warm cold; do
      rm -rf "state-$executable"
      cp -a "kept-$executable" "state-$executable"
      if [ $cache = cold ]; then
        sync
        echo 3 >/proc/sys/vm/drop_caches
      fi
      judged "$executable-$cache-$run" "$executable" 24.csv
    done
  done
done
echo '== done'
sync
echo o >/proc/sysrq-trigger
sleep 60
