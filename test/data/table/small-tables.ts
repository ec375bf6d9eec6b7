/** Five small tables as owners have them, made here; numbers follow from a public seed. */
import { publicRandom } from '../../../src/data/random.js';

const random = publicRandom(7);
const normal = (): number =>
  Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
const times = (rows: number, row: (i: number) => string): string =>
  Array.from({ length: rows }, (_, i) => row(i)).join('\n');

const KINDS = ['setosa', 'versicolor', 'virginica'];

/** 150 flowers of three kinds, in text, by four lengths. */
export const flowers = `sepal,petal,width,colour,kind\n${times(150, (i) => {
  const kind = i % 3;
  const [sepal, petal, width] = [5 + kind * 0.8, 1.5 + kind * 1.8, 0.3 + kind * 0.8];
  const cells = [sepal + 0.4 * normal(), petal + 0.3 * normal(), width + 0.15 * normal()];
  return `${cells.map((cell) => cell.toFixed(1))},${['blue', 'white'][random.below(2)]},${KINDS[kind]}`;
})}\n`;

/** 240 houses with prices in the hundreds. */
export const houses = `area,rooms,age,heating,price\n${times(240, () => {
  const [area, rooms, age] = [60 + 30 * normal(), 2 + random.below(4), random.below(60)];
  const heating = random.below(3);
  const price = 120 + 2.5 * area + 25 * rooms - 1.2 * age + 30 * heating + 15 * normal();
  return `${area.toFixed(1)},${rooms},${age},${['gas', 'oil', 'district'][heating]},${price.toFixed(0)}`;
})}\n`;

/** 200 patients; a cell in twelve of two columns is missing, in the ways that are known. */
export const patients = `age,pressure,smoker,outcome\n${times(200, (i) => {
  const [age, pressure, smoker] = [50 + 12 * normal(), 130 + 15 * normal(), random.below(2)];
  const risk = (age - 50) / 12 + (pressure - 130) / 15 + 1.5 * smoker - 0.7;
  const gone = ['', 'NA', '?', 'NaN', 'null'][i % 5];
  const cells = [age.toFixed(0), pressure.toFixed(0)].map((cell) => (random.below(12) === 0 ? gone : cell));
  return `${cells},${smoker ? 'yes' : 'no'},${risk + 0.3 * normal() > 0 ? 'ill' : 'well'}`;
})}\n`;

/** 180 measurements of machines, of which nine failed. */
export const machines = `heat,hum,state\n${times(180, (i) => {
  const failed = i % 20 === 7;
  return `${(failed ? 95 : 60) + 8 * normal()},${(failed ? 4 : 2) + 0.4 * normal()},${failed ? 2 : 1}`;
})}\n`;

/** 160 rows with semicolons and decimal commas, two targets. */
export const commas = `zeit;druck;stoff;ertrag;rest\n${times(160, () => {
  const [time, pressure, substance] = [2 + 8 * random.uniform(), 1 + 0.2 * normal(), random.below(2)];
  const gain = 3 * time + 20 * pressure + 8 * substance;
  const cells = [gain + normal(), 60 - gain / 2 + normal()];
  const comma = (value: number): string => value.toFixed(2).replace('.', ',');
  return `${comma(time)};${comma(pressure)};${['A', 'B'][substance]};${cells.map(comma).join(';')}`;
})}\n`;
