// Rooms: what they are called, and on which floor they lie.

import { useState } from "preact/hooks";
import { patch, remove } from "../../api/client";
import type { Area, Floor } from "../../api/types";
import { submit } from "../../controls/submit";
import { t } from "../../i18n/text";
import { areas, floors } from "../../state/house";
import { toast } from "../../state/toasts";
import { tellSaved } from "./saved";

export function Rooms() {
  const [chosen, setChosen] = useState<string | null>(null);
  if (areas.value.length === 0) return null;
  return (
    <section class="card">
      <h2>{t("roomsTitle")}</h2>
      <p class="muted">{t("roomsText")}</p>
      <ul class="tokens">
        {areas.value.map((area) => (
          <li key={area.id} class="room-row">
            <span>
              {area.name}
              <small>{floors.value.find((floor) => floor.id === area.floor)?.name ?? t("noFloor")}</small>
            </span>
            <button
              type="button"
              class="button quiet"
              aria-expanded={chosen === area.id}
              aria-label={`${t("rename")}: ${area.name}`}
              onClick={() => setChosen(chosen === area.id ? null : area.id)}
            >
              {t("rename")}
            </button>
            {chosen === area.id && <RoomForm area={area} done={() => setChosen(null)} />}
          </li>
        ))}
        {floors.value.map((floor) => (
          <li key={floor.id} class="room-row">
            <span>
              {floor.name}
              <small>{t("floor")}</small>
            </span>
            <RemoveFloor floor={floor} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function RemoveFloor({ floor }: { floor: Floor }) {
  const take = async () => {
    if (confirm(t("removeFloorSure", { name: floor.name })))
      await tellSaved(remove(`floors/${encodeURIComponent(floor.id)}`));
  };
  return (
    <button
      type="button"
      class="button quiet"
      aria-label={`${t("delete")}: ${floor.name}`}
      onClick={() => void take()}
    >
      {t("delete")}
    </button>
  );
}

function RoomForm({ area, done }: { area: Area; done: () => void }) {
  const [name, setName] = useState(area.name);
  const [floor, setFloor] = useState(floors.value.find((one) => one.id === area.floor)?.name ?? "");
  const save = async () => {
    const isTaken = areas.value.some((one) => one.id !== area.id && isSame(one.name, name));
    if (isTaken) return toast(t("sameRoom"), "bad");
    if (await tellSaved(patch(`areas/${encodeURIComponent(area.id)}`, { name: name.trim(), floor }))) done();
  };
  const take = async () => {
    if (!confirm(t("removeRoomSure", { name: area.name }))) return;
    if (await tellSaved(remove(`areas/${encodeURIComponent(area.id)}`))) done();
  };
  return (
    <form class="naming" onSubmit={submit(() => save())}>
      <label class="labelled">
        {t("roomName")}
        <input
          class="field"
          required
          maxLength={80}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label class="labelled">
        {t("floor")}
        <input
          class="field"
          list="floors"
          maxLength={80}
          placeholder={t("noFloor")}
          value={floor}
          onInput={(event) => setFloor(event.currentTarget.value)}
        />
        <datalist id="floors">
          {floors.value.map((one) => (
            <option key={one.id} value={one.name} />
          ))}
        </datalist>
      </label>
      <button type="submit" class="button primary" disabled={!name.trim()}>
        {t("save")}
      </button>
      <button type="button" class="button danger" onClick={() => void take()}>
        {t("deleteRoom")}
      </button>
    </form>
  );
}

function isSame(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}
