// More about one entity: how well it is known, why it changed, its name and room, and faults to try.

import { useState } from "preact/hooks";
import { patch, post, spoken } from "../api/client";
import type { Entity } from "../api/types";
import { type Key, t } from "../i18n/text";
import { ago } from "../i18n/time";
import { allEntities, areaNames, areas, status } from "../state/house";
import { moment } from "../state/moment";
import { toast } from "../state/toasts";

export function Detail({ entity }: { entity: Entity }) {
  const notes = [
    !entity.available && t("offline"),
    entity.quality === "stale" && t("stale"),
    entity.quality === "assumed" && t("assumed"),
    0 < entity.changed_ms &&
      t("changed", { when: ago(Math.min(entity.changed_ms, moment.value), moment.value) }),
    0 < entity.changed_ms && t(`by_${entity.cause}` as Key),
  ].filter(Boolean);
  return (
    <div class="detail">
      <p class="muted">
        {notes.join(" · ")}
        <code>{entity.id}</code>
      </p>
      <details>
        <summary>{t("edit")}</summary>
        <Naming entity={entity} />
      </details>
      {status.value?.demo && <Fault entity={entity} />}
    </div>
  );
}

function Naming({ entity }: { entity: Entity }) {
  const [name, setName] = useState(entity.name);
  const [aliases, setAliases] = useState(entity.aliases.join(", "));
  const [room, setRoom] = useState(areaNames.value.get(entity.area ?? "") ?? "");
  const save = async (event: Event) => {
    event.preventDefault();
    const list = aliases
      .split(/[,，、]/)
      .map((alias) => alias.trim())
      .filter(Boolean);
    if (isTaken(entity, name, room)) return toast(t("sameName"), "bad");
    try {
      await patch(`entities/${encodeURIComponent(entity.id)}`, { name, aliases: list, area: room });
      toast(t("saved"));
    } catch (error) {
      toast(spoken(error), "bad");
    }
  };
  const rooms = `rooms-${entity.id}`;
  return (
    <form class="naming" onSubmit={(event) => void save(event)}>
      <label class="labelled">
        {t("name")}
        <input
          class="field"
          required
          maxLength={80}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label class="labelled">
        {t("aliases")}
        <input class="field" value={aliases} onInput={(event) => setAliases(event.currentTarget.value)} />
      </label>
      <label class="labelled">
        {t("room")}
        <input
          class="field"
          list={rooms}
          maxLength={80}
          placeholder={t("noRoom")}
          value={room}
          onInput={(event) => setRoom(event.currentTarget.value)}
        />
        <datalist id={rooms}>
          {areas.value.map((area) => (
            <option key={area.id} value={area.name} />
          ))}
        </datalist>
      </label>
      <button type="submit" class="button primary">
        {t("save")}
      </button>
    </form>
  );
}

/** Whether something else in that room is called so: then nobody could tell the two apart. */
function isTaken(entity: Entity, name: string, room: string): boolean {
  const same = (one: string, other: string) => one.trim().toLowerCase() === other.trim().toLowerCase();
  return allEntities().some(
    (one) =>
      one.id !== entity.id && same(one.name, name) && same(areaNames.value.get(one.area ?? "") ?? "", room),
  );
}

function Fault({ entity }: { entity: Entity }) {
  const [fault, setFault] = useState("none");
  const set = async (next: string) => {
    setFault(next);
    await post("demo/faults", { entity_id: entity.id, fault: next }).catch((error: unknown) =>
      toast(spoken(error), "bad"),
    );
  };
  return (
    <label class="labelled">
      {t("fault")}
      <select class="field" value={fault} onChange={(event) => void set(event.currentTarget.value)}>
        {FAULTS.map((one) => (
          <option key={one} value={one}>
            {t(`fault_${one}`)}
          </option>
        ))}
      </select>
    </label>
  );
}

const FAULTS = ["none", "offline", "silent", "slow", "wrong"] as const;
