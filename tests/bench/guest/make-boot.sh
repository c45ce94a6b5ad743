#!/usr/bin/env bash
# make-boot.sh FOLDER LISTS ROOT: what boots an arm64 Debian from a virtio disk, out of Debian's packages: vmlinuz and
# initrd in FOLDER, GNU time into ROOT. LISTS are apt's lists for arm64, as tests/walk/make-root.sh keeps them.
set -euo pipefail
FOLDER=$1 LISTS=$2 ROOT=$3

# Made once for each version of this file.
MADE=$FOLDER/made-$(sha256sum "$0" | cut -c 1-16)
if [ ! -e "$MADE" ]; then
  rm -rf "$FOLDER"
  mkdir -p "$FOLDER/packages" "$FOLDER/initrd/bin"
  own=(-o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o Dir::State::status=/dev/null
    -o "Dir::State::Lists=$LISTS" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root)
  kernel=$(apt-cache "${own[@]}" depends linux-image-cloud-arm64 | sed -n 's/^ *Depends: //p')
  (cd "$FOLDER/packages" && apt-get -qq "${own[@]}" download "$kernel" busybox-static time)
  for package in "$FOLDER"/packages/*.deb; do dpkg-deb --extract "$package" "$FOLDER/packages"; done

  cp "$FOLDER"/packages/boot/vmlinuz-* "$FOLDER/vmlinuz"
  cp "$FOLDER/packages/bin/busybox" "$FOLDER/initrd/bin/"
  # In the order in which they need each other; the file system is in the kernel.
  modules=(virtio_ring virtio virtio_mmio virtio_blk)
  for module in "${modules[@]}"; do
    find "$FOLDER/packages/lib/modules" -name "$module.ko" -exec cp {} "$FOLDER/initrd/" \;
  done
  cat >"$FOLDER/initrd/init" <<END
#!/bin/busybox sh
for module in ${modules[*]}; do /bin/busybox insmod /\$module.ko; done
/bin/busybox mkdir -p /dev /disk
/bin/busybox mount -t devtmpfs devtmpfs /dev
until [ -b /dev/vda ]; do /bin/busybox usleep 100000; done
/bin/busybox mount -t ext4 /dev/vda /disk
/bin/busybox mount -t devtmpfs devtmpfs /disk/dev
exec /bin/busybox switch_root /disk /bench/init.sh
END
  chmod +x "$FOLDER/initrd/init"
  (cd "$FOLDER/initrd" && find . | cpio --quiet --create --format=newc | gzip >"$FOLDER/initrd.gz")
  touch "$MADE"
fi
cp "$FOLDER/packages/usr/bin/time" "$ROOT/usr/bin/time"
