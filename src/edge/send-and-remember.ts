import type { Spool } from '../delivery/spool.ts'
import type { Place } from './place.ts'
import type { Program } from './program.ts'
import { type RunState, writeRunState } from './run-state.ts'
import { type SendingRequest, type Sent, sendWaiting } from './sending.ts'
import type { World } from './world.ts'

/**
 * Sends from the spool, and keeps in the state what the next run must know of the API. What came of it goes to `tell`
 * first, so that it is not lost where the state cannot be written. Throws as `sendWaiting`, and OutputFailure.
 */
export async function sendAndRemember(
  spool: Spool,
  { program, place, world }: { readonly program: Program; readonly place: Place; readonly world: World },
  request: Omit<SendingRequest, 'saved'>,
  state: RunState,
  tell: (sent: Sent) => void,
): Promise<Sent> {
  const sent = await sendWaiting(spool, program, { ...request, saved: state.delivery }, world)
  tell(sent)
  if (sent.kind === 'kept') return sent
  const delivery = sent.report.saved
  if (JSON.stringify(delivery) !== JSON.stringify(state.delivery)) writeRunState(place, { ...state, delivery })
  return sent
}
