// What the hub's interface sends, under short names. The shapes come from its own document, docs/http-api.json, by
// way of schema.d.ts (`npm run generate`); only what the document calls a string and says in words is narrowed here.

import type { components } from "./schema";

type Schemas = components["schemas"];

/** What the hub sends has every field; the document marks those that can be null as ones that may be missing. */
type Sent<T> = T extends (infer One)[]
  ? Sent<One>[]
  : T extends object
    ? { [Key in keyof T]-?: Sent<T[Key]> }
    : T;

/** A shape with some fields narrowed. */
type With<Shape, Fields> = Omit<Shape, keyof Fields> & Fields;

export type Role = "resident" | "guest" | "child";
export type Tier = "free" | "announced" | "confirmed" | "pin" | "never";
export type Person = With<Sent<Schemas["PersonWire"]>, { role: Role }>;
export type Me = With<Sent<Schemas["Me"]>, { person: Person | null }>;

export type Limits = With<
  Sent<Schemas["LimitsRecord"]>,
  { tiers: Record<string, Tier>; heat: [number, number] | null }
>;
export type Rules = With<
  Sent<Schemas["RulesRecord"]>,
  {
    classes: Record<string, Tier>;
    entities: Record<string, Tier>;
    guest: Limits;
    child: Limits;
    places: Record<string, Role>;
    ways: Record<string, Role>;
  }
>;
export type EffectTier = With<Sent<Schemas["Usual"]>, { tier: Tier }>;
export type RulesAnswer = With<Sent<Schemas["RulesWire"]>, { rules: Rules; usual: EffectTier[] }>;

export type Floor = Sent<Schemas["FloorWire"]>;
export type Area = Sent<Schemas["AreaWire"]>;
export type Entity = With<
  Sent<Schemas["EntityWire"]>,
  {
    quality: "unknown" | "observed" | "assumed" | "stale";
    attributes: Record<string, unknown>;
  }
>;
export type Timer = Sent<Schemas["TimerWire"]>;
export type Schedule = With<
  Sent<Schemas["ScheduleWire"]>,
  { kind: "action" | "routine" | "alarm" | "reminder" }
>;
export type Notice = Sent<Schemas["NoticeKept"]>;
/** What keeps a device from being used. */
export type DeviceProblem = "no_library" | "missing" | "busy" | "denied" | "other";
type Microphone = With<
  Sent<Schemas["MicrophoneWire"]>,
  { state: "off" | "starting" | "listening" | "muted" | "failed"; problem: DeviceProblem | null }
>;
export type Status = With<
  Sent<Schemas["StatusWire"]>,
  {
    microphone: Microphone;
    model: "starting" | "ready" | "broken";
    recognizer: "starting" | "ready" | "broken" | "off";
    troubles: ("store" | "broker")[];
  }
>;
export type House = With<
  Sent<Schemas["HouseWire"]>,
  { areas: Area[]; entities: Entity[]; floors: Floor[]; notices: Notice[]; status: Status; timers: Timer[] }
>;

export type Intent = With<Sent<Schemas["IntentWire"]>, { slots: Record<string, unknown> }>;
/** A step; one that Home Assistant has no service for has the hub's own action instead. */
export type Command = Pick<Schemas["CommandWire"], "entity_id"> & {
  service?: string;
  data?: Record<string, unknown>;
  action?: string;
};
export type Choice = Sent<Schemas["ChoiceWire"]>;
export type Question = With<
  Sent<Schemas["QuestionWire"]>,
  { kind: "confirm" | "pin" | "which" | "value" | "when" | "suggestion"; choices: Choice[] }
>;
/** What came of a step. */
export type Outcome = Pick<Schemas["OutcomeWire"], "entity_id" | "ms"> & {
  outcome: "confirmed" | "already" | "sent" | "timed_out" | "late" | "offline" | "refused" | "unable";
  sent?: string[];
  underway?: boolean;
  late_ms?: number | null;
};
type Told = {
  intents: Intent[];
  commands: Command[];
  outcomes: Outcome[];
  outcome: "act" | "answer" | "ask" | "refuse" | "not_understood" | "not_for_house";
};
export type Turn = With<Sent<Schemas["TurnWire"]>, Told> & { question?: Question | null };
export type PastTurn = With<Sent<Schemas["PastTurn"]>, Told>;

export type Hearing = With<
  Sent<Schemas["HearingWire"]>,
  {
    recognizer: "starting" | "ready" | "broken" | "off";
    microphone: Microphone;
  }
>;
export type BoardMicrophones = With<Sent<Schemas["BoardWire"]>, { problem: DeviceProblem | null }>;
export type BoardChoice = Sent<Schemas["ChoiceOfDevice"]>;
/** Why the microphone can't be tested, or not any more. */
export type TestFailure = DeviceProblem | "muted" | "off" | "recognizer" | "elsewhere" | "unreachable";
export type Pronunciation = Sent<Schemas["PronunciationWire"]>;
export type Repairs = Sent<Schemas["RepairWire"]>;
export type Retimed = With<Sent<Schemas["Retimed"]>, { turn: Turn | null }>;
export type Phrase = Sent<Schemas["PhraseWire"]>;
export type Refused = Sent<Schemas["RefusedWire"]>;
export type Suggestion = With<Sent<Schemas["SuggestionWire"]>, { answer: "open" | "accepted" }>;
export type LearningSettings = Sent<Schemas["LearningSettings"]>;
export type Learning = With<
  Sent<Schemas["LearningWire"]>,
  { suggestions: Suggestion[]; settings: LearningSettings }
>;
export type SuggestionAnswered = With<Sent<Schemas["SuggestionAnswered"]>, { turn: Turn | null }>;
export type Token = Sent<Schemas["TokenWire"]>;
