import { type Client, createClient } from '../delivery/client.ts'
import type { Token } from '../delivery/token.ts'
import type { Program } from './program.ts'
import type { World } from './world.ts'

/** A client for the API; to be closed. Throws ConfigurationFailure. */
export function apiClient(program: Program, baseUrl: string, token: Token, allowInsecureLoopback: boolean, world: World): Client {
  const { api } = program.deployment
  return createClient({
    baseUrl,
    token: token.secret,
    caFile: api.ca_file,
    clientCertFile: api.client_cert_file,
    clientKeyFile: api.client_key_file,
    allowInsecureLoopback,
    env: world.env,
    userAgent: `pump-monitor/${program.manifest.runtime_version}`,
    cwd: world.cwd,
  })
}
