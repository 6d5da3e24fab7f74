import * as map from './imports'
import { shortened, Text } from './text'

/** Lines in the daemon's log. A call writes at most 1,000; more are dropped. Long ones are cut off. */
export namespace log {
  /** For whoever develops the guest; the daemon drops it unless asked to keep it. */
  export function debug(message: string): void {
    write(0, message)
  }

  /** For whoever runs the daemon. */
  export function information(message: string): void {
    write(1, message)
  }

  /** What somebody should look at. */
  export function warning(message: string): void {
    write(2, message)
  }
}

function write(level: i32, message: string): void {
  const text = new Text(shortened(message))
  map.log(level, text.address, text.length)
}
