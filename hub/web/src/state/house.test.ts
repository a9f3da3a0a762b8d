import { describe, expect, it } from "vitest";
import type { Area, Entity, Floor } from "../api/types";
import { clock } from "../i18n/time";
import { fits, isActive, wantsAttention } from "./entity";
import { moved } from "./house";
import { levels } from "./rooms";

const entity = (id: string, more: Partial<Entity> = {}): Entity => ({
  id,
  name: id.split(".")[1] ?? id,
  aliases: [],
  domain: id.split(".")[0] ?? "",
  device_class: null,
  area: null,
  state: "off",
  attributes: {},
  quality: "observed",
  available: true,
  cause: "device",
  changed_ms: 0,
  controllable: true,
  ...more,
});
const floors: Floor[] = [
  { id: "low", name: "Low", aliases: [] },
  { id: "high", name: "High", aliases: [] },
];
const areas: Area[] = [
  { id: "hall", name: "Hall", aliases: [], floor: "high" },
  { id: "attic", name: "Attic", aliases: [], floor: null },
  { id: "cellar", name: "Cellar", aliases: [], floor: "low" },
];

describe("levels", () => {
  it("puts the whole home first, the fullest floor next and rooms without a floor last", () => {
    const all = [
      entity("light.a", { area: "hall" }),
      entity("lock.b", { area: "hall" }),
      entity("light.c", { area: "cellar" }),
      entity("scene.d"),
      entity("light.e", { area: "attic" }),
      entity("light.f", { area: "gone" }),
    ];
    const shown = levels(all, areas, floors, { home: "Home", other: "Other" });
    expect(
      shown.map((level) => [
        level.name,
        level.rooms.map((room) => [room.name, room.entities.map((one) => one.id)]),
      ]),
    ).toEqual([
      ["", [["Home", ["light.f", "scene.d"]]]],
      ["High", [["Hall", ["light.a", "lock.b"]]]],
      ["Low", [["Cellar", ["light.c"]]]],
      ["Other", [["Attic", ["light.e"]]]],
    ]);
  });
});

describe("moved", () => {
  it("keeps what did not move as it was, so that it is not drawn again", () => {
    const known = new Map([
      ["light.a", entity("light.a")],
      ["light.b", entity("light.b")],
      ["light.c", entity("light.c")],
    ]);
    const next = moved(known, { entities: [entity("light.b", { state: "on" })], gone: ["light.c"] });
    expect([...next.keys()]).toEqual(["light.a", "light.b"]);
    expect(next.get("light.a")).toBe(known.get("light.a"));
    expect(next.get("light.b")?.state).toBe("on");
  });
});

describe("an entity", () => {
  it("is found by words of its name, aliases and room in any order", () => {
    const lamp = entity("light.x", { name: "Desk Lamp", aliases: ["工作灯"] });
    expect(fits(lamp, "Office", "office lamp")).toBe(true);
    expect(fits(lamp, "Office", "工作")).toBe(true);
    expect(fits(lamp, "Office", "kitchen")).toBe(false);
  });

  it("wants attention when it can't be trusted or warns", () => {
    expect(wantsAttention(entity("lock.a", { state: "unlocked" }))).toBe(true);
    expect(wantsAttention(entity("light.a", { quality: "stale" }))).toBe(true);
    expect(wantsAttention(entity("binary_sensor.leak", { state: "on", device_class: "moisture" }))).toBe(
      true,
    );
    expect(wantsAttention(entity("binary_sensor.motion", { state: "on", device_class: "motion" }))).toBe(
      false,
    );
  });

  it("is not at work because a blind is open", () => {
    expect(isActive(entity("cover.blind", { state: "open", device_class: "blind" }))).toBe(false);
    expect(isActive(entity("cover.garage", { state: "open", device_class: "garage" }))).toBe(true);
  });
});

describe("clock", () => {
  it("shows hours only when there are any", () => {
    expect(clock(65)).toBe("01:05");
    expect(clock(3605)).toBe("1:00:05");
  });
});
