/** Pieces of work with their milliseconds in, pieces a second over the last moments out. */
const windowMs = 5000;

export interface Speedometer {
  add(amount: number, ms: number): void;
  perSecond(): number;
}

export function createSpeedometer(): Speedometer {
  const samples: { amount: number; ms: number }[] = [];
  const sum = (key: 'amount' | 'ms') => samples.reduce((total, sample) => total + sample[key], 0);
  return {
    add(amount, ms) {
      samples.push({ amount, ms });
      while (samples.length > 1 && sum('ms') - (samples[0]?.ms ?? 0) > windowMs) samples.shift();
    },
    perSecond: () => (sum('ms') > 0 ? (sum('amount') / sum('ms')) * 1000 : 0),
  };
}
