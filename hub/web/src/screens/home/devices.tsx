// All devices, by floor and room, with a search field and a way to jump to a room.

import { useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import { Icon } from "../../controls/icons";
import { t } from "../../i18n/text";
import { link } from "../../state/connection";
import { fits } from "../../state/entity";
import { active, allEntities, areas, attention, floors, structure, timers } from "../../state/house";
import { type Level, levels, some } from "../../state/rooms";
import { RoomCard } from "./room_card";
import { RoomLinks } from "./room_links";
import { useSteady } from "./steady";
import { Timers } from "./timers";
import { Usual } from "./usual";

type Only = "all" | "on" | "attention";

export function Devices() {
  const [typed, setTyped] = useState("");
  const [only, setOnly] = useState<Only>("all");
  const all = useComputed(() =>
    levels(allEntities(), areas.value, floors.value, {
      home: t("wholeHome"),
      other: t(floors.value.length ? "otherRooms" : "home"),
    }),
  ).value;
  // A list that changes under a finger can't be tapped: who is in it is looked at once in a while.
  const chosen = useSteady(only === "all" ? null : only === "on" ? active : attention);
  const shown =
    typed || chosen
      ? some(all, (entity, room) => (!chosen || chosen.has(entity.id)) && fits(entity, room.name, typed))
      : all;
  return (
    <section
      id="devices"
      class={link.value === "lost" ? "devices dimmed" : "devices"}
      aria-label={t("devices")}
      tabIndex={-1}
    >
      {0 < timers.value.list.length && <Timers />}
      <Usual />
      <div class="finder">
        <Search typed={typed} set={setTyped} />
        <div class="segments" role="group" aria-label={t("filter")}>
          {ONLY.map((one) => (
            <button key={one} type="button" aria-pressed={only === one} onClick={() => setOnly(one)}>
              {t(`only_${one}`)}
              {one === "attention" && <AttentionCount />}
            </button>
          ))}
        </div>
      </div>
      <RoomLinks levels={shown} />
      <Levels levels={shown} />
      {shown.length === 0 && <Nothing typed={typed} isHouseEmpty={all.length === 0} />}
    </section>
  );
}

function Search({ typed, set }: { typed: string; set: (typed: string) => void }) {
  return (
    <label class="search">
      <Icon name="search" size={20} />
      <span class="hidden">{t("find")}</span>
      <input
        type="search"
        placeholder={t("find")}
        value={typed}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
}

function AttentionCount() {
  const count = useComputed(() => attention.value.size).value;
  return 0 < count ? <span class="count">{count}</span> : null;
}

function Levels({ levels }: { levels: Level[] }) {
  // Read, so that this is drawn again only if its levels are others.
  void structure.value;
  return (
    <>
      {levels.map((level) => (
        <div key={level.id} class="level">
          {level.name && <h2>{level.name}</h2>}
          {level.rooms.map((room) => (
            <RoomCard key={room.id} room={room} isOnFloor={level.name !== ""} />
          ))}
        </div>
      ))}
    </>
  );
}

function Nothing({ typed, isHouseEmpty }: { typed: string; isHouseEmpty: boolean }) {
  if (!isHouseEmpty)
    return <p class="empty">{typed ? t("nothingFound", { text: typed }) : t("nothingHere")}</p>;
  if (link.value === "starting") return <p class="empty">{t("loading")}</p>;
  return (
    <div class="empty card">
      <h2>{t("noDevices")}</h2>
      <p>{t("noDevicesHint")}</p>
    </div>
  );
}

const ONLY: Only[] = ["all", "on", "attention"];
