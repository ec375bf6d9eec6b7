/** The word that somebody may have meant. */

/** Changes of one letter, and neighbours that change places, that turn one word into the other (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const changed = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      next.push(swapped ? Math.min(changed, before[j - 2] + 1) : changed);
    }
    [before, row] = [row, next];
  }
  return row[b.length];
}

/** The nearest of `words`, if one is near: at most a third of its letters differ, or it begins with `word`. */
export function nearest(word: string, words: readonly string[]): string | null {
  const close = words
    .map((candidate) => ({ candidate, off: candidate.startsWith(word) ? 0 : distance(word, candidate) }))
    .filter(({ candidate, off }) => off <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.off - b.off);
  return word === '' ? null : (close[0]?.candidate ?? null);
}
