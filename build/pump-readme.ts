import type { Manifest } from '../src/bundle/manifest.ts'
import { PARAMETERS, QUANTITIES } from '../src/pump/quantities.ts'
import type { PumpInputs } from './inputs.ts'

/** The README that travels with the executable, written for the technician who installs it. */
export function pumpReadme(
  inputs: PumpInputs,
  manifest: Omit<Manifest, 'schema_version' | 'entries'>,
  executable: string,
): string {
  const { deployment, warnings } = inputs
  const { slug, artifact_version: version, target, build_time: built, runtime_version: runtime } = manifest
  return `# ${inputs.pump}, version ${version}

One program for one pump, for 64-bit ${target === 'linux-arm64' ? 'ARM' : 'x86'} Linux (${target}). It judges CSV batches of
readings and reports anomalies${deployment.api.base_url === null ? '' : ` to ${deployment.api.base_url}`}. It needs glibc 2.28 or newer and
libstdc++6, which Debian, Ubuntu and Raspberry Pi OS bring, and nothing else.

## Check what you got

In the folder that the ZIP was unpacked to:

\`\`\`sh
sha256sum -c SHA256SUMS
\`\`\`

Where there is a \`SHA256SUMS.sig\`, this proves who built it, with the public key that you got another way (OpenSSL 3):

\`\`\`sh
openssl pkeyutl -verify -pubin -inkey pump-monitor.pub -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig
\`\`\`

${installation(slug, executable)}
${upgrade(slug, version)}
${withSystemd(slug, executable)}
## Other commands

\`\`\`sh
./current info                              # what is inside, and where it keeps its state
./current doctor --config overlay.json      # checks everything that a run needs
./current flush --config overlay.json       # sends what waits, now
./current new.csv results.json --no-report  # only judges
./current --help
\`\`\`

${compared(inputs)}
${warnings.map((warning) => `Note: ${warning}.\n`).join('')}
Site ${deployment.site_info.site_id}, pump ${deployment.site_info.pump_id}. Built ${built} with pump-monitor ${runtime}.
What others have written of it, and under which terms: \`sbom.cdx.json\`, \`THIRD_PARTY_LICENSES.txt\`.
`
}

function installation(slug: string, executable: string): string {
  return `## Install

As the user that shall run it, with cron; nothing of it needs root. In the folder that the ZIP was unpacked to:

\`\`\`sh
mkdir -p ~/pump-monitor/${slug}/readings
cp ${executable} ~/pump-monitor/${slug}/
cp -n overlay.example.json ~/pump-monitor/${slug}/overlay.json
ln -sfn ${executable} ~/pump-monitor/${slug}/new && mv -fT ~/pump-monitor/${slug}/new ~/pump-monitor/${slug}/current
\`\`\`

\`overlay.json\` is laid over the configuration inside: change the API's address there, if need be. The API's token goes
into a file that only you can read: type the first line, paste the token, press Enter and Ctrl-D.

\`\`\`sh
(umask 077 && cat > ~/pump-monitor/${slug}/token)
\`\`\`

See that everything is right; what is not, it says with the mend:

\`\`\`sh
(cd ~/pump-monitor/${slug} && ./current doctor --config overlay.json)
\`\`\`

Let cron run it each hour:

\`\`\`sh
(crontab -l 2>/dev/null | grep -vF '/pump-monitor/${slug}"' || true; cat crontab.txt) | crontab -
\`\`\`

Readings go to \`~/pump-monitor/${slug}/readings\` as CSV files of any name that ends in \`.csv\`; those that were judged
move to \`processed/\` in it. A file that is still being written should have another name until it is whole.
`
}

function upgrade(slug: string, version: string): string {
  return `## Upgrade, and the way back

Unpack the new ZIP, check it, and do the lines under *Install* down to \`mv\` again, without the token and cron. The
link changes in one step: a run that is under way ends as the version that it began as, and the next is the new one. It
goes on with the state and the waiting anomalies of the old one.

The way back is the same line with the file of the old version, which is still there (\`ls ~/pump-monitor/${slug}\`):

\`\`\`sh
cd ~/pump-monitor/${slug} && ln -sfn OLD_FILE new && mv -fT new current
\`\`\`

Should an older version find state that a newer one wrote and it cannot read, it ends with 78, says so in one line and
changes nothing: go forward again, or give the old one a folder of its own with \`--state-dir\`. This is ${version}.
`
}

function withSystemd(slug: string, executable: string): string {
  return `## With systemd instead of cron

As root, in the folder that the ZIP was unpacked to. The service runs as a user of its own and sees nothing but its files.

\`\`\`sh
id pump-monitor 2>/dev/null || useradd --system --shell /usr/sbin/nologin pump-monitor
install -d /opt/pump-monitor/${slug} /etc/pump-monitor
install -d -o pump-monitor -g pump-monitor -m 2775 /srv/pump-monitor /srv/pump-monitor/${slug}
install -m 755 ${executable} /opt/pump-monitor/${slug}/
install -m 644 README.md /opt/pump-monitor/${slug}/
ln -sfn ${executable} /opt/pump-monitor/${slug}/new && mv -fT /opt/pump-monitor/${slug}/new /opt/pump-monitor/${slug}/current
(umask 077 && cat > /etc/pump-monitor/${slug}.token)
install -m 644 ${slug}.service ${slug}.timer /etc/systemd/system/
systemctl daemon-reload && systemctl enable --now ${slug}.timer
\`\`\`

Readings go to \`/srv/pump-monitor/${slug}\`, the state is in \`/var/lib/pump-monitor/${slug}\`.
`
}

function compared({ baseline, grade, model }: PumpInputs): string {
  const duty = {
    flow: baseline.flow_m3h,
    head: baseline.head_m,
    power: baseline.power_kw,
    efficiency: baseline.efficiency_percent,
  }
  const rows = PARAMETERS.flatMap((name) => {
    const value = duty[name]
    const bounds = grade.bounds[name]
    if (value === null) return []
    const limits = bounds === null ? 'not limited' : `${bounds.min ?? 'no limit'} to ${bounds.max ?? 'no limit'} %`
    return [
      `| ${name} | ${value.toFixed(2)} ${QUANTITIES[name].unit} | ${limits} | ${bounds?.mandatory === true ? 'yes' : 'no'} |`,
    ]
  })
  return `## What it compares with

Grade ${grade.name}: ${grade.reason}. Head is ${baseline.head_definition === 'discharge' ? 'that of the discharge pressure' : 'total head'}.

| parameter | baseline | may deviate | mandatory |
|---|---|---|---|
${rows.join('\n')}

Model: ${model === null ? 'none; only the tolerances are checked' : `${model.metadata.name} ${model.metadata.version} (${model.metadata.description || model.metadata.kind})`}.
`
}
