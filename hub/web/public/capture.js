// Sound of the microphone as the hub hears it: 16,000 samples a second of 16 bits. Runs where the browser handles sound.

const RATE = 16000;
/** Samples of one message: a sixteenth of a second. */
const PIECE = 1000;
/** How many samples to each side a new one is made of, at the lower of both rates. */
const REACH = 12;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / RATE;
    this.past = new Float32Array(0);
    this.at = 0;
    this.piece = new Int16Array(PIECE);
    this.filled = 0;
    this.loudest = 0;
  }

  process([input]) {
    const sound = input?.[0];
    if (!sound) return true;
    const whole = new Float32Array(this.past.length + sound.length);
    whole.set(this.past);
    whole.set(sound, this.past.length);
    const reach = REACH * Math.max(this.step, 1);
    while (this.at + reach < whole.length) {
      this.put(between(whole, this.at, this.step));
      this.at += this.step;
    }
    const done = Math.max(Math.floor(this.at - reach), 0);
    this.past = whole.slice(done);
    this.at -= done;
    return true;
  }

  put(sample) {
    this.loudest = Math.max(this.loudest, Math.abs(sample));
    this.piece[this.filled++] = Math.round(Math.min(Math.max(sample, -1), 1) * 32767);
    if (this.filled < PIECE) return;
    const samples = this.piece;
    this.port.postMessage({ samples, level: this.loudest }, [samples.buffer]);
    this.piece = new Int16Array(PIECE);
    this.filled = 0;
    this.loudest = 0;
  }
}

/** The value at a place between samples, without what the new rate can't hold. */
function between(sound, at, step) {
  const width = Math.max(step, 1);
  const first = Math.max(Math.ceil(at - REACH * width), 0);
  const last = Math.min(Math.floor(at + REACH * width), sound.length - 1);
  let sum = 0;
  let weights = 0;
  for (let index = first; index <= last; index++) {
    const x = (index - at) / width;
    const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    const weight = sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / REACH));
    sum += sound[index] * weight;
    weights += weight;
  }
  return weights === 0 ? 0 : sum / weights;
}

registerProcessor("capture", Capture);
