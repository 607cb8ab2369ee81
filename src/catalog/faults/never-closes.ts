import { wsFinishedConnections } from '../metrics/ws-finished-connections.ts'
import { defineFault } from './define.ts'

export const neverCloses = defineFault({
  name: 'never-closes',
  description: 'The server does not close after the terminal event: nobody owns the end of the stream.',
  variants: {
    '5s': 'closes five seconds late.',
    never: 'leaves it to the client.',
  },
  users:
    'Nothing at first; then a page that holds a socket for each task that it ever followed. Switching it off closes what was left open.',
  moves: [{ metric: wsFinishedConnections, how: 'rises with each task that ends' }],
})
