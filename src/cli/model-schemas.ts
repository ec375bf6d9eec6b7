/** The JSON files beside a model. A module of its own, since zod takes a while to load and most commands read no model. */
import { z } from 'zod';

const statistics = z.strictObject({ mean: z.array(z.number()), deviation: z.array(z.number().min(0)) });

export const tableFile = z.strictObject({
  beaverdam: z.literal('table model 1'),
  title: z.string(),
  shape: z.unknown(),
  targets: statistics.nullable(),
  form: z.strictObject({ decimal: z.enum(['.', ',']), header: z.boolean() }),
  ignore: z.array(z.string()),
});

export const imageFile = z.strictObject({
  beaverdam: z.literal('image model 1'),
  title: z.string(),
  height: z.int().min(1),
  width: z.int().min(1),
  classes: z.array(z.string()).min(2),
});

export type TableFile = z.infer<typeof tableFile>;
export type ImageFile = z.infer<typeof imageFile>;

/** What is wrong with a file of a model: of what a schema finds the first, with its place. */
export const problemOf = (error: unknown): string | null => {
  if (!(error instanceof z.ZodError)) return null;
  const [{ path, message }] = error.issues;
  return path.length > 0 ? `${path.join('.')}: ${message}` : message;
};
