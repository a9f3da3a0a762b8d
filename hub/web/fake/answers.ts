// What the hub without a house answers.

import type {
  BoardMicrophones,
  Hearing,
  Learning,
  Me,
  Notice,
  Person,
  Pronunciation,
  Question,
  Refused,
  Repairs,
  RulesAnswer,
  Schedule,
  Status,
  Timer,
  Token,
  Turn,
} from "../src/api/types";

export const PEOPLE: Person[] = [
  { id: "owner", name: "Owner", role: "resident", is_owner: true, has_login: true },
  { id: "kim", name: "Kim", role: "child", is_owner: false, has_login: false },
  { id: "visit", name: "Visitor", role: "guest", is_owner: false, has_login: true },
];

export const STATUS: Status = {
  broker: true,
  model: "ready",
  model_reason: null,
  recognizer: "ready",
  muted: false,
  microphone: {
    state: "failed",
    problem: "missing",
    reason: "open the microphone `ear`: No such file or directory",
  },
  notice: null,
  troubles: [],
  refused: 1,
  https_port: 8471,
  demo: false,
  version: "0.0.0",
  entities: 0,
  offline: 0,
};

/** The board's microphones and speakers: the microphone that is configured is not there. */
export const MICROPHONES: BoardMicrophones = {
  device: "ear",
  speaker: null,
  area: null,
  chosen: false,
  devices: [
    { name: "default", description: "Default Audio Device" },
    { name: "plughw:CARD=Desk,DEV=0", description: "Desk microphone, USB Audio" },
  ],
  speakers: [
    { name: "default", description: "Default Audio Device" },
    { name: "plughw:CARD=Box,DEV=0", description: "Box, USB Audio" },
  ],
  problem: null,
  reason: null,
};

export const PRONUNCIATIONS: Pronunciation[] = [
  { word: "siobhan", names: ["Siobhan's Lamp"], heard_as: "see oh ban", proposed: "see oh ban", own: null },
  { word: "velux", names: ["Velux"], heard_as: null, proposed: null, own: null },
];

/** A hub whose microphone is not there, and that can't hear one name. */
export const HEARING: Hearing = {
  recognizer: "ready",
  reason: null,
  model: "hearth-en-small",
  muted: false,
  microphone: STATUS.microphone,
  unknown: [
    { name: "Siobhan's Lamp", words: ["siobhan"], heard_as: "see oh ban lamp" },
    { name: "Velux", words: ["velux"], heard_as: null },
  ],
};

export const RULES: RulesAnswer = {
  rules: {
    classes: {},
    entities: { "light.thing_0": "confirmed" },
    guest: { tiers: { unlock: "never" }, heat: [16, 24], may_edit: false },
    child: { tiers: { unlock: "never" }, heat: null, may_edit: false },
    places: {},
    ways: {},
  },
  usual: [
    { effect: "unlock", tier: "pin" },
    { effect: "siren", tier: "confirmed" },
    { effect: "heating", tier: "free" },
    { effect: "other", tier: "free" },
  ],
};

export const REFUSED: Refused[] = [
  {
    kind: "message",
    topic: "homeassistant/sensor/meter/config",
    reason: "template uses what Hearth does not know: the filter `fancy`; have the bridge say it otherwise",
    since_ms: Date.now() - 3_600_000,
    last_ms: Date.now() - 60_000,
    count: 2,
  },
];

const HABIT = {
  kind: "time",
  entity: "light.thing_0",
  said: "On 41 of the last 44 weekdays Lamp 0 was turned on between 6:58 and 7:12.",
  confidence: 0.87,
  habit: {},
};

export const LEARNING: Learning = {
  settings: { is_on: true, without_kinds: [], without_entities: ["light.thing_1"], without_people: [] },
  evidence: {
    events: 34_000,
    since_ms: Date.now() - 90 * 86_400_000,
    bytes: 410_000,
    looked_ms: Date.now() - 3_600_000,
  },
  suggestions: [
    {
      id: "h1",
      answer: "open",
      title: "turn on Lamp 0 every weekday at 7:05",
      habit: HABIT,
      confidence: 0.87,
      schedule: null,
      paused: false,
      is_now: true,
      fired: 0,
      undone: 0,
      band_min: [418, 432],
      days: Array.from({ length: 28 }, (_, day) => ({
        date: `2026-01-${String(day + 1).padStart(2, "0")}`,
        done_min: day % 7 < 5 && day !== 9 ? [420 + ((day * 7) % 13)] : [],
        would_min: day % 7 < 5 ? [425] : [],
      })),
      would: 10,
      wrong: 1,
    },
  ],
  hints: [
    {
      id: "left_on:light.thing_0",
      kind: "left_on",
      entity: "light.thing_0",
      said: "Nobody is at home and Lamp 0 is on; 39 of 40 times that nobody was there it was not. Shall I turn it off?",
      can_end: true,
    },
    {
      id: "unusual:sensor.thing_3",
      kind: "unusual",
      entity: "sensor.thing_3",
      said: "Den says 15.5 °C; at about this hour of the last 28 days it was between 18 °C and 20 °C.",
      can_end: false,
    },
  ],
  habits: [HABIT],
};

