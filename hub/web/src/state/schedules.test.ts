import { describe, expect, it } from "vitest";
import type { Schedule } from "../api/types";
import { lang } from "../i18n/text";
import { until } from "../i18n/time";
import { inOrder } from "./schedules";

const plan = (id: string, due_ms: number | null): Schedule => ({
  id,
  kind: "action",
  title: id,
  when: "",
  name: null,
  area: null,
  due_ms,
  repeated: false,
  rings: false,
  paused: false,
});

describe("what is planned", () => {
  it("comes soonest first, and what waits for something last", () => {
    expect(
      inOrder([plan("b", null), plan("late", 9), plan("a", null), plan("soon", 3)]).map((one) => one.id),
    ).toEqual(["soon", "late", "a", "b"]);
  });

  it("says when it comes next", () => {
    lang.value = "en";
    expect(until(10 * 60_000, 0)).toBe("in 10 minutes");
    expect(until(-5_000, 0)).toBe("this minute");
    lang.value = "zh";
    expect(until(10 * 60_000, 0)).toBe("10分钟后");
    expect(until(100 * 60_000, 0)).toMatch(/星期/);
  });
});
