// Checks the core schema and the sample library as one set, without the daemon.
//
//   node samples/check.mjs
//
// It judges holons by the descriptors it reads, as the daemon does, so a mistake in a descriptor
// shows up in the holons that rely on it. Prints counts per type, then every problem with its file
// and key, and ends with 1 if there is any.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const sets = { core: '../schemas/core/', library: 'library/' };
const holons = [];            // embedded ones included
const byKey = new Map();      // key -> holons of that key
const perFile = [];
const problems = [];
const problem = (h, text) => problems.push(`${h.file}: ${h.key ?? `(keyless ${h.type} in ${h.owner})`}: ${text}`);
const list = x => (Array.isArray(x) ? x : [x]);

// ---- reading
function add(raw, file, owner) {
  const h = { file, owner, key: raw.key, type: raw.type, props: raw.properties, targets: new Map() };
  for (const name of Object.keys(raw))
    if (!['key', 'type', 'properties', 'relationships'].includes(name)) problem(h, `unknown member ${name}`);
  if (typeof h.type !== 'string') problem(h, 'no type');
  if (typeof h.props !== 'object') { problem(h, 'no properties'); h.props = {}; }
  if ('Key' in h.props) problem(h, 'the key is written as a property, too');
  holons.push(h);
  if (h.key !== undefined) byKey.set(h.key, [...(byKey.get(h.key) ?? []), h]);
  for (const { name, target, ...rest } of raw.relationships ?? []) {
    if (Object.keys(rest).length) problem(h, `${name}: unknown member ${Object.keys(rest)}`);
    if (h.targets.has(name)) problem(h, `${name} is given twice`);
    // An embedded holon is stored as itself, everything else as the key to look up later:
    // a key may be defined further down or in another file.
    h.targets.set(name, list(target).map(t =>
      typeof t === 'string' ? t : t.$ref ?? (t.type ? add(t, file, owner ?? h.key) : JSON.stringify(t))));
  }
  return h;
}

for (const [set, dir] of Object.entries(sets)) {
  const folder = fileURLToPath(new URL(dir, import.meta.url));
  for (const name of readdirSync(folder).filter(f => f.endsWith('.json')).sort()) {
    const file = `${set}/${name}`, before = holons.length;
    try {
      const json = JSON.parse(readFileSync(folder + name, 'utf8'));
      for (const other of json.meta?.load_with ?? [])
        try { readFileSync(new URL(dir + other, import.meta.url)); } catch { problems.push(`${file}: load_with: no file ${other}`); }
      for (const raw of json.holons) add(raw, file);
    } catch (e) { problems.push(`${file}: ${e.message}`); }
    const mine = holons.slice(before);
    perFile.push([file, mine.length, mine.reduce((n, h) => n + [...h.targets.values()].flat().length, 0)]);
  }
}

