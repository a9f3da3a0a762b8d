// All devices, by floor and room, with a search field.

import { useState } from "preact/hooks";
import { Timers } from "./timers";
import type { Entity } from "../../api/types";
import { Facts } from "../../controls/facts";
import { Icon } from "../../controls/icons";
import { Tile } from "../../controls/tile";
import { lang, t } from "../../i18n/text";
import { act } from "../../state/actions";
import { link } from "../../state/connection";
import { fits, isActive, wantsAttention } from "../../state/entity";
import { areaNames, areas, entities, floors, timers } from "../../state/house";
import { levels, type Room } from "../../state/rooms";

type Only = "all" | "on" | "attention";

export function Devices() {
  const [typed, setTyped] = useState("");
  const [only, setOnly] = useState<Only>("all");
  const all = [...entities.value.values()];
  const names = areaNames.value;
  const wanted = all.filter(
    (entity) => fits(entity, names.get(entity.area ?? "") ?? "", typed) && isWanted(entity, only),
  );
  const shown = levels(wanted, areas.value, floors.value, {
    home: t("wholeHome"),
    other: t(floors.value.length ? "otherRooms" : "home"),
  });
  const attention = all.filter(wantsAttention).length;
  return (
    <section id="devices" class={link.value === "lost" ? "devices dimmed" : "devices"} tabIndex={-1}>
      {0 < timers.value.list.length && <Timers />}
      <div class="finder">
        <label class="search">
          <Icon name="search" size={20} />
          <span class="hidden">{t("find")}</span>
          <input
            type="search"
            placeholder={t("find")}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <div class="segments" role="group">
          {(["all", "on", "attention"] as Only[]).map((one) => (
            <button key={one} type="button" aria-pressed={only === one} onClick={() => setOnly(one)}>
              {t(`only_${one}`)}
              {one === "attention" && 0 < attention && <span class="count">{attention}</span>}
            </button>
          ))}
        </div>
      </div>
      {shown.map((level) => (
        <div key={level.id} class="level">
          {level.name && level.rooms.length > 0 && <h2>{level.name}</h2>}
          {level.rooms.map((room) => (
            <RoomCard key={room.id} room={room} />
          ))}
        </div>
      ))}
      {all.length > 0 && wanted.length === 0 && (
        <p class="empty">{typed ? t("nothingFound", { text: typed }) : "–"}</p>
      )}
      {all.length === 0 && <Nothing />}
    </section>
  );
}

function RoomCard({ room }: { room: Room }) {
  const of = (is: (entity: Entity) => boolean) => room.entities.filter(is);
  const scenes = of((entity) => SCENES.has(entity.domain));
  const facts = of((entity) => !entity.controllable);
  const tiles = of((entity) => entity.controllable && !SCENES.has(entity.domain));
  const on = tiles.filter((entity) => entity.domain === "light" && entity.state === "on" && entity.available);
  return (
    <section
      class={`room span-${Math.min(3, Math.max(1, tiles.length, Math.ceil(facts.length / 2)))}`}
      aria-labelledby={`room-${room.id}`}
    >
      <header>
        <h3 id={`room-${room.id}`}>{room.name}</h3>
        {0 < on.length && (
          <span class="lit">
            <Icon name="light" size={16} />
            {t("countOn", { n: on.length })}
          </span>
        )}
      </header>
      {0 < facts.length && <Facts entities={facts} />}
      {0 < scenes.length && (
        <div class="scenes">
          {scenes.map((scene) => (
            <Scene key={scene.id} scene={scene} />
          ))}
        </div>
      )}
      {0 < tiles.length && (
        <div class="tiles">
          {tiles.map((entity) => (
            <Tile key={entity.id} entity={entity} lang={lang.value} />
          ))}
        </div>
      )}
    </section>
  );
}

function Scene({ scene }: { scene: Entity }) {
  const [busy, setBusy] = useState(false);
  const start = async () => {
    setBusy(true);
    await act(scene.id, scene.domain === "button" ? "button.press" : `${scene.domain}.turn_on`);
    setBusy(false);
  };
  return (
    <button
      type="button"
      class={`pill ${busy ? "busy" : ""}`}
      disabled={busy}
      aria-label={`${t(scene.domain === "button" ? "press" : "activate")}: ${scene.name}`}
      onClick={() => void start()}
    >
      <Icon name={scene.domain === "button" ? "button" : "scene"} size={18} />
      {scene.name}
    </button>
  );
}

function Nothing() {
  if (link.value === "starting") return <p class="empty">{t("loading")}</p>;
  return (
    <div class="empty card">
      <h3>{t("noDevices")}</h3>
      <p>{t("noDevicesHint")}</p>
    </div>
  );
}

function isWanted(entity: Entity, only: Only): boolean {
  switch (only) {
    case "all":
      return true;
    case "on":
      return entity.controllable && isActive(entity);
    case "attention":
      return wantsAttention(entity);
  }
}

const SCENES = new Set(["scene", "script", "button"]);
