import { createHash } from 'node:crypto'

/** Puts in place what the server has rendered, each time it sends it. Without scripts the page loads itself again. */
export const SCRIPT = `
const live = document.getElementById('live')
const gone = document.getElementById('gone')
const source = new EventSource('/live')
source.onmessage = ({ data }) => {
  gone.hidden = true
  live.innerHTML = data
  document.title = live.firstElementChild.dataset.title
}
source.onerror = () => { gone.hidden = false }
`

/** As a content security policy names the one script that may run. */
export const SCRIPT_HASH = `sha256-${createHash('sha256').update(SCRIPT).digest('base64')}`