// ---- references and lineages
function find(h, ref, what) {
  if (typeof ref === 'object') return ref; // embedded
  const hits = byKey.get(ref.replace(/^#/, '')) ?? [];
  if (hits.length === 1) return hits[0];
  problem(h, hits.length ? `${what}: ${ref} is ambiguous` : `${what}: ${ref} not found`);
}

for (const [key, all] of byKey)
  if (new Set(all.map(h => h.type)).size < all.length) problem(all[1], `the key occurs more than once in its type`);
for (const h of holons) {
  h.descriptor = find(h, h.type ?? '', 'type');
  for (const [name, refs] of h.targets) h.targets.set(name, refs.map(r => find(h, r, name)).filter(Boolean));
}

const targets = (h, name) => h.targets.get(name) ?? [];

// A type and everything it extends, nearest first.
function lineage(type) {
  if (!type) return [];
  if (type.lineage) return type.lineage;
  const all = [];
  for (let t = type; t; t = targets(t, 'Extends')[0]) {
    if (all.includes(t)) { problem(type, 'Extends leads back to the start'); break; }
    all.push(t);
  }
  return (type.lineage = all);
}
const reaches = (type, key) => lineage(type).some(t => t.key === key);
const isDescriptor = h => reaches(h.descriptor, 'MetaTypeDescriptor.HolonType');

// Does a holon stand for this end of a relationship? An ordinary holon does by what describes it.
// A descriptor may also do so by what it extends: the target of ValueType is a value type, not an
// instance of one. TypeDescriptor is at the root of every lineage, so only the latter counts there.
const fits = (h, end) => reaches(h, end.key) || (end.key !== 'TypeDescriptor' && reaches(h.descriptor, end.key));

// What the instances of a type may and must carry. The first found wins: it is the nearest.
function contract(type) {
  if (type.contract) return type.contract;
  const c = { props: new Map(), rels: new Map(), rule: undefined };
  for (const t of lineage(type)) {
    for (const p of targets(t, 'InstanceProperties')) if (!c.props.has(p.props.TypeName)) c.props.set(p.props.TypeName, p);
    for (const r of targets(t, 'InstanceRelationships')) if (!c.rels.has(r.props.TypeName)) c.rels.set(r.props.TypeName, r);
    c.rule ??= targets(t, 'InstanceKeyRule')[0];
    c.open ||= t.props.AllowsAdditionalProperties;
    c.openRels ||= t.props.AllowsAdditionalRelationships;
  }
  return (type.contract = c);
}

// ---- values
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const kinds = {
  'StringValueType.ValueType': v => typeof v === 'string',
  'IntegerValueType.ValueType': v => Number.isSafeInteger(v),
  'DoubleValueType.ValueType': v => Number.isFinite(v),
  'BooleanValueType.ValueType': v => typeof v === 'boolean',
  'BytesValueType.ValueType': v => typeof v === 'string' && /^[A-Za-z0-9+/]*=*$/.test(v),
  'TimestampValueType.ValueType': v => dateTime.test(v) && !Number.isNaN(Date.parse(v)),
  'EnumVariantValueType.ValueType': () => false,
};
const limits = {
  MinimumLength: (v, c) => [...v].length >= c.ConstraintLength,
  MaximumLength: (v, c) => [...v].length <= c.ConstraintLength,
  MinimumValue: (v, c) => above(v, c.ConstraintIntegerValue ?? c.ConstraintDoubleValue, c),
  MaximumValue: (v, c) => above(c.ConstraintIntegerValue ?? c.ConstraintDoubleValue, v, c),
  MinimumItems: (v, c) => v.length >= c.ConstraintItemCount,
  MaximumItems: (v, c) => v.length <= c.ConstraintItemCount,
  UniqueItems: (v, c) => c.ConstraintEnabled === false || new Set(v).size === v.length,
};
const above = (a, b, c) => a > b || (a === b && c.ConstraintIsInclusive !== false);

function checkValue(h, name, value, type) {
  const roots = lineage(type).map(t => t.key);
  if (roots.includes('EnumValueType.ValueType')) {
    const names = lineage(type).flatMap(t => targets(t, 'Variants')).map(v => v.props.TypeName);
    if (!names.includes(value)) problem(h, `${name}: ${value} is none of ${names.join(', ')}`);
  } else if (roots.includes('ValueArrayValueType.ValueType')) {
    if (!Array.isArray(value)) return problem(h, `${name} is not an array`);
    const element = lineage(type).flatMap(t => targets(t, 'ElementValueType'))[0];
    for (const v of value) checkValue(h, name, v, element);
  } else {
    const root = roots.find(r => kinds[r]);
    if (root ? !kinds[root](value) : type.key !== 'BaseValueValueType.ValueType')
      return problem(h, `${name}: ${JSON.stringify(value)} is no ${type.key}`);
  }
  for (const c of lineage(type).flatMap(t => targets(t, 'Constraints'))) {
    const limit = c.descriptor?.props.TypeName;
    if (!limits[limit]) problem(h, `${name}: unknown constraint ${c.type}`);
    else if (!limits[limit](value, c.props)) problem(h, `${name}: ${JSON.stringify(value)} breaks ${limit} of ${type.key}`);
  }
}

// ---- keys
const enumOf = new Map(holons.flatMap(h => targets(h, 'Variants').map(v => [v, h])));
const typeName = h => h?.props.TypeName;
const keyOf = {
  NoneRule: h => h.key,
  TypeNameRule: typeName,
  SchemaNameRule: h => h.props.SchemaName,
  DescribedTypeRule: h => `${typeName(h)}.${typeName(h.descriptor)}`,
  ExtendedTypeRule: h => [typeName(h), ...targets(h, 'Extends').map(typeName)].join('.'),
  EnumVariantRule: h => `${enumOf.get(h)?.key}.${typeName(h)}`,
  RelationshipRule: h => `(${targets(h, 'SourceType')[0]?.key})-[${typeName(h)}]->(${targets(h, 'TargetType')[0]?.key})`,
};

function expectedKey(h, rule) {
  if (rule.descriptor?.key !== 'FormatRule.KeyRuleType') return keyOf[typeName(rule)]?.(h);
  const values = targets(rule, 'TemplateParameters').map(p => h.props[typeName(p)]);
  return rule.props.TemplateString.replace(/\{(\d+)\}/g, (_, i) => values[i]);
}

// ---- every holon against its type
function checkCount(h, name, count, rel) {
  const { MinCardinality: min = 0, MaxCardinality: max = Infinity } = rel.props;
  if (count < min || count > max) problem(h, `${name}: ${count} targets, allowed are ${min} to ${max}`);
}

function checkHolon(h) {
  if (!h.descriptor) return;
  const { props, rels, rule, open, openRels } = contract(h.descriptor);
  if (!isDescriptor(h.descriptor)) problem(h, `type: ${h.type} is not a type`);
  if (h.descriptor.props.IsAbstractType) problem(h, `type: ${h.type} is abstract`);
  for (const [name, value] of Object.entries(h.props)) {
    const valueType = props.has(name) && targets(props.get(name), 'ValueType')[0];
    if (valueType) checkValue(h, name, value, valueType);
    else if (!open) problem(h, `unknown property ${name}`);
  }
  for (const [name, { props: p }] of props)
    if (p.IsValueRequired && p.DefaultValue === undefined && h.props[name] === undefined) problem(h, `${name} is missing`);
  for (const [name, found] of h.targets) {
    const rel = rels.get(name);
    if (!rel) { if (!openRels) problem(h, `unknown relationship ${name}`); continue; }
    const [source] = targets(rel, 'SourceType'), [end] = targets(rel, 'TargetType');
    if (!fits(h, source)) problem(h, `${name} starts from ${source.key}`);
    for (const t of found) if (!fits(t, end)) problem(h, `${name}: ${t.key} is no ${end.key}`);
    if (!rel.props.AllowsDuplicates && new Set(found).size < found.length) problem(h, `${name}: a target twice`);
  }
  for (const [name, rel] of rels)
    checkCount(h, name, name === 'DescribedBy' ? 1 : targets(h, name).length, rel);
  if (rule && h.key !== expectedKey(h, rule)) problem(h, `by ${rule.key} the key is ${expectedKey(h, rule)}`);
}

// ---- descriptors
// What extends the left must be described by the right. Abstract types are exempt: they cannot
// meet the demands that a meta type makes, and it is enough that a holon type describes them.
const metaOf = Object.entries({
  'HolonType.TypeDescriptor': 'MetaHolonType.MetaTypeDescriptor',
  'PropertyType.TypeDescriptor': 'MetaPropertyType.MetaTypeDescriptor',
  'ValueType.TypeDescriptor': 'MetaValueType.MetaTypeDescriptor',
  'DeclaredRelationshipType.RelationshipType': 'MetaDeclaredRelationshipType.MetaRelationshipType',
  'InverseRelationshipType.RelationshipType': 'MetaInverseRelationshipType.MetaRelationshipType',
  'DanceType.HolonType': 'MetaDanceType.MetaHolonType',
  ...Object.fromEntries(['String', 'Integer', 'Double', 'Bytes', 'Enum', 'EnumVariant', 'ValueArray']
    .map(n => [`${n}ValueType.ValueType`, `Meta${n}ValueType.MetaValueType`])),
});

function checkDescriptor(h) {
  if (!h.props.IsAbstractType)
    for (const [root, meta] of metaOf)
      if (reaches(h, root) && !reaches(h.descriptor, meta)) problem(h, `extends ${root}, but ${meta} does not describe it`);
  if (!reaches(h, 'TypeDescriptor')) problem(h, 'extends no kind of type');
  if (h.props.DefaultValue !== undefined) checkValue(h, 'DefaultValue', h.props.DefaultValue, targets(h, 'ValueType')[0]);
  if (h.type === metaOf[3][1]) checkInverse(h, targets(h, 'HasInverse')[0]);
}

const listed = new Set(holons.flatMap(h => targets(h, 'InstanceRelationships')));

function checkInverse(rel, inverse) {
  if (!listed.has(rel)) problem(rel, 'no type lists it in InstanceRelationships');
  if (!inverse) return problem(rel, 'has no inverse');
  for (const [a, b] of [['SourceType', 'TargetType'], ['TargetType', 'SourceType']])
    if (targets(rel, a)[0] !== targets(inverse, b)[0]) problem(rel, `${inverse.key} does not swap its ends`);
  // The same links counted at their other end: holons that nothing points to count as well.
  const [start, end] = [targets(rel, 'SourceType')[0], targets(rel, 'TargetType')[0]], counts = new Map();
  for (const h of holons)
    if (h.descriptor && contract(h.descriptor).rels.get(typeName(rel)) === rel && fits(h, start))
      for (const t of targets(h, typeName(rel))) counts.set(t, (counts.get(t) ?? 0) + 1);
  for (const h of holons)
    if (h !== end && fits(h, end) && !h.props.IsAbstractType) checkCount(h, typeName(inverse), counts.get(h) ?? 0, inverse);
}

for (const h of holons) checkHolon(h);
for (const h of holons.filter(isDescriptor)) checkDescriptor(h);

// ---- report
const perType = new Map();
for (const h of holons) perType.set(h.type, (perType.get(h.type) ?? 0) + 1);
for (const [type, count] of [...perType].sort((a, b) => b[1] - a[1])) console.log(String(count).padStart(5), type);
console.log();
for (const [file, count, refs] of perFile) console.log(`${file}: ${count} holons, ${refs} relationship targets`);
console.log(`\n${holons.length} holons, ${problems.length} problems`);
for (const p of problems) console.log(p);
process.exitCode = problems.length ? 1 : 0;
