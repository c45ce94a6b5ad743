#!/bin/bash
# Inside the device: the operator follows the README block by block, cron does the rest.
set -euo pipefail
SLUG=$(cat /walk/slug)
HOME=/home/operator

as_operator() {
  chroot --userspec=1000:1000 --skip-chdir / /usr/bin/env -i HOME="$HOME" USER=operator LANG=C PATH=/usr/bin:/bin "$@"
}

say() { printf '== %s\n' "$*"; }

say "$(uname -m), /usr $(touch /usr/x 2>/dev/null && echo writable || echo read-only)"
/usr/sbin/cron -f &

cd "$HOME"
as_operator mkdir download
cp /walk/*.zip /walk/pump-monitor.pub download/
cd download
as_operator unzip -q ./*.zip
for block in /walk/block-*.sh; do
  say "$(basename "$block")"
  status=0
  as_operator bash -e "$block" </walk/token || status=$?
  say "$(basename "$block") ended with $status"
done

as_operator cp /walk/readings.csv "$HOME/pump-monitor/$SLUG/readings/"
for _ in $(seq 60); do
  if [ -e "$HOME/pump-monitor/$SLUG/readings/processed/readings.csv" ]; then break; fi
  sleep 5
done
STATE=$HOME/.local/state/pump-monitor/$SLUG
# The file moves before what it told is spooled and noted.
for _ in $(seq 24); do
  if [ -e "$STATE/state.json" ]; then break; fi
  sleep 5
done
say "processed $(ls "$HOME/pump-monitor/$SLUG/readings/processed")"
say "owner $(stat -c %U "$STATE/state.json")"
say "results $(cat "$STATE"/results/* | grep -c '"status"')"
say "waiting $(find "$STATE/unsent_anomalies" -name '*.json' | wc -l)"
say 'the walk is done'
