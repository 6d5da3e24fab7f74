import type { ImportGraph, ImportHolon } from '@map/sdk';

/**
 * Types for the tests, on top of the core schema: `Note` with a property of each kind, notes citing notes (ordered, with
 * the inverse `CitedBy`).
 */
export const NOTE_TYPES: ImportGraph = {
  meta: { description: 'Types for end-to-end tests.' },
  holons: [
    type('Note', 'MetaHolonType.MetaTypeDescriptor', 'HolonType.TypeDescriptor', {}, {
      InstanceProperties: ['Title', 'Pages', 'Rating', 'Done', 'WrittenAt', 'Scan', 'Tags', 'Fate'].map((name) => `${name}.PropertyType`),
      InstanceRelationships: ['(Note.HolonType)-[Cites]->(Note.HolonType)'],
    }),
    type('TextList', 'MetaValueArrayValueType.MetaValueType', 'MapValueArrayType.ValueArrayValueType', {}, {
      ElementValueType: ['MapStringValueType.StringValueType'],
    }),
    property('Title', 'MapStringValueType.StringValueType'),
    property('Pages', 'MapIntegerValueType.IntegerValueType'),
    property('Rating', 'MapDoubleValueType.DoubleValueType'),
    property('Done', 'MapBooleanValueType.BooleanValueType'),
    property('WrittenAt', 'MapTimestampValueType.TimestampValueType'),
    property('Scan', 'MapBytesValueType.BytesValueType'),
    property('Tags', 'TextList.MapValueArrayType'),
    property('Fate', 'DeletionSemantic.MapEnumValueType'),
    relationship('Cites', 'Declared', { IsDefinitional: true, IsOrdered: true, MinCardinality: 0, DeletionSemantic: 'Allow' }, {
      HasInverse: ['(Note.HolonType)-[CitedBy]->(Note.HolonType)'],
    }),
    relationship('CitedBy', 'Inverse', { MinCardinality: 0, DeletionSemantic: 'Allow' }),
  ],
};

/** A note for an import file. */
export function noteHolon(key: string, cites: readonly string[] = []): ImportHolon {
  const relationships = cites.length > 0 ? [{ name: 'Cites', target: cites.map(($ref) => ({ $ref })) }] : [];
  return { key, type: 'Note.HolonType', properties: { Title: `The note ${key}` }, relationships };
}

function property(name: string, valueType: string): ImportHolon {
  return type(name, 'MetaPropertyType.MetaTypeDescriptor', 'PropertyType.TypeDescriptor', {}, { ValueType: [valueType] });
}

function relationship(
  name: string, direction: 'Declared' | 'Inverse', properties: ImportHolon['properties'], targets: Targets = {},
): ImportHolon {
  const described = type(name, `Meta${direction}RelationshipType.MetaRelationshipType`, `${direction}RelationshipType.RelationshipType`,
    properties, { SourceType: ['Note.HolonType'], TargetType: ['Note.HolonType'], ...targets });
  return { ...described, key: `(Note.HolonType)-[${name}]->(Note.HolonType)` };
}

type Targets = Readonly<Record<string, readonly string[]>>;

function type(name: string, meta: string, extended: string, properties: ImportHolon['properties'], targets: Targets): ImportHolon {
  const [root = ''] = extended.split('.');
  return {
    key: `${name}.${root}`,
    type: meta,
    properties: {
      TypeName: name,
      TypeNamePlural: `${name}s`,
      DisplayName: name,
      DisplayNamePlural: `${name}s`,
      Description: `For tests: ${name}.`,
      ...properties,
    },
    relationships: Object.entries({ Extends: [extended], ComponentOf: ['MAP Core Schema'], ...targets })
      .map(([relation, keys]) => ({ name: relation, target: keys.map(($ref) => ({ $ref })) })),
  };
}
