/**
 * The function, which remembers its last answer: a fan-out asks the same for each of thousands of receivers. By
 * identity of the argument, which must not change afterwards.
 */
export function remembered<Key extends object, Answer>(compute: (key: Key) => Answer): (key: Key) => Answer {
  let last: Key | undefined
  let answer: Answer | undefined
  return key => {
    if (key !== last) {
      answer = compute(key)
      last = key
    }
    return answer as Answer
  }
}
