// The microphone of this browser: held only while it is used, so that its light is on no longer than it must be.

/** Why there is no sound. */
export type NoMicrophone = "insecure" | "refused" | "missing";

export interface Microphone {
  close: () => void;
}

/** Whether a browser gives a page its microphone at all: only to one that came over HTTPS or from this machine. */
export function canListen(): boolean {
  return typeof navigator.mediaDevices?.getUserMedia === "function" && typeof AudioWorkletNode === "function";
}

/** Opens the microphone; `hear` gets its samples, 16,000 a second, and how loud they are, 0–1. */
export async function openMicrophone(
  hear: (samples: Int16Array<ArrayBuffer>, level: number) => void,
): Promise<Microphone> {
  if (!canListen()) throw new Error("insecure" satisfies NoMicrophone);
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (error) {
    const isMissing = error instanceof DOMException && error.name === "NotFoundError";
    throw new Error((isMissing ? "missing" : "refused") satisfies NoMicrophone);
  }
  const context = new AudioContext();
  const close = () => {
    for (const track of stream.getTracks()) track.stop();
    void context.close().catch(() => undefined);
  };
  try {
    await context.audioWorklet.addModule("capture.js");
    const capture = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0 });
    capture.port.onmessage = ({ data }: MessageEvent<{ samples: Int16Array<ArrayBuffer>; level: number }>) =>
      hear(data.samples, data.level);
    context.createMediaStreamSource(stream).connect(capture);
    await context.resume();
  } catch (error) {
    close();
    throw error;
  }
  return { close };
}
