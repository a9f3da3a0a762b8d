// What the hub's interface sends, as /api/v1/openapi.json describes it.

export interface Me {
  claimed: boolean;
  logged_in: boolean;
  has_pin: boolean | null;
  demo: boolean | null;
  version: string | null;
  named: boolean;
  person: Person | null;
}

export type Role = "resident" | "guest" | "child";
export type Tier = "free" | "announced" | "confirmed" | "pin" | "never";

export interface Person {
  id: string;
  name: string;
  role: Role;
  is_owner: boolean;
  has_login: boolean;
}

export interface Limits {
  tiers: Record<string, Tier>;
  heat: [number, number] | null;
  may_edit: boolean;
}

export interface Rules {
  classes: Record<string, Tier>;
  entities: Record<string, Tier>;
  guest: Limits;
  child: Limits;
  places: Record<string, Role>;
  ways: Record<string, Role>;
}

export interface RulesAnswer {
  rules: Rules;
  usual: { effect: string; tier: Tier }[];
}

export interface Place {
  id: string;
  name: string;
  aliases: string[];
}

export interface Area extends Place {
  floor: string | null;
}

export interface Entity extends Place {
  domain: string;
  device_class: string | null;
  area: string | null;
  state: string | null;
  attributes: Record<string, unknown>;
  quality: "unknown" | "observed" | "assumed" | "stale";
  available: boolean;
  cause: string;
  changed_ms: number;
  controllable: boolean;
}

export interface Timer {
  id: string;
  name: string | null;
  area: string | null;
  length_s: number;
  left_s: number;
  active: boolean;
}

export interface Schedule {
  id: string;
  kind: "action" | "routine" | "alarm" | "reminder";
  title: string;
  when: string;
  name: string | null;
  area: string | null;
  due_ms: number | null;
  repeated: boolean;
  rings: boolean;
  paused: boolean;
}

export interface Notice {
  id: number;
  at_ms: number;
  kind: string;
  schedule: string | null;
  said: string;
  lang: string;
}

export interface Status {
  broker: boolean;
  model: "starting" | "ready" | "broken";
  model_reason: string | null;
  notice: string | null;
  demo: boolean;
  version: string;
  entities: number;
  offline: number;
}

export interface House {
  floors: Place[];
  areas: Area[];
  entities: Entity[];
  timers: Timer[];
  notices: Notice[];
  status: Status;
}

export type TurnOutcome = "act" | "answer" | "ask" | "refuse" | "not_understood" | "not_for_house";

export interface Choice {
  entity_id: string;
  name: string;
  area: string | null;
}

export interface Question {
  kind: "confirm" | "pin" | "which" | "value" | "when";
  choices: Choice[];
}

export interface Done {
  entity_id: string;
  outcome: "confirmed" | "already" | "sent" | "timed_out" | "late" | "offline" | "refused";
  underway?: boolean;
  ms: number;
  sent?: string[];
  late_ms?: number | null;
}

export interface Turn {
  turn: string | null;
  outcome: TurnOutcome;
  intents: { intent: string; slots: Record<string, unknown>; when?: string }[];
  commands: { entity_id: string; service?: string; data?: Record<string, unknown>; action?: string }[];
  outcomes: Done[];
  reply: string;
  lang: string;
  path: string;
  confidence: number | null;
  ms: { total: number; model: number };
  trace: string[];
  undoable?: boolean;
  question?: Question | null;
}

export interface PastTurn extends Turn {
  turn: string;
  at_ms: number;
  cause: string;
  text: string;
  area: string | null;
  person: string | null;
}

export interface Token {
  id: string;
  name: string;
  created_ms: number;
  person: string;
}
