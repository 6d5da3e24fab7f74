export { Call, Dance, Validator } from './calls'
export { Holon, Holons, Phase } from './holons'
export { log } from './log'
export { EnumValue, enumValue, Kind, Timestamp, Value } from './values'
