import * as ws from 'ws'

/** A text frame that is built once for all its receivers. */
export interface SharedFrame {
  /** Label of `ws_sends_total`. */
  type: string
  /** Header and payload, as they go over the wire: unmasked, not compressed. */
  bytes: Buffer
}

/** ws exports its framing without types (lib/sender.js, `Sender.frame`). */
const { Sender } = ws as unknown as {
  Sender: {
    frame(
      data: Buffer,
      options: { fin: boolean; opcode: number; mask: boolean; readOnly: boolean; rsv1: boolean },
    ): Buffer[]
  }
}
const TEXT = 0x01

export function sharedFrame(text: string, type: string): SharedFrame {
  const parts = Sender.frame(Buffer.from(text), {
    fin: true,
    opcode: TEXT,
    mask: false,
    readOnly: true,
    rsv1: false,
  })
  return { type, bytes: Buffer.concat(parts) }
}

/** Frames in one piece, so that they leave in one write. */
export function mergeFrames(frames: readonly SharedFrame[]): Buffer {
  const [first] = frames
  return frames.length === 1 && first ? first.bytes : Buffer.concat(frames.map(({ bytes }) => bytes))
}
