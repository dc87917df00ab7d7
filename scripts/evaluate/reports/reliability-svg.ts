import type { ReliabilityBin } from './report.ts';
import { svgDocument } from './svg-document.ts';

const SPAN = 260;
const LEFT = 60;
const TOP = 36;
const RIGHT = 20;
const BOTTOM = 52;

/** Confidence against accuracy, a dot for each bin; on the line the model is as sure as it is right (DeGroot and Fienberg, 1983). */
export function reliabilitySvg(bins: readonly ReliabilityBin[], ece: number): string {
  const x = (value: number) => (LEFT + value * SPAN).toFixed(1);
  const y = (value: number) => (TOP + (1 - value) * SPAN).toFixed(1);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (value) =>
      `<path class="line" d="M${x(0)} ${y(value)}H${x(1)}M${x(value)} ${y(0)}V${y(1)}"/>` +
      `<text class="soft" x="${LEFT - 8}" y="${y(value)}" text-anchor="end" dominant-baseline="middle">${value}</text>` +
      `<text class="soft" x="${x(value)}" y="${TOP + SPAN + 18}" text-anchor="middle">${value}</text>`,
  );
  const trace = bins.map((bin, index) => `${index ? 'L' : 'M'}${x(bin.confidence)} ${y(bin.accuracy)}`);
  const dots = bins.map(
    (bin) => `<circle class="mark" cx="${x(bin.confidence)}" cy="${y(bin.accuracy)}" r="3.5"/>`,
  );
  const [middle, centre] = [LEFT + SPAN / 2, TOP + SPAN / 2];
  const body = [
    `<text x="16" y="20">Accuracy by confidence, calibration error ${ece.toFixed(3)}</text>`,
    ...ticks,
    `<text class="soft" x="${middle}" y="${TOP + SPAN + 40}" text-anchor="middle">confidence</text>`,
    `<text class="soft" transform="translate(18 ${centre}) rotate(-90)" text-anchor="middle">accuracy</text>`,
    `<path class="ideal" stroke-dasharray="5 4" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>`,
    `<path class="trace" d="${trace.join('')}"/>`,
    ...dots,
  ];
  return svgDocument(LEFT + SPAN + RIGHT, TOP + SPAN + BOTTOM, 'Reliability diagram', body.join('\n'));
}
