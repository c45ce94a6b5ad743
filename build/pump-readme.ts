import type { Manifest } from '../src/bundle/manifest.ts'
import { PARAMETERS, QUANTITIES } from '../src/pump/quantities.ts'
import type { PumpInputs } from './inputs.ts'

/** The README that travels with the executable, written for the technician who installs it. */
export function pumpReadme(inputs: PumpInputs, manifest: Omit<Manifest, 'schema_version' | 'entries'>): string {
  const { baseline, grade, deployment, model, warnings } = inputs
  const { slug, artifact_version: version } = manifest
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
  return `# ${inputs.pump}, version ${version}

One program for one pump, for ${manifest.target}. It judges CSV batches of readings and reports anomalies${deployment.api.base_url === null ? '' : ` to ${deployment.api.base_url}`}.

## Install

\`\`\`sh
sha256sum -c SHA256SUMS                          # the files are what was built
sudo install -m 755 ${slug}* /usr/local/bin/${slug}
${slug} info                                     # what is inside, and where it keeps its state
\`\`\`

The token for the API comes from \`$ANOMALY_API_TOKEN\`, from systemd's credential \`anomaly_api_token\`, or from the
file in \`api.token_file\`, which only its owner may read.

## Run

\`\`\`sh
${slug} readings.csv                             # judge a batch, keep the results, report anomalies
${slug} readings.csv results.json --no-report    # only judge
${slug} flush                                    # send what waits, now
\`\`\`

Under cron, five minutes past every hour:

\`\`\`
5 * * * * /usr/local/bin/${slug} --quiet /data/${slug}/latest.csv
\`\`\`

## What it compares with

Grade ${grade.name}: ${grade.reason}. Head is ${baseline.head_definition === 'discharge' ? 'that of the discharge pressure' : 'total head'}.

| parameter | baseline | may deviate | mandatory |
|---|---|---|---|
${rows.join('\n')}
${warnings.map((warning) => `\nNote: ${warning}.\n`).join('')}
Model: ${model === null ? 'none; only the tolerances are checked' : `${model.metadata.name} ${model.metadata.version} (${model.metadata.description || model.metadata.kind})`}.

Site ${deployment.site_info.site_id}, pump ${deployment.site_info.pump_id}. Built ${manifest.build_time} with pump-monitor ${manifest.runtime_version}.
`
}
