import { afterEach, describe, expect, it, vi } from "vitest";
import type { Outcome, Turn } from "../api/types";
import { dayChoices } from "../screens/settings/memory";
import { type Exchange, late } from "./conversation";

const done = (entity_id: string, outcome: Outcome["outcome"]): Outcome => ({ entity_id, outcome, ms: 1 });
const said = (id: string, outcomes: Outcome[]): Exchange => {
  const turn: Turn = {
    turn: id,
    text: "",
    outcome: "act",
    intents: [],
    commands: [],
    outcomes,
    reply: "",
    lang: "en",
    path: "model",
    confidence: null,
    ms: { total: 1, model: 0 },
    trace: [],
    undoable: false,
  };
  return { id, text: "", turn, failed: null, at: 0, person: null, cause: "page", isUndone: false };
};

describe("a device that confirms late", () => {
  it("is late in its own turn, and only where it had not answered", () => {
    const before = [
      said("1", [done("light.a", "timed_out"), done("light.b", "timed_out")]),
      said("2", [done("light.a", "timed_out")]),
      said("3", [done("light.a", "confirmed")]),
    ];
    const after = late(before, { turn: "1", entity_id: "light.a", late_ms: 34_000 });
    expect(after[0]?.turn?.outcomes.map((one) => one.outcome)).toEqual(["late", "timed_out"]);
    expect(after[0]?.turn?.outcomes[0]?.late_ms).toBe(34_000);
    expect(after.slice(1)).toEqual(before.slice(1));
    expect(late(before, { turn: "3", entity_id: "light.a", late_ms: 1 })[2]?.turn?.outcomes[0]?.outcome).toBe(
      "confirmed",
    );
  });
});

describe("for how long things are kept", () => {
  it("always offers what holds now", () => {
    expect(dayChoices(30)).toContain(30);
    expect(dayChoices(14)).toEqual([0, 1, 7, 14, 30, 90, 365]);
  });
});

describe("what this browser remembers", () => {
  afterEach(() => void vi.unstubAllGlobals());

  it("is the language and the room that a person chose", async () => {
    const kept: Record<string, string> = { "hearth-lang": "zh", "hearth-area": "kitchen" };
    vi.stubGlobal("localStorage", {
      getItem: (name: string) => kept[name] ?? null,
      setItem: (name: string, value: string) => (kept[name] = value),
    });
    vi.resetModules();
    expect((await import("../i18n/text")).lang.value).toBe("zh");
    expect((await import("./conversation")).area.value).toBe("kitchen");
  });

  it("shows what was said earlier, however often it is looked up", async () => {
    const past = {
      turn: "1",
      at_ms: 1,
      text: "hello",
      cause: "page",
      area: null,
      person: null,
      outcomes: [],
      intents: [],
      commands: [],
      trace: [],
    };
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify([past]))));
    vi.resetModules();
    const { exchanges, recall } = await import("./conversation");
    await recall(12);
    await recall(50);
    expect(exchanges.value.map((one) => one.text)).toEqual(["hello"]);
  });
});
