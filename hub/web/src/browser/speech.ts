// The browser's own voice, for replies to what was spoken. It falls silent as soon as someone speaks.

/** Says a text, and then `done`; at once where the browser has no voice. */
export function speak(text: string, tag: string, done: () => void): void {
  if (typeof speechSynthesis === "undefined" || !text) {
    done();
    return;
  }
  speechSynthesis.cancel();
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = tag;
  let isDone = false;
  const once = () => {
    if (!isDone) done();
    isDone = true;
  };
  utterance.onend = once;
  utterance.onerror = once;
  // A browser without any voice for a language says nothing and never ends.
  setTimeout(once, LONGEST_MS);
  speechSynthesis.speak(utterance);
}

export function hush(): void {
  if (typeof speechSynthesis !== "undefined") speechSynthesis.cancel();
}

const LONGEST_MS = 15_000;
