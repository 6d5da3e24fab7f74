import * as map from './imports'
import { Text } from './text'

/** Lines in the daemon's log. A call writes at most 1,000, of at most 4,096 bytes each; more are dropped. */
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
  const text = new Text(message)
  map.log(level, text.address, text.length)
}
