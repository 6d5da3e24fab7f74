import { Holon, type NewHolonContent } from '../holon.js';
import { propertiesToWire } from './values.js';

/** What a new holon starts with, as commands have it. */
export function contentToWire(content: NewHolonContent) {
  const { type, key, properties = {}, relationships = {} } = content;
  return {
    ...(type ? { descriptor: Holon.referenceOf(type) } : {}),
    ...(key === undefined ? {} : { key }),
    properties: propertiesToWire(properties),
    relationships: Object.entries(relationships).map(([name, targets]) =>
      ({ name, targets: (targets instanceof Holon ? [targets] : targets).map((target) => Holon.referenceOf(target)) })),
  };
}
