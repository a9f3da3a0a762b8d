// The microphone on the hub's own board: how it is, as it changes, and for the owner which it is, where it stands, and
// a test of it.

import { useComputed, useSignalEffect } from "@preact/signals";
import { put, remove } from "../../api/client";
import type { BoardChoice, BoardMicrophones, Status } from "../../api/types";
import { AreaOptions } from "../../controls/area_options";
import { type Key, t } from "../../i18n/text";
import { status } from "../../state/house";
import { useLoaded } from "../../state/loaded";
import { isOwner } from "../../state/login";
import { MicrophoneTest } from "./microphone_test";
import { tellSaved } from "./saved";

export function BoardMicrophone() {
  const now = status.value;
  if (!now) return null;
  const { state, problem, reason } = now.microphone;
  const hears = now.recognizer !== "off";
  return (
    <section class="card" id="board-microphone">
      <h2>{t("boardMicrophoneTitle")}</h2>
      <p role="status">{t(hears ? STATES[state] : "boardMicrophoneDeaf")}</p>
      {problem && <p>{t(`microphone_${problem}`)}</p>}
      {reason && <p class="muted">{reason}</p>}
      {hears && isOwner() && <Choice />}
    </section>
  );
}

function Choice() {
  const [board, load] = useLoaded<BoardMicrophones>("microphone");
  const state = useComputed(() => status.value?.microphone.state);
  useSignalEffect(() => {
    // Another page may have chosen, or a device come or gone.
    void state.value;
    void load();
  });
  if (!board) return null;
  const { device, area, devices, problem } = board;
  const choose = async (call: Promise<unknown>) => {
    await tellSaved(call);
    await load();
  };
  const change = (changed: Partial<BoardChoice>) => choose(put("microphone", { device, area, ...changed }));
  return (
    <>
      <label class="labelled">
        {t("microphoneDevice")}
        <select
          class="field"
          value={device ?? ""}
          onChange={(event) => void change({ device: event.currentTarget.value || null })}
        >
          <option value="">{t("microphoneNone")}</option>
          {device !== null && !devices.some((one) => one.name === device) && (
            <option value={device}>{t("microphoneGone", { name: device })}</option>
          )}
          {devices.map((one) => (
            <option key={one.name} value={one.name}>
              {one.description ? `${one.description} (${one.name})` : one.name}
            </option>
          ))}
        </select>
      </label>
      {devices.length === 0 && <p>{t(problem ? `microphone_${problem}` : "microphonesNone")}</p>}
      <label class="labelled">
        {t("microphoneArea")}
        <select
          class="field"
          value={area ?? ""}
          onChange={(event) => void change({ area: event.currentTarget.value || null })}
        >
          <AreaOptions none="noRoom" />
        </select>
      </label>
      <div class="row">
        <button type="button" class="button quiet" onClick={() => void load()}>
          {t("microphonesAgain")}
        </button>
        {board.chosen && (
          <button type="button" class="button quiet" onClick={() => void choose(remove("microphone"))}>
            {t("microphoneAsConfigured")}
          </button>
        )}
      </div>
      {device !== null && <MicrophoneTest />}
    </>
  );
}

const STATES: Record<Status["microphone"]["state"], Key> = {
  off: "boardMicrophoneOff",
  starting: "boardMicrophoneStarting",
  listening: "boardMicrophoneListening",
  muted: "boardMicrophoneMuted",
  failed: "boardMicrophoneFailed",
};
