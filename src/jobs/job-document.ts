/** Job files as text: read, written, and their JSON Schema. */
import type { JobFile } from './job-file.js';

/** Longest job file, in bytes. */
const MOST_BYTES = 2 ** 20;

/**
 * Reads a job file.
 * @param name what errors call it, its path for instance
 * @throws JobError that names the path in the file, 'roles.alice.fingerprint', and what is expected there
 */
export async function parseJobFile(name: string, text: string | Uint8Array): Promise<JobFile> {
  const { readJobFile } = await import('./job-schema.js');
  return readJobFile(name, text, MOST_BYTES);
}

/** The JSON Schema of job files (draft 2020-12), as it is published in the package. */
export async function jobFileSchema(): Promise<object> {
  const { jsonSchema } = await import('./job-schema.js');
  return jsonSchema();
}

/** A job file as it is written: a field or a short list a line. */
export function formatJobFile(job: JobFile): string {
  return `${format(job, '')}\n`;
}

const WIDTH = 110;

function format(value: unknown, indent: string): string {
  const flat = JSON.stringify(value, null, 1).replace(/\n\s*/g, ' ');
  if (typeof value !== 'object' || value === null || (indent !== '' && indent.length + flat.length < WIDTH)) {
    return flat;
  }
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    return `[\n${value.map((entry) => deeper + format(entry, deeper)).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  const lines = entries.map(([key, entry]) => `${deeper}${JSON.stringify(key)}: ${format(entry, deeper)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}
