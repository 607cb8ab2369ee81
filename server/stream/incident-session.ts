import { errorText } from '#core'
import { send } from './follow-task.ts'
import { statusFrame } from './greeting.ts'
import { type Follow, stateOf } from './stream-session.ts'

/** The text that Starlette raises; Node is silent here, so the build that replays the incident says it itself. */
const STARLETTE_TEXT = 'Cannot call "send" once a close message has been sent.'

/**
 * The handler of the founding incident: it reads the status, sends it without asking whether anybody is there, and
 * sends again from its catch block, so many times. Its lines are labelled `emulated`, and the first has an empty
 * error on purpose: that is what the incident's log held. A client that stays is served as ever.
 */
export function incidentSession(healthy: Follow, { sendsInCatch }: { sendsInCatch: number }): Follow {
  return async (context, session, request, ws) => {
    const { store, log, reader } = context
    const { taskId } = request
    await reader.history(taskId, 0)
    if (ws.readyState === ws.OPEN) return healthy(context, session, request, ws)
    const line = { task_id: taskId, emulated: true, connection_state: stateOf(ws) }
    try {
      const task = await store.read(taskId)
      if (task && send(session, statusFrame(task)) === 'closed') throw new Error('the peer is gone')
    } catch (error) {
      log.error({ ...line, error: '', cause: errorText(error) }, 'websocket_get_status_error')
      for (let time = 0; time < sendsInCatch; time++) {
        const again = send(session, { type: 'error', code: '1011', text: 'the status could not be read' })
        if (again === 'closed') {
          log.error({ ...line, error: STARLETTE_TEXT, error_type: 'RuntimeError' }, 'websocket_error')
        }
      }
    }
  }
}
