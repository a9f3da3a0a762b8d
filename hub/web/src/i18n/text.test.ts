import { describe, expect, it } from "vitest";
import { en } from "./en";
import type { Key } from "./language";
import { LANGUAGES, fill, lang, stateWord } from "./text";
import { ago } from "./time";

const holes = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

describe("the dictionary", () => {
  it("has every text in every language with the same holes", () => {
    for (const other of Object.values(LANGUAGES))
      for (const [key, text] of Object.entries(en.texts)) {
        expect(other.texts[key as Key], key).toBeTruthy();
        expect(holes(other.texts[key as Key]), key).toEqual(holes(text));
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
