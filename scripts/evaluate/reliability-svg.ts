import type { ReliabilityBin } from './report.ts';
import { svgDocument } from './svg-document.ts';

const SIZE = 320;
const LEFT = 44;
const BOTTOM = 40;
const TOP = 28;

/** Confidence against accuracy, a dot for each bin; on the line the model is as sure as it is right (DeGroot and Fienberg, 1983). */
export function reliabilitySvg(bins: readonly ReliabilityBin[], ece: number): string {
  const span = SIZE - LEFT - 16;
  const x = (value: number) => (LEFT + value * span).toFixed(1);
  const y = (value: number) => (TOP + (1 - value) * span).toFixed(1);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (value) =>
      `<path class="line" d="M${x(0)} ${y(value)}H${x(1)}M${x(value)} ${y(0)}V${y(1)}"/>` +
      `<text class="soft" x="${LEFT - 6}" y="${y(value)}" text-anchor="end" dominant-baseline="middle">${value}</text>` +
      `<text class="soft" x="${x(value)}" y="${TOP + span + 16}" text-anchor="middle">${value}</text>`,
  );
  const trace = bins.map((bin, index) => `${index ? 'L' : 'M'}${x(bin.confidence)} ${y(bin.accuracy)}`);
  const dots = bins.map(
    (bin) => `<circle class="mark" cx="${x(bin.confidence)}" cy="${y(bin.accuracy)}" r="4"/>`,
  );
  const body = [
    `<text x="${LEFT}" y="18">Accuracy by confidence, error ${ece.toFixed(3)}</text>`,
    ...ticks,
    `<path class="line" stroke-dasharray="4 4" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>`,
    `<path class="trace" d="${trace.join('')}"/>`,
    ...dots,
  ];
  return svgDocument(SIZE, TOP + span + BOTTOM, 'Reliability diagram', body.join('\n'));
}
