#!/usr/bin/env bash
# make-root.sh FOLDER: an arm64 root file system of Debian packages, with cron and a user `operator`; no boot, no network.
# The packages are only unpacked: what their scripts would set up, and is needed, is written below.
set -euo pipefail
FOLDER=$1
PACKAGES=(base-files bash dash coreutils findutils grep sed libc-bin libstdc++6 unzip openssl cron)

# Made once for each version of this file.
MADE=$FOLDER/made-$(sha256sum "$0" | cut -c 1-16)
if [ -e "$MADE" ]; then exit; fi
mkdir -p "$FOLDER/lists/partial" "$FOLDER/archives/partial"

# Lists and packages of its own, so that the machine's are left alone.
apt=(apt-get -qq --yes -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o Dir::State::status=/dev/null
  -o "Dir::State::Lists=$FOLDER/lists" -o "Dir::Cache::archives=$FOLDER/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
"${apt[@]}" update
"${apt[@]}" install --no-install-recommends --download-only "${PACKAGES[@]}" >/dev/null

ROOT=$FOLDER/root
rm -rf "$ROOT"
for name in bin sbin lib; do
  mkdir -p "$ROOT/usr/$name"
  ln -s "usr/$name" "$ROOT/$name"
done
for package in "$FOLDER"/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar --extract --keep-directory-symlink --directory "$ROOT"
done

cat >"$ROOT/etc/passwd" <<'END'
root:x:0:0:root:/:/bin/bash
operator:x:1000:1000::/home/operator:/bin/bash
END
cat >"$ROOT/etc/group" <<'END'
root:x:0:
crontab:x:102:
operator:x:1000:
END
for service in cron other; do
  printf '%s required pam_permit.so\n' auth account session >"$ROOT/etc/pam.d/$service"
done
mkdir -p "$ROOT/home/operator" "$ROOT/var/spool/cron/crontabs"
chown 1000:1000 "$ROOT/home/operator"
chgrp 102 "$ROOT/var/spool/cron/crontabs" "$ROOT/usr/bin/crontab"
chmod 1730 "$ROOT/var/spool/cron/crontabs"
chmod 2755 "$ROOT/usr/bin/crontab"
chmod 1777 "$ROOT/tmp"
touch "$MADE"
