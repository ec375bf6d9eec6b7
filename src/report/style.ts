/** How a page looks: one scale of type, one of space, colours for light and dark; on paper the light ones. */

const light = `
  --paper: #fcfbf8; --ink: #1c2422; --muted: #5c6865; --rule: #dedbd2;
  --shares: #0e7c6b; --float: #b3470f; --tensorflow: #4d52a8;
  --deep: #0e7c6b; --pale: #93cbbd;
  --work-1: #0e7c6b; --work-2: #58ac9b; --work-3: #aad6ca; --work-4: #d9b44a;
  --work-5: #b3470f; --work-6: #cfccc4; --work-7: #7d76b0;`;

const dark = `
  --paper: #141917; --ink: #e7ebe6; --muted: #9ba7a2; --rule: #303835;
  --shares: #45c4ad; --float: #f0965c; --tensorflow: #a3a7f2;
  --deep: #45c4ad; --pale: #23655a;
  --work-1: #45c4ad; --work-2: #2d8a7a; --work-3: #1f574e; --work-4: #d9b44a;
  --work-5: #f0965c; --work-6: #4a524f; --work-7: #938cc9;`;

export const STYLE = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
@media print { :root { color-scheme: light; ${light} --paper: #fff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 Charter, 'Bitstream Charter', 'Iowan Old Style', Cambria, Georgia, serif; }
main { max-width: 62rem; margin: 0 auto; padding: 3rem 1.5rem 4rem; }
h1, h2, h3, h4, dl, p, figure { margin: 0; font-weight: inherit; }
h1, h4, dl, svg, .keys, footer { font-family: system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif; }
h1 { font-size: .875rem; letter-spacing: .08em; color: var(--muted); }
h2 { font-size: 2.25rem; line-height: 1.15; margin: .25rem 0 .75rem; }
h3 { font-size: 1.25rem; line-height: 1.25; }
h4 { font-size: .8125rem; color: var(--muted); margin-bottom: .25rem; }
.run + .run { margin-top: 4rem; padding-top: 3rem; border-top: 1px solid var(--rule); }
.lead { max-width: 42rem; font-size: 1.125rem; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: 1.25rem 1.5rem;
  margin: 2rem 0 1rem; padding: 1.25rem 0; border: solid var(--rule); border-width: 1px 0; }
dt { font-size: .8125rem; color: var(--muted); }
dd { margin: 0; font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
dd small { display: block; font-size: .8125rem; color: var(--muted); }
.figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 3rem 2.5rem; margin-top: 2.5rem; }
figure.wide { grid-column: 1 / -1; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1.25rem 1.5rem; margin: .75rem 0 .5rem; }
.pictures .panels { max-width: 46rem; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); }
.panel > svg { display: block; width: 100%; height: auto; overflow: visible; }
.panel > img { display: block; width: 100%; height: auto; image-rendering: pixelated; border: 1px solid var(--rule); }
svg text { white-space: pre; }
svg [aria-label$='grid'] { stroke: var(--rule); stroke-opacity: 1; }
svg [aria-label$='tick'] { stroke: var(--rule); }
svg [aria-label$='axis label'] { fill: var(--muted); }
figcaption { font-size: .9375rem; line-height: 1.45; color: var(--muted); max-width: 44rem; }
svg + .keys { margin-left: .25rem; }
.keys { display: flex; flex-wrap: wrap; gap: .125rem 1.125rem; margin: .5rem 0 0; padding: 0; list-style: none; font-size: .8125rem; }
.keys i { display: inline-block; width: 1.375rem; vertical-align: .2em; margin-right: .4rem; border-top: 2px solid var(--key); }
.keys i.fill { width: .75rem; height: .75rem; border: 0; background: var(--key); vertical-align: -.08em; }
.keys i.thick { border-top-width: 5px; opacity: .6; vertical-align: .12em; }
.keys i.dashed { border-top-style: dashed; }
.keys i.dotted { border-top-style: dotted; }
footer { margin-top: 3.5rem; padding-top: 1rem; border-top: 1px solid var(--rule); font-size: .8125rem; color: var(--muted); }
@media screen and (max-width: 48rem) { .figures { grid-template-columns: minmax(0, 1fr); } h2 { font-size: 1.75rem; } }
@page { size: A4; margin: 16mm; }
@media print {
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  :root { font-size: 9pt; }
  dl { grid-template-columns: repeat(5, 1fr); }
  .figures { gap: 2rem 2.5rem; }
  figure, dl { break-inside: avoid; }
  h2, h3, h4 { break-after: avoid; }
  .run + .run { break-before: page; margin-top: 0; border: 0; padding: 0; }
  .panels { grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); }
}
`;
