// The microphone and the speaker on the hub's own board: how the microphone is, as it changes, and for the owner which
// they are, where they stand, and a test of it.

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
  const { device, speaker, area, devices, speakers, problem } = board;
  const choose = async (call: Promise<unknown>) => {
    await tellSaved(call);
    await load();
  };
  const change = (changed: Partial<BoardChoice>) =>
    choose(put("microphone", { device, speaker, area, ...changed }));
  return (
    <>
      <Devices
        label="microphoneDevice"
        chosen={device}
        all={devices}
        change={(device) => void change({ device })}
      />
      {devices.length === 0 && <p>{t(problem ? `microphone_${problem}` : "microphonesNone")}</p>}
      <Devices
        label="microphoneSpeaker"
        chosen={speaker}
        all={speakers}
        change={(speaker) => void change({ speaker })}
      />
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

function Devices(props: {
  label: Key;
  chosen: string | null;
  all: BoardMicrophones["devices"];
  change: (name: string | null) => void;
}) {
  const { label, chosen, all, change } = props;
  return (
    <label class="labelled">
      {t(label)}
      <select
        class="field"
        value={chosen ?? ""}
        onChange={(event) => change(event.currentTarget.value || null)}
      >
        <option value="">{t("microphoneNone")}</option>
        {chosen !== null && !all.some((one) => one.name === chosen) && (
          <option value={chosen}>{t("microphoneGone", { name: chosen })}</option>
        )}
        {all.map((one) => (
          <option key={one.name} value={one.name}>
            {one.description ? `${one.description} (${one.name})` : one.name}
          </option>
        ))}
      </select>
    </label>
  );
}

const STATES: Record<Status["microphone"]["state"], Key> = {
  off: "boardMicrophoneOff",
  starting: "boardMicrophoneStarting",
  listening: "boardMicrophoneListening",
  muted: "boardMicrophoneMuted",
  failed: "boardMicrophoneFailed",
};
