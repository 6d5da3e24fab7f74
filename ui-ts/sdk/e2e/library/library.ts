// The sample library in a space of its own, and what its tests have in common.
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  CommitError, Holon,
  type CreateSpaceOptions, type MapClient, type MapProblem, type MapTransaction, type NewHolonContent, type Space,
} from '@map/sdk';
import { expect } from 'vitest';
import { failure } from '../daemon.js';

const SAMPLES = fileURLToPath(new URL('../../../../samples/library/', import.meta.url));

/** A space with the sample library. */
export async function libraryIn(client: MapClient, name: string, options: CreateSpaceOptions = {}): Promise<Space> {
  const space = await client.spaces.create(name, options);
  await using tx = await space.begin({ label: 'the sample library' });
  const names = (await readdir(SAMPLES)).filter((file) => file.endsWith('.json')).sort();
  await tx.loadHolons({ files: names.map((file) => SAMPLES + file) });
  expect(await tx.validate()).toEqual({ errors: [], warnings: [] });
  await tx.commit();
  return space;
}

/** Stages a holon of a type of the library. */
export async function stage(tx: MapTransaction, type: string, content: Omit<NewHolonContent, 'type'> = {}): Promise<Holon> {
  return tx.stageNewHolon({ type: await tx.getByKey(`${type}.HolonType`), ...content });
}

/** Stages a novel by Jane Austen with which nothing is wrong, but for what the given properties make of it. */
export async function stageNovel(tx: MapTransaction, properties: NewHolonContent['properties'] = {}): Promise<Holon> {
  const author = await tx.getByKey('Austen, Jane');
  return stage(tx, 'Book', { properties: { Title: 'Lady Susan', Form: 'Novel', ...properties }, relationships: { AuthoredBy: author } });
}

/** The local id of a holon, by which messages name one without a key. */
export async function localId(holon: Holon): Promise<string> {
  return (await holon.id()).toString().split('/')[1] ?? '';
}

/** A finding without what differs from run to run. */
export interface Finding {
  readonly code: string;
  readonly rule?: string | undefined;
  readonly field?: string | undefined;
  readonly message: string;
}

export const plain = ({ code, details, field, message }: MapProblem): Finding => ({ code, rule: details.rule, field, message });

/**
 * Commits, which has to be refused by validation: with what Validate tells before, and leaving everything as it was.
 *
 * @returns what is wrong
 */
export async function refusal(tx: MapTransaction): Promise<{ summary: string; findings: MapProblem[]; message: string }> {
  const before = [await tx.stagedCount(), await tx.editStatus()];
  const { errors } = await tx.validate();
  const error = await failure(tx.commit());
  if (!(error instanceof CommitError)) throw error;
  expect(error.code).toBe('VALIDATION_FAILED');
  const [summary, ...findings] = error.errors;
  expect(findings.map(plain)).toEqual(errors.map(plain));
  expect(findings.every(({ subject }) => subject instanceof Holon)).toBe(true);
  expect([await tx.stagedCount(), await tx.editStatus()]).toEqual(before);
  return { summary: summary?.message ?? '', findings, message: error.message };
}
