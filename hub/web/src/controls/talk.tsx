// The button that one speaks to, what is heard while one does, and the switch that makes the hub deaf.

import { useRef } from "preact/hooks";
import { t } from "../i18n/text";
import { finish, level, mute, partial, stop, talk, talking } from "../state/hearing";
import { status } from "../state/house";
import { Icon } from "./icons";

/** Speaks to the hub. A touch listens until nobody speaks; held, it listens until it is let go. */
export function TalkButton() {
  const now = talking.value;
  const isOff = now === "off";
  const house = status.value;
  const cannot = house?.recognizer === "broken" || house?.recognizer === "off" || house?.muted === true;
  // Kept over drawings: the button is drawn anew while it is pressed.
  const heldSince = useRef(0);
  const press = (event: PointerEvent) => {
    heldSince.current = event.timeStamp;
    void talk();
  };
  const release = (event: PointerEvent) => {
    if (HELD_MS < event.timeStamp - heldSince.current) finish();
  };
  // A keyboard or a screen reader clicks without a pointer.
  const click = (event: MouseEvent) => {
    if (event.detail === 0) void talk();
  };
  return (
    <button
      type="button"
      class={`talk ${now}`}
      aria-label={t(isOff ? "talk" : "talkEnd")}
      aria-pressed={!isOff}
      disabled={cannot}
      title={cannot ? t(house?.muted ? "deaf" : "noRecognizer") : undefined}
      onPointerDown={press}
      onPointerUp={release}
      onClick={click}
    >
      <Icon name="mic" />
    </button>
  );
}

/** What is heard, while it is. */
export function TalkPanel() {
  const now = talking.value;
  if (now === "off") return null;
  return (
    <div class="talk-panel" role="status">
      <Meter />
      <p class={partial.value ? "" : "muted"}>{partial.value || t(`talk_${now}`)}</p>
      <button type="button" class="button quiet" onClick={stop}>
        {t("cancel")}
      </button>
    </div>
  );
}

/** How loud it is. Drawn by itself, so that sound draws nothing else anew. */
function Meter() {
  return (
    <span class="meter" aria-hidden="true">
      {BARS.map((share) => (
        <i
          key={share}
          style={{ transform: `scaleY(${0.12 + 0.88 * Math.min(level.value * share * 2, 1)})` }}
        />
      ))}
    </span>
  );
}

/** Makes the hub deaf; seen on every screen. */
export function MuteButton() {
  const isMuted = status.value?.muted === true;
  if (!status.value) return null;
  return (
    <button
      type="button"
      class={`mute ${isMuted ? "is-muted" : ""}`}
      aria-pressed={isMuted}
      aria-label={t("deafen")}
      title={t(isMuted ? "deaf" : "deafen")}
      onClick={() => void mute(!isMuted)}
    >
      <Icon name={isMuted ? "mic_off" : "mic"} size={20} />
    </button>
  );
}

/** Longer than a touch. */
const HELD_MS = 450;
const BARS = [0.5, 0.8, 1, 0.75, 0.45];