export const ANSWERS: { tokens: Token[]; phrases: unknown[]; timers: Timer[]; repair: Repairs } = {
  tokens: [{ id: "t1", name: "Wall tablet", created_ms: Date.now() - 86_400_000, person: "owner" }],
  phrases: [{ phrase: "cosy", means: "turn on the floor lamp" }],
  timers: [
    { id: "tea", name: "tea", area: "room_0", length_s: 300, left_s: 214, active: true, rings: false },
  ],
  repair: {
    words: "wake the lamp",
    sentences: [{ text: "turn on Lamp 0", does: "turn on Lamp 0" }],
    names: [{ entity_id: "light.thing_0", name: "Lamp 0", area: "Kitchen", heard: "the lamp" }],
  },
};

export const RINGING: { schedule: Schedule; notices: Notice[] } = {
  schedule: {
    id: "alarm",
    kind: "alarm",
    title: "the alarm at 7:00",
    when: "at 7:00",
    name: null,
    area: "room_2",
    due_ms: Date.now(),
    repeated: true,
    rings: true,
    paused: false,
  },
  notices: [
    notice(1, "alarm", "alarm", "It is seven o'clock."),
    notice(2, "timer", null, "The timer “tea” is done."),
    notice(3, "not_done", null, "The heating did not go down at 22:00: it was offline."),
  ],
};

export function me(who: "owner" | "guest" | "out" | "unclaimed"): Me {
  const isIn = who === "owner" || who === "guest";
  return {
    claimed: who !== "unclaimed",
    logged_in: isIn,
    has_pin: isIn ? true : null,
    demo: false,
    version: "0.0.0",
    named: true,
    person: (who === "guest" ? PEOPLE[2] : who === "owner" ? PEOPLE[0] : null) ?? null,
  };
}

/** The answer to words: each kind of question has its own. */
export function said(text: string): Turn {
  const choices = ["Kitchen", "Hall", "Office", "Bedroom", "Garage", "Cellar", "Garden", "Attic"];
  switch (text) {
    case "which":
      return turnOf("Which one?", {
        kind: "which",
        choices: choices.map((area, at) => ({ entity_id: `light.thing_${at}`, name: "Ceiling light", area })),
      });
    case "confirm":
      return turnOf("Shall I really open the garage door?", { kind: "confirm", choices: [] });
    case "pin":
      return turnOf("Please say your PIN.", { kind: "pin", choices: [] });
    case "when":
      return turnOf("At what time?", { kind: "when", choices: [] });
    case "value":
      return turnOf("What do you mean? Please name it.", { kind: "value", choices: [] });
    case "state":
      return { ...turnOf("It is 21.8° in the kitchen."), outcome: "answer", intents: [TEMPERATURE] };
    default:
      return turnOf("Lamp 0 is on.");
  }
}

export function turnOf(reply: string, question: Question | null = null): Turn {
  return {
    turn: `turn-${++turns}`,
    text: "",
    outcome: question ? "ask" : "act",
    intents: question ? [] : [{ intent: "HassTurnOn", slots: { name: "Lamp 0" }, when: null }],
    commands: question ? [] : [{ entity_id: "light.thing_0", service: "light.turn_on", data: {} }],
    outcomes: question
      ? []
      : [{ entity_id: "light.thing_0", outcome: "confirmed", ms: 12, sent: ["home/lamp/set ON"] }],
    reply,
    lang: "en",
    path: "model",
    confidence: 0.97,
    ms: { total: 14, model: 9 },
    trace: ["code: HassTurnOn name 3 4 (0.98)"],
    undoable: question === null,
    question,
  };
}

function notice(id: number, kind: string, schedule: string | null, text: string): Notice {
  return { id, at_ms: Date.now(), kind, schedule, said: text, lang: "en", areas: [], late_s: 0 };
}

let turns = 0;
const TEMPERATURE = { intent: "HassClimateGetTemperature", slots: { area: "Kitchen" }, when: null };
