import { createHash } from 'node:crypto'
import type { Manifest } from '../src/bundle/manifest.ts'

/** What the installation's files are written for. */
export interface Installed {
  readonly manifest: Pick<Manifest, 'pump' | 'slug' | 'artifact_version'>
  /** null: the configuration names no API. */
  readonly apiUrl: string | null
}

/** Everything beside the executable that puts it to work, by name: for cron, for systemd, and what a site may change. */
export function installFiles(installed: Installed): Readonly<Record<string, string>> {
  const { slug } = installed.manifest
  return {
    'crontab.txt': crontab(installed),
    'overlay.example.json': overlayExample(installed),
    [`${slug}.service`]: service(installed),
    [`${slug}.timer`]: timer(installed),
  }
}

/** A minute of the hour that is the pump's own, so that the pumps of a site do not all start at once. */
function minuteOf(slug: string): number {
  return createHash('sha256').update(slug).digest().readUInt16BE(0) % 60
}

/** One line, which the README's command takes out again by its folder. */
function crontab({ manifest: { slug } }: Installed): string {
  return `${minuteOf(slug)} * * * * cd "$HOME/pump-monitor/${slug}" && ./current --quiet --config overlay.json readings
`
}

/** No secret is in it: the token stays in a file of its own. */
function overlayExample({ apiUrl }: Installed): string {
  const overlay = { api: { base_url: apiUrl ?? 'https://api.example.com/v1', token_file: 'token' } }
  return `${JSON.stringify(overlay, null, 2)}\n`
}

function timer({ manifest: { pump, slug } }: Installed): string {
  return `[Unit]
Description=Judge the readings of ${pump} each hour

[Timer]
OnCalendar=*-*-* *:${String(minuteOf(slug)).padStart(2, '0')}:00
# The pumps of a site share minutes; each has its own seconds in them, always the same.
RandomizedDelaySec=30s
FixedRandomDelay=true
# What was missed while the device was off is made up for.
Persistent=true

[Install]
WantedBy=timers.target
`
}

/** MemoryDenyWriteExecute is not among them: V8 writes the code that it runs. */
function service({ manifest: { pump, slug } }: Installed): string {
  return `[Unit]
Description=Judge the readings of ${pump}
Documentation=file:///opt/pump-monitor/${slug}/README.md
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=/opt/pump-monitor/${slug}/current --quiet /srv/pump-monitor/${slug}
TimeoutStartSec=15min
# Another run is at work, started by hand perhaps; the next one takes up what this one would have done.
SuccessExitStatus=75
Nice=10

# It may write to its state, and to its readings: what is judged moves to processed/ there.
User=pump-monitor
StateDirectory=pump-monitor/${slug}
StateDirectoryMode=0700
ReadWritePaths=/srv/pump-monitor/${slug}
UMask=0077

# The token: root's file, which only this service sees. Without the file, anomalies wait in the spool.
LoadCredential=anomaly_api_token:/etc/pump-monitor/${slug}.token
SetCredential=anomaly_api_token:none

CapabilityBoundingSet=
AmbientCapabilities=
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
PrivateIPC=yes
ProtectClock=yes
ProtectHostname=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
KeyringMode=private
`
}
