// A house of any size, with things of every kind, for the page to show.

import type { Area, Entity, Floor } from "../src/api/types";

export interface FakeHouse {
  floors: Floor[];
  areas: Area[];
  entities: Entity[];
}

/** A house with so many entities: up to `perRoom` in a room, rooms on three floors and some on none. */
export function fakeHouse(count: number, perRoom = 25): FakeHouse {
  const floors = ["Ground floor", "First floor", "Attic"].map((name, at) => ({
    id: `floor_${at}`,
    name,
    aliases: [],
  }));
  const rooms = Math.max(1, Math.ceil(count / perRoom));
  const areas = Array.from({ length: rooms }, (_, at) => ({
    id: `room_${at}`,
    name: `${ROOMS[at % ROOMS.length]}${at < ROOMS.length ? "" : ` ${Math.floor(at / ROOMS.length) + 1}`}`,
    aliases: [],
    floor: floors[at % 4]?.id ?? null,
  }));
  const entities = Array.from({ length: count }, (_, at) => entity(at, areas[at % rooms]?.id ?? null));
  return { floors, areas, entities };
}

/** Another state for an entity, as a device would report it. */
export function moved(entity: Entity, tick: number): Entity {
  const next = { ...entity, attributes: { ...entity.attributes }, changed_ms: Date.now(), cause: "device" };
  switch (entity.domain) {
    case "light":
      next.state = tick % 2 ? "on" : "off";
      next.attributes.brightness = tick % 2 ? 20 + (tick % 235) : null;
      break;
    case "sensor":
      next.state = (15 + (tick % 130) / 10).toFixed(1);
      break;
    case "cover":
      next.attributes.current_position = tick % 101;
      next.state = tick % 101 ? "open" : "closed";
      break;
    case "climate":
      next.attributes.current_temperature = 15 + (tick % 80) / 10;
      break;
    case "binary_sensor":
    case "switch":
    case "fan":
      next.state = tick % 2 ? "on" : "off";
      break;
    default:
      break;
  }
  return next;
}

function entity(at: number, area: string | null): Entity {
  const kind = KINDS[Math.floor(at / 3) % KINDS.length] ?? LAMP;
  return {
    id: `${kind.domain}.thing_${at}`,
    name: `${kind.name} ${at}`,
    aliases: [],
    domain: kind.domain,
    device_class: kind.device_class ?? null,
    area,
    state: kind.state,
    attributes: { ...kind.attributes },
    quality: at % 97 === 0 ? "stale" : "observed",
    available: at % 89 !== 0,
    cause: "device",
    changed_ms: Date.now() - at * 1000,
    controllable: !["sensor", "binary_sensor", "weather", "person"].includes(kind.domain),
  };
}

interface Kind {
  domain: string;
  name: string;
  state: string;
  device_class?: string;
  attributes?: Record<string, unknown>;
}

const LAMP: Kind = {
  domain: "light",
  name: "Lamp",
  state: "on",
  attributes: {
    brightness: 180,
    supported_color_modes: ["hs", "color_temp"],
    color_mode: "color_temp",
    color_temp_kelvin: 3000,
  },
};
const THERMOMETER: Kind = {
  domain: "sensor",
  name: "Temperature",
  state: "21.4",
  device_class: "temperature",
  attributes: { unit_of_measurement: "°C" },
};
/** As they come in a house: lamps and sensors often, the rest now and then. */
const KINDS: Kind[] = [
  LAMP,
  THERMOMETER,
  LAMP,
  { domain: "switch", name: "Socket", state: "off" },
  THERMOMETER,
  { domain: "binary_sensor", name: "Window", state: "off", device_class: "window" },
  LAMP,
  {
    domain: "cover",
    name: "Blind",
    state: "open",
    device_class: "blind",
    attributes: { current_position: 60 },
  },
  {
    domain: "climate",
    name: "Heating",
    state: "heat",
    attributes: { temperature: 21, current_temperature: 20.3, hvac_modes: ["off", "heat"] },
  },
  { domain: "binary_sensor", name: "Motion", state: "on", device_class: "motion" },
  LAMP,
  { domain: "fan", name: "Fan", state: "on", attributes: { percentage: 40 } },
  { domain: "lock", name: "Door", state: "locked" },
  THERMOMETER,
  {
    domain: "media_player",
    name: "Speaker",
    state: "playing",
    attributes: { volume_level: 0.3, media_title: "Morning" },
  },
  { domain: "scene", name: "Evening", state: "unknown" },
  { domain: "vacuum", name: "Vacuum", state: "docked", attributes: { battery_level: 90 } },
  { domain: "todo", name: "Shopping list", state: "2", attributes: { items: ["Milk", "Bread"] } },
  { domain: "alarm_control_panel", name: "Alarm", state: "disarmed" },
  {
    domain: "select",
    name: "House mode",
    state: "home",
    attributes: { options: ["home", "away", "night"] },
  },
  {
    domain: "weather",
    name: "Outside",
    state: "sunny",
    attributes: { temperature: 17, temperature_unit: "°C" },
  },
];
const ROOMS = [
  "Kitchen",
  "Living room",
  "Bedroom",
  "Bathroom",
  "Hall",
  "Office",
  "Nursery",
  "Guest room",
  "Cellar",
  "Garage",
  "Garden",
  "Laundry",
];
