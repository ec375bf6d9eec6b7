/** A page of one run or several: one HTML file that needs no network and no script. */
import { VERSION } from '../version.js';
import { layerFigure, roleFigure } from './costs.js';
import { type Drawing, drawing } from './drawing.js';
import type { Figure, Key } from './figure.js';
import { bytes, count, duration, percent } from './format.js';
import { escapeHtml, scriptJson } from './html.js';
import { comparisonFigure, lossFigure, scoreFigure } from './learning.js';
import { complexityFigure, headRoomFigure, pictureFigure } from './more-figures.js';
import type { RunData } from './run-data.js';
import { STYLE } from './style.js';

/** Nothing of the page may come from elsewhere, and nothing in it runs. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** A part of a page. */
interface Section {
  readonly title: string;
  readonly lead: string;
  /** HTML. */
  readonly body: string;
}

/**
 * The page of runs, with the numbers of all its figures as JSON in `<script type="application/json" id="data">`:
 * `{ version, runs: [...] }`.
 */
export const reportPage = (runs: readonly RunData[]): Promise<string> =>
  htmlPage(runs.map(({ title }) => title).join('; '), { runs }, (tools) =>
    runs.map((run, r) => ({
      title: run.title,
      lead: leadOf(run),
      body: `${factsHtml(run)}\n${figuresHtml(figuresOf(tools, run), r)}`,
    })),
  );

/** A page of sections. @param data what stands in it for machines, beside the version */
export async function htmlPage(
  title: string,
  data: object,
  sections: (tools: Drawing) => readonly Section[],
): Promise<string> {
  const made = sections(await drawing());
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}: training on secret shares</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>beaverdam: training on secret shares</h1>
${made.map(sectionHtml).join('\n')}
<footer>Made by beaverdam ${VERSION} from ${made.length === 1 ? 'a real run' : 'real runs'}. All roles ran in one process, which protects nothing from whoever owns the process: it shows what the protocol computes and what it costs. Times are those of this machine, with whatever else it did. The numbers of all figures are in this file as JSON.</footer>
</main>
<script type="application/json" id="data">${scriptJson({ version: VERSION, ...data })}</script>
</body>
</html>
`;
}

const sectionHtml = ({ title, lead, body }: Section): string => `<section class="run">
<h2>${escapeHtml(title)}</h2>
<p class="lead">${escapeHtml(lead)}</p>
${body}
</section>`;

const figuresOf = (tools: Drawing, run: RunData): Figure[] =>
  [
    lossFigure(tools, run),
    scoreFigure(tools, run),
    comparisonFigure(tools, run),
    roleFigure(tools, run),
    layerFigure(tools, run),
    headRoomFigure(tools, run),
    complexityFigure(tools, run),
    pictureFigure(run),
  ].filter((figure) => figure !== null);

/** Figures in HTML. @param place of their section in the page */
export const figuresHtml = (figures: readonly Figure[], place: number): string => `<div class="figures">
${figures.map((figure) => figureHtml(figure, place)).join('\n')}
</div>`;

function leadOf({
  network,
  parameters,
  rows,
  unit,
  parties,
  epochs,
  batchSize,
  ring,
  fractionBits,
  provider,
}: RunData): string {
  const names = new Intl.ListFormat('en').format(parties);
  return `A network ${network} with ${count(parameters)} parameters, trained for ${epochs.length} ${epochs.length === 1 ? 'epoch' : 'epochs'} on ${count(rows.train)} ${unit} of ${names} in batches of ${batchSize}, tested on ${count(rows.test)}. Numbers are modulo ${ring === 64 ? '2⁶⁴' : '2³²'} with ${fractionBits} fraction bits; ${provider} deals the randomness.`;
}

function factsHtml({ measure, trainings, result }: RunData): string {
  const [shares, plain] = trainings;
  const score = (value: number) => (measure === 'accuracy' ? percent(value) : value.toFixed(3));
  const number = (key: string) => Number(result[key] ?? Number.NaN);
  const facts: [string, string, string][] = [
    [`${measure} on shares`, score(shares.score), plain ? `in clear ${score(plain.score)}` : ''],
    ['time on shares', duration(shares.seconds), plain ? `in clear ${duration(plain.seconds)}` : ''],
    ['rounds', count(number('rounds')), 'of the whole training'],
    ['sent among the parties', bytes(number('bytesOnline')), 'by all together'],
    ['dealt', bytes(number('bytesDealt')), 'by the provider'],
  ];
  const entries = facts.map(
    ([term, value, more]) =>
      `<div><dt>${escapeHtml(term)}</dt><dd>${value}${more && ` <small>${more}</small>`}</dd></div>`,
  );
  return `<dl>${entries.join('')}</dl>`;
}

function figureHtml({ id, title, panels, keys, caption, wide = false }: Figure, place: number): string {
  const classes = [...(wide ? ['wide'] : []), ...(id === 'shares' ? ['pictures'] : [])].join(' ');
  const heading = (text: string | undefined) => (text === undefined ? '' : `<h4>${escapeHtml(text)}</h4>`);
  return `<figure id="${id}-${place + 1}" data-figure="${id}"${classes && ` class="${classes}"`}>
<h3>${escapeHtml(title)}</h3>
${keysHtml(keys)}
<div class="panels">${panels.map((panel) => `<div class="panel">${heading(panel.title)}${panel.body}${keysHtml(panel.keys)}</div>`).join('')}</div>
<figcaption>${escapeHtml(caption)}</figcaption>
</figure>`;
}

const keysHtml = (keys: readonly Key[] = []): string =>
  keys.length > 0 ? `<ul class="keys">${keys.map(keyHtml).join('')}</ul>` : '';

const keyHtml = ({ text, colour, stroke }: Key): string =>
  `<li><i class="${stroke ?? 'fill'}" style="--key: var(--${colour})"></i>${escapeHtml(text)}</li>`;
