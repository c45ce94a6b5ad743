#!/usr/bin/env bash
# enter.sh ROOT SCRIPT: runs SCRIPT as root of an arm64 root file system that an x64 machine emulates, with /usr read-only.
# Everything lives in name spaces of its own, the kernel's table of emulators included, and is gone when SCRIPT ends.
set -euo pipefail

case ${STAGE:-outside} in
outside)
  # Who may be whom in there: newuidmap reads it from these files.
  MAP=$(mktemp)
  echo 'root:0:65536' >"$MAP"
  STAGE=mapping exec unshare --mount "$0" "$@" "$MAP"
  ;;
mapping)
  mount --bind "$3" /etc/subuid
  mount --bind "$3" /etc/subgid
  STAGE=inside exec unshare --user --map-users=0,0,65536 --map-groups=0,0,65536 --setuid 0 --setgid 0 \
    --mount --pid --fork --kill-child "$0" "$@"
  ;;
inside)
  ROOT=$1 SCRIPT=$2
  rm -f "$3"
  mount --bind "$ROOT" "$ROOT"
  mount --bind "$ROOT/usr" "$ROOT/usr"
  mount -o remount,bind,ro "$ROOT/usr"
  mount -t proc proc "$ROOT/proc"
  mount --rbind /sys "$ROOT/sys"
  mount -t tmpfs tmpfs "$ROOT/dev"
  mkdir "$ROOT/dev/shm"
  for device in null zero full random urandom tty; do
    : >"$ROOT/dev/$device"
    mount --bind "/dev/$device" "$ROOT/dev/$device"
  done
  ln -s /proc/self/fd "$ROOT/dev/fd"
  if [ "$(uname -m)" != aarch64 ]; then
    mount -t binfmt_misc binfmt_misc "$ROOT/proc/sys/fs/binfmt_misc"
    # An ELF file for AArch64. O, C and F: the file is opened for the emulator, its permissions count, and the emulator
    # is the one outside of ROOT.
    magic='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
    mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
    echo ":qemu-aarch64:M::$magic:$mask:$(command -v qemu-aarch64-static):OCF" >"$ROOT/proc/sys/fs/binfmt_misc/register"
    # ONNX Runtime looks into it for the processor, and would find the host's.
    mount --bind "$ROOT/etc/cpuinfo" "$ROOT/proc/cpuinfo"
  fi
  exec chroot "$ROOT" /bin/bash "$SCRIPT"
  ;;
esac
