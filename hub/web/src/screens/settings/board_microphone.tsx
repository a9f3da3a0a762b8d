// How the microphone on the hub's own board is; it is chosen in the configuration.

import type { Hearing } from "../../api/types";
import { type Key, t } from "../../i18n/text";
import { useLoaded } from "../../state/loaded";

export function BoardMicrophone() {
  const [hearing] = useLoaded<Hearing>("hearing");
  if (!hearing) return null;
  const { state, reason } = hearing.microphone;
  return (
    <section class="card" id="board-microphone">
      <h2>{t("boardMicrophoneTitle")}</h2>
      <p>{t(STATES[state])}</p>
      {reason && <p class="muted">{reason}</p>}
    </section>
  );
}

const STATES: Record<Hearing["microphone"]["state"], Key> = {
  off: "boardMicrophoneOff",
  starting: "boardMicrophoneStarting",
  listening: "boardMicrophoneListening",
  muted: "boardMicrophoneMuted",
  failed: "boardMicrophoneFailed",
};
