import { describe, expect, it } from "vitest";
import { BOTH, ago, fill, lang, stateWord } from "./text";

const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

describe("the dictionary", () => {
  it("has every text in both languages with the same holes", () => {
    for (const [key, text] of Object.entries(BOTH.en)) {
      const other = BOTH.zh[key as keyof typeof BOTH.zh];
      expect(other, key).toBeTruthy();
      expect(holes(other), key).toEqual(holes(text));
    }
  });

  it("fills holes and leaves unknown ones", () => {
    expect(fill("{n} of {m}", { n: 3 })).toBe("3 of {m}");
  });
});

describe("words for states", () => {
  it("follow the kind of observation", () => {
    lang.value = "en";
    expect(stateWord("on", "window")).toBe("Open");
    expect(stateWord("armed_away")).toBe("Armed, away");
    lang.value = "zh";
    expect(stateWord("off", "smoke")).toBe("正常");
  });

  it("say how long ago something was", () => {
    lang.value = "en";
    expect(ago(0, 120_000)).toBe("2 minutes ago");
  });
});
